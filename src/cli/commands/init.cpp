#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/capture_fields.hpp"
#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/failure_fields.hpp"
#include "cli/init_hooks.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/decisions.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/registry.hpp"

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
    bool adopt = false;
    bool yes = false;
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

    bool possible() const { return m_possible; }

    // Asked until the reply is one of these; the first is that of an empty line.
    std::string choose(const std::string& question, const std::vector<std::string>& choices) {
        while (true) {
            const std::string reply = to_lower_ascii(ask(question, choices.front()));
            if (std::find(choices.begin(), choices.end(), reply) != choices.end()) return reply;
            m_terminal.err(fmt::format("Please answer {}.\n", fmt::join(choices, " or ")));
        }
    }

    bool yes(const std::string& question, bool standard_on_terminal) {
        if (!m_possible) return false;
        const std::vector<std::string> yes_first{"y", "n", "yes", "no"};
        const std::vector<std::string> no_first{"n", "y", "no", "yes"};
        return choose(question, standard_on_terminal ? yes_first : no_first).starts_with('y');
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
}

// As `config set` does.
void set(Context& context, std::string_view key, const std::vector<std::string>& values,
         store::ProjectConfig& config) {
    if (values.empty()) return;
    store::Settings settings{std::move(config), {}};
    store::set_setting(*store::find_setting(key, store::SettingScope::Project), settings, values,
                       flow::setting_input(context.ports.environment, context.ports.disk));
    config = std::move(settings.project);
}

void set_remote(Context& context, const std::string& remote, store::ProjectConfig& config) {
    const Environment& environment = context.ports.environment;
    config.set_remote("origin", dataset::target_of(remote, {config, environment.working_directory,
                                                            environment, context.ports.disk}));
    config.default_remote = "origin";
}

// What an own config makes, together with what the user and the environment say.
store::ProjectConfig in_force(Context& context, const store::ProjectConfig& own) {
    return flow::in_force(own, context.ports.environment, context.ports.disk);
}

// Only what somebody has chosen: the rest may be said by the user for all projects.
std::vector<std::string> chosen_policy(const Options& options, Questions& questions,
                                       const store::ProjectConfig& standard) {
    if (!options.review_policy.empty()) return {options.review_policy};
    if (!questions.possible()) return {};
    const std::string present(store::name_of(standard.review_policy));
    const std::string other = present == "review" ? "auto" : "review";
    const std::string chosen = questions.choose(
        fmt::format("Review traces before they are committed, or commit clean ones by themselves? "
                    "[review/auto] ({}) ",
                    present),
        {present, other});
    if (chosen == present) return {};
    return {chosen};
}

store::ProjectConfig config_from(Context& context, const Options& options, Questions& questions) {
    store::ProjectConfig config;
    set(context, "agents", options.agents, config);
    set(context, "review_policy", chosen_policy(options, questions, in_force(context, config)), config);
    const std::string remote =
        !options.remote.empty()
            ? options.remote
            : questions.ask("Dataset to push to, owner/name or ./folder (empty: decide later): ", "");
    if (!remote.empty()) set_remote(context, remote, config);
    if (options.make_private) config.visibility = hub::Visibility::Private;
    if (options.make_public) config.visibility = hub::Visibility::Public;
    config.hook = !options.no_hook;
    return config;
}

