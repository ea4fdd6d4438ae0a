#include <fmt/format.h>

#include "../capture_fields.hpp"
#include "../command.hpp"
#include "../project_context.hpp"
#include "../trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/hub/remote_spec.hpp"
#include "opentraces/store/hook.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::vector<std::string> agents;
    std::string review_policy;
    std::string remote;
    bool make_private = false;
    bool make_public = false;
    bool import_existing = false;
    bool start_fresh = false;
    bool no_hook = false;
};

// Questions are asked only on a terminal, and only for what was not given.
class Questions {
public:
    explicit Questions(Context& context)
        : m_terminal(context.terminal),
          m_possible(!context.json && context.terminal.in_is_terminal() &&
                     context.terminal.err_is_terminal()) {}

    std::string ask(const std::string& question, const std::string& standard) {
        if (!m_possible) return standard;
        const auto reply = m_terminal.ask(question);
        if (!reply) throw Error(ErrorCode::Interrupted, "init was ended; nothing was written");
        const std::string answer(trim(*reply));
        return answer.empty() ? standard : answer;
    }

    bool yes(const std::string& question, bool standard_on_terminal) {
        if (!m_possible) return false;
        const std::string reply = to_lower_ascii(ask(question, standard_on_terminal ? "y" : "n"));
        return reply == "y" || reply == "yes";
    }

private:
    Terminal& m_terminal;
    bool m_possible;
};

void check(const Options& options) {
    if (options.make_private && options.make_public)
        throw Error(ErrorCode::BadOption, "--private and --public exclude each other");
    if (options.import_existing && options.start_fresh) {
        throw Error(ErrorCode::BadOption, "--import-existing and --start-fresh exclude each other");
    }
    for (const std::string& name : options.agents) {
        if (capture::find_agent(name) == nullptr) {
            throw Error(ErrorCode::UnknownAgent, fmt::format("no agent is called '{}'", name),
                        "Known agents: " + capture::agent_names());
        }
    }
}

store::ReviewPolicy policy_of(const std::string& name) {
    if (name == "auto") return store::ReviewPolicy::Auto;
    if (name == "review") return store::ReviewPolicy::Review;
    throw Error(ErrorCode::BadOption, fmt::format("'{}' is not a review policy", printable_line(name)),
                "Choose review or auto.");
}

store::ProjectConfig config_from(Context& context, const Options& options, Questions& questions) {
    const Environment& environment = context.ports.environment;
    store::ProjectConfig config;
    if (!options.agents.empty()) config.agents = options.agents;
    config.review_policy = policy_of(!options.review_policy.empty()
                                         ? options.review_policy
                                         : questions.ask("Review traces before they are committed, or commit "
                                                         "clean ones by themselves? [review/auto] (review) ",
                                                         "review"));
    const std::string remote =
        !options.remote.empty()
            ? options.remote
            : questions.ask("Dataset to push to, owner/name or ./folder (empty: decide later): ", "");
    if (!remote.empty()) {
        hub::parse_remote_spec(remote, environment, context.ports.disk);
        config.set_remote("origin", remote);
    }
    if (options.make_private) config.visibility = hub::Visibility::Private;
    if (options.make_public) config.visibility = hub::Visibility::Public;
    config.hook = !options.no_hook;
    return config;
}

std::string hook_command(const Environment& environment) {
    const std::string& program = environment.executable;
    const bool plain = program.find_first_of(" '\"$`\\") == std::string::npos;
    return (program.empty() ? "opentraces"
            : plain         ? program
                            : "'" + program + "'") +
           " capture --hook --quiet";
}

std::vector<flow::SessionInput> existing_sessions(Context& context, const std::string& root,
                                                  const store::ProjectConfig& config) {
    std::vector<std::string> folders;
    for (const std::string& name : config.agents) {
        const capture::AgentParser* agent = capture::find_agent(name);
        const std::string folder = agent->sessions_folder(root, context.ports.environment);
        if (context.ports.disk.info(folder)) folders.push_back(folder);
    }
    std::vector<flow::FailedFile> failed;
    return flow::find_sessions(folders, config.agents, context.ports.disk, failed);
}

