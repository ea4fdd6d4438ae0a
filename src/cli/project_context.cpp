#include "cli/project_context.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/own_rules.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/guard.hpp"
#include "opentraces/store/registry.hpp"
#include "opentraces/store/user_config.hpp"

namespace opentraces::cli {

void guard_user_folder(Context& context) {
    const auto folder = context.ports.environment.find_opentraces_home();
    if (!folder) return;  // commands that need it say so
    for (const std::string& sentence : store::guard_user_folder(*folder, context.ports.disk))
        context.progress.warning(sentence);
}

namespace {

void need_own_project(Context& context, const std::string& root) {
    store::need_registered(root, context.ports.environment.opentraces_home(), context.ports.disk);
    for (const std::string& sentence : store::guard_project(root, context.ports.disk))
        context.progress.warning(sentence);
}

}  // namespace

std::optional<std::string> present_project(Context& context) {
    const Environment& environment = context.ports.environment;
    fs::Disk& disk = context.ports.disk;
    if (environment.working_directory.empty()) return std::nullopt;
    const std::string user_folder = environment.find_opentraces_home().value_or("");
    auto root = store::find_project_root(environment.working_directory, user_folder, disk);
    if (!root) return root;
    need_own_project(context, *root);
    return root;
}

std::string project_root(Context& context) {
    context.ports.environment.need_working_directory();
    context.ports.environment.opentraces_home();
    auto root = present_project(context);
    if (!root) {
        throw Error(ErrorCode::NotInitialized,
                    context.ports.environment.working_directory + " is not in an opentraces project");
    }
    return *std::move(root);
}

store::SettingsInForce settings_in_force(Context& context, const std::optional<std::string>& root,
                                         const store::FlagValues& flags) {
    return flow::settings_in_force(root, context.ports.environment, context.ports.disk, flags);
}

namespace {

// Its user has made it a project.
Project load(Context& context, const std::string& root, bool for_writing,
             const store::FlagValues& flags = {}) {
    fs::Disk& disk = context.ports.disk;
    Project project;
    project.root = root;
    project.config = settings_in_force(context, root, flags).settings.project;
    project.store = for_writing ? store::Store::open(root, disk, context.ports.clock)
                                : store::Store::open_for_reading(root, disk, context.ports.clock);
    return project;
}

}  // namespace

Project open_project(Context& context, const store::FlagValues& flags) {
    return load(context, project_root(context), true, flags);
}

Project open_project_for_reading(Context& context) {
    return load(context, project_root(context), false);
}

Project open_project_at(Context& context, const std::string& root) {
    need_own_project(context, root);
    return load(context, root, true);
}

Project open_project_for_reading_at(Context& context, const std::string& root) {
    need_own_project(context, root);
    return load(context, root, false);
}

bool is_excluded(Context& context, const Project& project) {
    if (project.config.excluded) return true;
    const auto user =
        store::load_user_config(context.ports.environment.opentraces_home(), context.ports.disk);
    return std::find(user.excluded_projects.begin(), user.excluded_projects.end(), project.root) !=
           user.excluded_projects.end();
}

std::uint64_t parse_size(const std::string& text) {
    constexpr std::array<std::pair<std::string_view, std::uint64_t>, 9> k_units{{{"", 1},
                                                                                 {"b", 1},
                                                                                 {"kb", 1000},
                                                                                 {"mb", 1000 * 1000},
                                                                                 {"gb", 1000 * 1000 * 1000},
                                                                                 {"kib", 1024},
                                                                                 {"mib", 1024 * 1024},
                                                                                 {"gib", 1024 * 1024 * 1024},
                                                                                 {"m", 1000 * 1000}}};
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string unit = to_lower_ascii(std::string_view(stop, text.data() + text.size()));
    const auto known =
        std::find_if(k_units.begin(), k_units.end(), [&](const auto& row) { return row.first == unit; });
    if (error != std::errc{} || number == 0 || number > (std::uint64_t{1} << 32) || known == k_units.end()) {
        throw Error(ErrorCode::BadOption, "'" + text + "' is not a size",
                    "Write a size such as 200MB or 64MiB.");
    }
    return number * known->second;
}

namespace {

// What the settings accept is digits.
void set_limit(trace::ContentLimits& limits, const std::string& digits) {
    if (!digits.empty()) std::from_chars(digits.data(), digits.data() + digits.size(), limits.observation);
}

security::OwnRulesPtr own_rules(Context& context, const std::vector<std::string>& files,
                                const std::string& root) {
    security::OwnRulesPtr rules = flow::own_rules(files, root, context.ports.disk);
    if (rules)
        for (const std::string& remark : security::remarks_of(*rules))
            context.progress.warning(remark);
    return rules;
}

}  // namespace

security::OwnRulesPtr rules_of_files(Context& context, const std::vector<std::string>& files) {
    std::vector<std::string> paths;
    for (const std::string& file : files)
        paths.push_back(fs::absolute(file, context.ports.environment, context.ports.disk));
    return own_rules(context, paths, {});
}

security::ScrubOptions scrub_options(Context& context, const store::ProjectConfig* config,
                                     const std::string& root) {
    const Environment& environment = context.ports.environment;
    const std::string user_folder = environment.opentraces_home();
    security::ScrubOptions options;
    options.user_name = environment.user_name;
    // The user's go everywhere.
    const store::ProjectConfig everywhere = settings_in_force(context, std::nullopt).settings.project;
    options.custom_strings = everywhere.custom_redact_strings;
    options.personal = config != nullptr ? config->personal : everywhere.personal;
    set_limit(options.limits, config != nullptr ? config->max_observation : everywhere.max_observation);
    if (config != nullptr)
        options.custom_strings.insert(options.custom_strings.end(), config->custom_redact_strings.begin(),
                                      config->custom_redact_strings.end());
    // In force are those of all levels.
    options.own_rules =
        own_rules(context, config != nullptr ? config->rule_files : everywhere.rule_files, root);
    options.pseudonym_key = store::pseudonym_key(user_folder, context.ports.disk, context.ports.ids);
    return options;
}

flow::CaptureOptions capture_options(Context& context, const store::ProjectConfig& config,
                                     const std::string& root) {
    flow::CaptureOptions options;
    options.scrub = scrub_options(context, &config, root);
    options.project = root;
    options.episodes = config.episodes;
    options.prices = flow::own_prices(config.pricing_file, root, context.ports.disk);
    return options;
}

flow::OwnPricesPtr own_prices(Context& context, const Project* project) {
    fs::Disk& disk = context.ports.disk;
    if (project != nullptr) return flow::own_prices(project->config.pricing_file, project->root, disk);
    return flow::own_prices(settings_in_force(context, std::nullopt).settings.project.pricing_file, {}, disk);
}

security::ScrubOptions scan_options(Context& context, const store::ProjectConfig* config,
                                    const std::string& root) {
    if (context.ports.environment.find_opentraces_home()) return scrub_options(context, config, root);
    security::ScrubOptions options;
    options.user_name = context.ports.environment.user_name;
    if (config != nullptr) {
        options.custom_strings = config->custom_redact_strings;
        options.own_rules = own_rules(context, config->rule_files, root);
        options.personal = config->personal;
    }
    return options;
}

}  // namespace opentraces::cli
