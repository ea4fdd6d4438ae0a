#include "cli/setting_level.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/project_context.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/registry.hpp"
#include "opentraces/store/user_config.hpp"

namespace opentraces::cli {
namespace {

using store::Setting;
using store::SettingScope;

std::string about(const Setting& setting) {
    return fmt::format("  {:<17} {}{}\n", setting.key, setting.about,
                       setting.traits.adds ? " (set adds)" : "");
}

bool is_shared(const Setting& setting) {
    return store::find_setting(setting.key, SettingScope::User) != nullptr &&
           store::find_setting(setting.key, SettingScope::Project) != nullptr;
}

}  // namespace

void add_level_options(OptionSet& accepted, LevelOptions& options) {
    accepted.add_flag("--user", options.user, "Of the user: for all projects that do not say otherwise");
    accepted.add_flag("--project", options.project, "Of this project only");
    accepted.check([&options] {
        if (options.user && options.project)
            throw Error(ErrorCode::BadOption, "--user and --project exclude each other");
    });
}

std::optional<SettingScope> level_of(const LevelOptions& options) {
    if (options.user) return SettingScope::User;
    if (options.project) return SettingScope::Project;
    return std::nullopt;
}

const Setting& setting_called(const std::string& key, std::optional<SettingScope> level) {
    const Setting* const users = store::find_setting(key, SettingScope::User);
    const Setting* const projects = store::find_setting(key, SettingScope::Project);
    const Setting* const any = projects != nullptr ? projects : users;
    if (any == nullptr || any->traits.shown == store::Shown::Not)
        throw Error(
            ErrorCode::BadOption, fmt::format("no setting is called '{}'", printable_line(key)),
            did_you_mean(key, setting_keys(), fmt::format("Settings: {}", fmt::join(setting_keys(), ", "))));
    if (!level) return *any;
    const Setting* const found = *level == SettingScope::User ? users : projects;
    if (found != nullptr) return *found;
    throw Error(ErrorCode::BadOption,
                *level == SettingScope::User
                    ? fmt::format("{} is a setting of projects: {}", key, any->traits.alone)
                    : fmt::format("{} is a setting of the user, which a project may not say: {}", key,
                                  any->traits.alone),
                *level == SettingScope::User ? "Leave --user out." : "Leave --project out.");
}

LevelFile::LevelFile(Context& context, SettingScope scope) : m_context(context), m_scope(scope) {
    if (scope == SettingScope::User) {
        m_folder = context.ports.environment.opentraces_home();
        return;
    }
    context.ports.environment.opentraces_home();
    const auto root = present_project(context);
    if (!root)
        throw Error(ErrorCode::NotInitialized,
                    context.ports.environment.need_working_directory() + " is not in an opentraces project",
                    "Run: opentraces init, or give --user for all projects");
    m_root = *root;
    m_folder = store::project_folder(m_root);
}

std::string LevelFile::path() const {
    return fs::join(m_folder, store::k_settings_file);
}

store::Settings LevelFile::load() const {
    store::Settings settings;
    if (m_scope == SettingScope::User) {
        settings.user = store::load_user_config(m_folder, m_context.ports.disk);
    } else {
        settings.project = store::load_project(m_root, m_context.ports.disk);
    }
    return settings;
}

void LevelFile::save(const store::Settings& settings) {
    if (m_scope == SettingScope::User) {
        store::save_user_config(m_folder, settings.user, m_context.ports.disk);
    } else {
        store::save_project(m_root, settings.project, m_context.ports.disk);
    }
}

std::unique_ptr<fs::Lock> LevelFile::lock() const {
    return store::lock_registry(m_context.ports.environment.opentraces_home(), m_context.ports.disk);
}

std::vector<std::string> setting_keys() {
    std::vector<std::string> keys;
    for (const Setting& setting : store::settings_table())
        if (setting.traits.set_by.empty() && std::find(keys.begin(), keys.end(), setting.key) == keys.end())
            keys.emplace_back(setting.key);
    return keys;
}

std::string setting_help() {
    std::string shared;
    std::string projects;
    std::string users;
    for (const Setting& setting : store::settings_table()) {
        if (!setting.traits.set_by.empty()) continue;
        if (!is_shared(setting)) {
            (setting.scope == SettingScope::User ? users : projects) += about(setting);
        } else if (setting.scope == SettingScope::Project) {
            shared += about(setting);
        }
    }
    return "Settings of a project (--project) and of its user for all of them (--user):\n" + shared +
           "\nOnly of a project:\n" + projects +
           "\nOnly of the user; what comes with a project may not say it:\n" + users +
           "\nA flag goes before an environment variable, that before the project, the user and the default; "
           "redact adds all of them together.\n";
}

}  // namespace opentraces::cli