// What the flags say, on top of the settings that are there; the names of what they changed.
std::vector<std::string> apply(Context& context, const Options& options, store::ProjectConfig& config) {
    const store::ProjectConfig before = config;
    set(context, "agents", options.agents, config);
    if (!options.review_policy.empty()) set(context, "review_policy", {options.review_policy}, config);
    if (!options.remote.empty()) set_remote(context, options.remote, config);
    if (options.make_private) config.visibility = hub::Visibility::Private;
    if (options.make_public) config.visibility = hub::Visibility::Public;
    if (options.no_hook) config.hook = false;
    std::vector<std::string> changed;
    if (config.agents != before.agents) changed.emplace_back("agents");
    if (config.review_policy != before.review_policy) changed.emplace_back("review_policy");
    const store::RemoteConfig* const old_remote = before.find_remote();
    if (!options.remote.empty() &&
        (old_remote == nullptr || old_remote->target != config.find_remote()->target))
        changed.emplace_back("remote");
    if (config.visibility != before.visibility) changed.emplace_back("visibility");
    if (config.hook != before.hook) changed.emplace_back("hook");
    return changed;
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
    answer.fields.append("hook_installed", !config.written.hooks.empty());
    answer.fields.append("hooked_agents",
                         json::Array(config.written.hooks.begin(), config.written.hooks.end()));
    answer.fields.append("adopted", false);
    answer.fields.append("changed_settings", json::Array());
    answer.fields.append("repaired", false);
    answer.fields.append("existing_sessions", nullptr);
    answer.fields.append("imported", nullptr);
    return answer;
}

// Everything that is written, in one piece for this user: several first uses at once wait for each other.
class Writing {
public:
    Writing(Context& context, std::string root)
        : m_context(context),
          m_root(std::move(root)),
          m_user_folder(context.ports.environment.opentraces_home()),
          m_lock(store::lock_registry(m_user_folder, context.ports.disk)) {}

    // Another process may have made the project since it was looked at.
    store::Standing standing() const {
        return store::standing_of(m_root, m_user_folder, m_context.ports.disk);
    }
    void enter() {
        // OPENTRACES_SEED makes runs repeatable; a secret that can be repeated is none.
        RandomIds secrets;
        store::register_project(m_root, m_user_folder, m_context.ports.disk, secrets);
    }

    store::ProjectConfig write(store::ProjectConfig config, const flow::Agents& seen) {
        return flow::write_project(m_root, std::move(config), seen, m_context.ports.environment,
                                   m_context.ports.disk);
    }

private:
    Context& m_context;
    std::string m_root;
    std::string m_user_folder;
    std::unique_ptr<fs::Lock> m_lock;
};

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

// A project already: what a crash left is finished, and the flags are applied.
Answer again(Context& context, const std::string& root, const Options& options, store::Standing standing) {
    Writing writing(context, root);
    store::ProjectConfig config = store::load_project(root, context.ports.disk);
    const std::string ignored_before = config.written.gitignore_added;
    const std::vector<flow::HookCondition> hooks_before = hook_conditions(context, root);
    const std::vector<std::string> changed = apply(context, options, config);
    if (standing != store::Standing::Registered) {
        store::check_store(root, context.ports.disk);
        writing.enter();
    }
    config = writing.write(config, {});
    const bool repaired = config.written.gitignore_added != ignored_before ||
                          hook_conditions(context, root) != hooks_before ||
                          standing != store::Standing::Registered;
    json::Array changes;
    for (const std::string& name : changed)
        changes.emplace_back(name);
    Answer answer = describe(root, in_force(context, config), false);
    answer.fields.set("changed_settings", std::move(changes));
    answer.fields.set("repaired", repaired);
    answer.text = fmt::format("{} is a project already{}.\n", printable_line(root),
                              standing != store::Standing::Registered ? ", and is registered again"
                              : repaired && changed.empty()           ? "; what was missing of it was written"
                                                                      : "");
    answer.text += changed.empty() ? "Change its settings with: opentraces config\n"
                                   : fmt::format("Changed: {}\n", list_of(changed));
    return answer;
}

std::string description(const std::string& root, const store::ProjectConfig& config, fs::Disk& disk,
                        Clock& clock) {
    const store::RemoteConfig* const remote = config.find_remote();
    const auto counts = store::Store::open_for_reading(root, disk, clock)->counts();
    std::string traces;
    for (const auto& [stage, count] : counts)
        traces += fmt::format("{}{} {}", traces.empty() ? "" : ", ", count, store::name_of(stage));
    return fmt::format(
        "{} says of itself:\n  remote         {}\n  visibility     {}\n  review policy  {}\n  agents         "
        "{}\n"
        "  redact         {}\n  traces         {}\n",
        printable_line(store::project_folder(root)),
        remote == nullptr ? "not set" : printable_line(remote->target),
        config.visibility ? std::string(hub::name_of(*config.visibility)) : "not set",
        store::name_of(config.review_policy),
        config.agents.empty() ? std::string("all") : printable_line(list_of(config.agents)),
        counted(static_cast<std::int64_t>(config.custom_redact_strings.size()), "text"), traces);
}

