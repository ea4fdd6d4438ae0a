// remote show, list, add, set, use, remove: the datasets that a project pushes to, by name.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/registry.hpp"

namespace opentraces::cli {
namespace {

constexpr std::string_view k_first_name = "origin";

struct Options {
    std::string first;
    std::string second;
    bool make_private = false;
    bool make_public = false;
};

struct Settings {
    std::string root;
    std::unique_ptr<fs::Lock> lock;  // other commands that change them wait
    store::ProjectConfig config;
};

Settings load(Context& context, bool to_change = true) {
    Settings settings;
    settings.root = project_root(context);
    if (to_change)
        settings.lock = store::lock_registry(context.ports.environment.opentraces_home(), context.ports.disk);
    settings.config = store::load_project(settings.root, context.ports.disk);
    return settings;
}

Answer describe(Context& context, const store::ProjectConfig& config) {
    Answer answer;
    const auto visibility = flow::in_force(config, context.ports.environment, context.ports.disk).visibility;
    const store::RemoteConfig* standard = config.find_remote();
    answer.fields.append("remote", standard == nullptr ? json::Value() : json::Value(standard->target));
    answer.fields.append("visibility", visibility ? json::Value(hub::name_of(*visibility)) : json::Value());
    json::Array remotes;
    for (const store::RemoteConfig& remote : config.remotes) {
        json::Object object;
        object.append("name", remote.name);
        object.append("remote", remote.target);
        object.append("default", &remote == standard);
        remotes.emplace_back(std::move(object));
        answer.text += fmt::format("{} {}  {}\n", &remote == standard ? "*" : " ",
                                   printable_line(remote.name), printable_line(remote.target));
    }
    answer.fields.append("remotes", std::move(remotes));
    if (config.remotes.empty()) answer.text = "No remote. Add one with: opentraces remote set OWNER/NAME\n";
    return answer;
}

std::string target_of(Context& context, const Settings& settings, const std::string& given) {
    return dataset::target_of(
        given, {settings.config, settings.root, context.ports.environment, context.ports.disk});
}

Answer save(Context& context, const Settings& settings) {
    store::save_project(settings.root, settings.config, context.ports.disk);
    return describe(context, settings.config);
}

Answer set(Context& context, const Options& options) {
    Settings settings = load(context);
    const std::string target = target_of(context, settings, options.first);
    const store::RemoteConfig* standard = settings.config.find_remote();
    settings.config.set_remote(standard == nullptr ? std::string(k_first_name) : standard->name, target);
    if (options.make_private) settings.config.visibility = hub::Visibility::Private;
    if (options.make_public) settings.config.visibility = hub::Visibility::Public;
    return save(context, settings);
}

Answer add(Context& context, const Options& options) {
    Settings settings = load(context);
    if (settings.config.find_remote(options.first) != nullptr) {
        throw Error(ErrorCode::InvalidState,
                    fmt::format("a remote is called '{}' already", printable_line(options.first)),
                    "Remove it first: opentraces remote remove NAME");
    }
    settings.config.set_remote(options.first, target_of(context, settings, options.second));
    return save(context, settings);
}

[[noreturn]] void throw_unknown(const std::string& name, const store::ProjectConfig& config) {
    throw Error(ErrorCode::NotFound, fmt::format("no remote is called '{}'", printable_line(name)),
                did_you_mean(name, dataset::remote_names(config), "Run: opentraces remote list"));
}

Answer use(Context& context, const Options& options) {
    Settings settings = load(context);
    if (settings.config.find_remote(options.first) == nullptr) throw_unknown(options.first, settings.config);
    settings.config.default_remote = options.first;
    return save(context, settings);
}

Answer remove(Context& context, const Options& options) {
    Settings settings = load(context);
    const store::RemoteConfig* standard = settings.config.find_remote();
    if (options.first.empty() && standard == nullptr)
        throw Error(ErrorCode::NotFound, "there is no remote to remove");
    const std::string name = options.first.empty() ? standard->name : options.first;
    if (!settings.config.remove_remote(name)) throw_unknown(name, settings.config);
    return save(context, settings);
}

Run with_options(std::shared_ptr<Options> options, Answer (*run)(Context&, const Options&)) {
    return [options = std::move(options), run](Context& context) { return run(context, *options); };
}

}  // namespace

Run declare_remote_show(OptionSet& accepted) {
    accepted.example("opentraces remote list", "The datasets of this project");
    return [](Context& context) { return describe(context, load(context, false).config); };
}

Run declare_remote_set(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted
        .add_option("TARGET", options->first,
                    "A folder such as ./dataset, owner/name on the Hub, or its address")
        .required();
    accepted.add_flag("--private", options->make_private, "Only you may see a new dataset");
    accepted.add_flag("--public", options->make_public, "A new dataset is visible to everyone");
    accepted.check([options] {
        if (options->make_private && options->make_public)
            throw Error(ErrorCode::BadOption, "--private and --public exclude each other");
    });
    accepted.example("opentraces remote set ada/traces", "On the Hub");
    accepted.example("opentraces remote set ./dataset", "A folder");
    return with_options(options, set);
}

Run declare_remote_add(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("NAME", options->first, "What to call it").required();
    accepted
        .add_option("TARGET", options->second,
                    "A folder such as ./dataset, owner/name on the Hub, or its address")
        .required();
    accepted.check([options] { dataset::check_remote_name(options->first); });
    accepted.example("opentraces remote add team ada/team-traces", "Then: opentraces push --repo team");
    return with_options(options, add);
}

Run declare_remote_use(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("NAME", options->first, "The remote that push takes without --repo")
        .required()
        .completes(Candidates::Remotes);
    accepted.example("opentraces remote use origin", "What push takes without --repo");
    return with_options(options, use);
}

Run declare_remote_remove(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("NAME", options->first, "Which; without it the default one")
        .completes(Candidates::Remotes);
    accepted.example("opentraces remote remove origin", "Forget it; the dataset stays");
    return with_options(options, remove);
}

}  // namespace opentraces::cli