Answer describe(const std::string& root, const store::ProjectConfig& config, bool created) {
    const store::RemoteConfig* remote = config.find_remote();
    json::Array agents;
    for (const std::string& agent : config.agents)
        agents.emplace_back(agent);
    Answer answer;
    answer.fields.append("project", root);
    answer.fields.append("created", created);
    answer.fields.append("agents", std::move(agents));
    answer.fields.append("review_policy", std::string(store::name_of(config.review_policy)));
    answer.fields.append("remote", remote == nullptr ? json::Value() : json::Value(remote->target));
    answer.fields.append("visibility",
                         config.visibility ? json::Value(hub::name_of(*config.visibility)) : json::Value());
    answer.fields.append("hook_installed", config.written.hook_installed);
    return answer;
}

Answer already(const std::string& root, Context& context) {
    const store::ProjectConfig config = store::load_project(root, context.ports.disk);
    Answer answer = describe(root, config, false);
    answer.fields.append("existing_sessions", nullptr);
    answer.fields.append("imported", nullptr);
    answer.text = fmt::format("{} is a project already. Change its settings with: opentraces config\n", root);
    return answer;
}

void install_hook(Context& context, const std::string& root, store::ProjectConfig& config) {
    const std::string settings = root + "/.claude/settings.json";
    const store::HookChange change =
        store::install_hook(settings, hook_command(context.ports.environment), context.ports.disk);
    config.written.hook_installed = true;
    config.written.settings_created = change.created_file;
}

// A settings file that cannot be merged stops init before anything is written.
void check_hook(Context& context, const std::string& root) {
    const std::string settings = root + "/.claude/settings.json";
    if (context.ports.disk.info(settings))
        store::with_hook(context.ports.disk.read_all(settings), "opentraces");
}

Answer run(Context& context, const Options& options) {
    check(options);
    const std::string root = context.ports.environment.need_working_directory();
    fs::Disk& disk = context.ports.disk;
    const auto present = store::find_project_root(root, context.ports.environment.opentraces_home(), disk);
    if (present == root) return already(root, context);
    Questions questions(context);
    store::ProjectConfig config = config_from(context, options, questions);
    const bool hook = config.hook && std::find(config.agents.begin(), config.agents.end(), "claude-code") !=
                                         config.agents.end();
    if (hook) check_hook(context, root);
    config = store::create_project(root, config, disk);
    if (hook) {
        install_hook(context, root, config);
        store::save_project(root, config, disk);
    }
    const auto sessions = existing_sessions(context, root, config);
    const bool import =
        options.import_existing ||
        (!options.start_fresh && !sessions.empty() &&
         questions.yes(fmt::format("Capture {} of this project now? [Y/n] ",
                                   counted(static_cast<std::int64_t>(sessions.size()), "existing session")),
                       true));
    Answer answer = describe(root, config, true);
    answer.fields.append("existing_sessions", static_cast<std::int64_t>(sessions.size()));
    answer.text = fmt::format("Initialised {}\n  traces stay in .opentraces, which git ignores\n", root);
    if (hook) answer.text += "  sessions of Claude Code are captured when they end (.claude/settings.json)\n";
    std::int64_t imported = 0;
    if (import) {
        const auto store = store::Store::open(root, disk, context.ports.clock);
        flow::CaptureOptions capture_options;
        capture_options.scrub = scrub_options(context, &config);
        const auto result = flow::capture(sessions, *store, capture_options, disk, context.progress);
        imported = result.captured + result.updated;
        answer.text += fmt::format("  {} captured, {} left out\n", counted(imported, "existing session"),
                                   result.filtered);
        context.terminal.err(failed_text(result.failed));
    }
    answer.fields.append("imported", imported);
    answer.text += imported > 0 ? "Next: opentraces list\n" : "Next: opentraces capture SESSION-FILE\n";
    return answer;
}

}  // namespace

Run declare_init(CLI::App& app) {
    auto options = std::make_shared<Options>();
    app.add_option("--agent", options->agents, "Agents to capture: " + capture::agent_names())
        ->type_name("A");
    app.add_option("--review-policy", options->review_policy,
                   "review: you commit; auto: clean traces are committed and pushed")
        ->check(CLI::IsMember({"review", "auto"}));
    app.add_option("--remote", options->remote,
                   "Dataset: owner/name on the Hub, or a folder such as ./dataset")
        ->type_name("R");
    app.add_flag("--private", options->make_private, "Only you may see a new dataset (the default)");
    app.add_flag("--public", options->make_public, "A new dataset is visible to everyone");
    app.add_flag("--import-existing", options->import_existing,
                 "Capture the sessions this project already has");
    app.add_flag("--start-fresh", options->start_fresh, "Leave existing sessions alone");
    app.add_flag("--no-hook", options->no_hook, "Do not install the session-end hook");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