// Takes over what somebody, or an earlier opentraces, made. What comes along can only tighten.
Answer adopt(Context& context, const std::string& root, const Options& options, Questions& questions) {
    fs::Disk& disk = context.ports.disk;
    if (!store::has_settings(root, disk)) {
        throw Error(ErrorCode::NotFound,
                    store::project_folder(root) + " has no config.json: there is no project to take over",
                    "Look at what is in it, move it aside and run: opentraces init");
    }
    store::check_store(root, disk);
    store::ProjectConfig config = store::load_project(root, disk);
    const std::string said = description(root, config, disk, context.ports.clock);
    if (!options.yes) {
        if (!questions.possible()) {
            throw Error(ErrorCode::ConfirmationRequired,
                        "taking over " + store::project_folder(root) + " was not confirmed",
                        "Look at it, then run: opentraces init --adopt --yes");
        }
        context.terminal.err(said);
        if (!questions.yes("Take it over? Review policy and visibility start as review and private. [y/N] ",
                           false))
            throw Error(ErrorCode::Interrupted, "nothing was taken over");
    }
    // Said, whatever the user says for all projects.
    set(context, "review_policy", {"review"}, config);
    set(context, "visibility", {"private"}, config);
    // Files that somebody else has named are not read.
    config.pricing_file.clear();
    config.said.erase("pricing_file");
    config.rule_files.clear();
    config.said.erase("scan.rules");
    apply(context, options, config);
    check_hooks(context, root, config, {});
    Writing writing(context, root);
    // What was derived from datasets may be made up: it is derived again.
    store::forget_derived(root, disk);
    // What somebody else has allowed or decided is nobody's decision here.
    store::decisions_of(*store::Store::open(root, disk, context.ports.clock)).distrust();
    // Before it is registered: from then on everything in it counts as the user's own.
    store::save_project(root, config, disk);
    writing.enter();
    config = writing.write(config, {});
    const store::ProjectConfig holds = in_force(context, config);
    Answer answer = describe(root, holds, false);
    answer.fields.set("adopted", true);
    answer.text = fmt::format("{}Taken over; review policy {}, visibility {}.\nNext: opentraces list\n", said,
                              store::name_of(holds.review_policy), hub::name_of(*holds.visibility));
    return answer;
}

std::int64_t import_existing(Context& context, const std::string& root, const store::ProjectConfig& config,
                             const std::vector<capture::Found>& sessions, Answer& answer) {
    const auto store = store::Store::open(root, context.ports.disk, context.ports.clock);
    const auto result = flow::capture(sessions, *store, capture_options(context, config, root),
                                      context.ports.disk, context.progress);
    const std::int64_t imported = result.captured + result.updated;
    answer.text +=
        fmt::format("  {} captured, {} left out\n", counted(imported, "existing session"), result.filtered);
    context.terminal.err(failures_text(result.failed));
    return imported;
}

Answer create(Context& context, const std::string& root, const Options& options, Questions& questions) {
    store::ProjectConfig config = config_from(context, options, questions);
    const store::ProjectConfig asked = in_force(context, config);
    const auto sessions = flow::find_project_sessions(root, asked.agents, context.ports, context.progress);
    const flow::Agents seen = agents_of(sessions);
    check_hooks(context, root, config, seen);
    {
        Writing writing(context, root);
        const store::Standing standing = writing.standing();
        if (standing == store::Standing::Registered && store::has_settings(root, context.ports.disk)) {
            // Made by another process since: its settings stay, ours are put on top by a further init.
            config = store::load_project(root, context.ports.disk);
        } else if (standing != store::Standing::Registered) {
            writing.enter();
        }
        config = in_force(context, writing.write(config, seen));
    }
    const bool import =
        options.import_existing ||
        (!options.start_fresh && !sessions.empty() &&
         questions.yes(fmt::format("Capture {} of this project now? [Y/n] ",
                                   counted(static_cast<std::int64_t>(sessions.size()), "existing session")),
                       true));
    Answer answer = describe(root, config, true);
    answer.fields.set("existing_sessions", static_cast<std::int64_t>(sessions.size()));
    answer.text = fmt::format("Initialised {}\n  traces stay in .opentraces, which git ignores\n",
                              printable_line(root));
    answer.text += hooks_text(context, root, config);
    const std::int64_t imported = import ? import_existing(context, root, config, sessions, answer) : 0;
    answer.fields.set("imported", imported);
    answer.text += imported > 0 ? "Next: opentraces list\n" : "Next: opentraces capture\n";
    return answer;
}

// Not in the middle of what another process writes.
store::Standing settled_standing(Context& context, const std::string& root, const std::string& user_folder) {
    const auto lock = store::lock_registry(user_folder, context.ports.disk);
    return store::standing_of(root, user_folder, context.ports.disk);
}

Answer run(Context& context, const Options& options) {
    const std::string root = context.ports.environment.need_working_directory();
    const std::string user_folder = context.ports.environment.opentraces_home();
    if (store::is_user_folder(root, user_folder, context.ports.disk)) {
        throw Error(ErrorCode::InvalidState,
                    store::project_folder(root) + " is the folder of the user's own settings",
                    "Choose a project folder below it.");
    }
    Questions questions(context);
    const store::Standing standing = settled_standing(context, root, user_folder);
    switch (standing) {
        case store::Standing::None:
        case store::Standing::Unfinished:
            if (options.adopt) {
                throw Error(ErrorCode::NotFound, "there is no .opentraces to take over in " + root,
                            "Run: opentraces init");
            }
            return create(context, root, options, questions);
        case store::Standing::Registered:
        case store::Standing::Restored:
        case store::Standing::Moved:
            if (store::has_settings(root, context.ports.disk)) return again(context, root, options, standing);
            return create(context, root, options, questions);
        case store::Standing::Unknown:
        case store::Standing::Copied:
            if (options.adopt) return adopt(context, root, options, questions);
            break;
        case store::Standing::Foreign:
        case store::Standing::NotAFolder:
        case store::Standing::Tracked:
            break;
    }
    store::throw_untrusted(standing, root);
}

}  // namespace

Run declare_init(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("--agent", options->agents, "Agents to capture: " + capture::agent_names())
        .type_name("A")
        .completes(Candidates::Agents);
    accepted
        .add_option("--review-policy", options->review_policy,
                    "review: you commit; auto: clean traces are committed and pushed")
        .one_of({"review", "auto"});
    add_repo_option(accepted, options->remote,
                    "Dataset to push to: a folder such as ./dataset, or owner/name on the Hub");
    accepted.add_flag("--private", options->make_private, "Only you may see a new dataset (the default)");
    accepted.add_flag("--public", options->make_public, "A new dataset is visible to everyone");
    accepted.add_flag("--import-existing", options->import_existing,
                      "Capture the sessions this project already has");
    accepted.add_flag("--start-fresh", options->start_fresh, "Leave existing sessions alone");
    accepted.add_flag("--no-hook", options->no_hook,
                      "Do not install hooks by which agents tell that a session has ended");
    accepted.add_flag(
        "--adopt", options->adopt,
        "Take over a .opentraces that is not registered: from a copy, or from an earlier opentraces");
    accepted.add_flag("-y,--yes", options->yes, "With --adopt: do not ask");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces init --agent claude-code",
                     "Make this folder a project; Claude Code hands over its sessions");
    accepted.example("opentraces init --agent codex --agent opencode --repo ./dataset --no-hook",
                     "Two agents, a dataset folder, no hook");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
