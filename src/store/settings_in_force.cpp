// Which of several values of a setting holds.
#include <fmt/format.h>

#include <algorithm>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/settings.hpp"
#include "store/setting_values.hpp"

namespace opentraces::store {
namespace {

// The row that says where a setting's value in force is kept.
const Setting& row_in_force(const Setting& setting) {
    const Setting* const project = find_setting(setting.key, SettingScope::Project);
    return project != nullptr ? *project : setting;
}

// Levels in their order, lowest first.
class Fold {
public:
    void add(const Setting& setting, SaidValue said) {
        std::vector<SaidValue>& origins = m_result.origins[std::string(setting.key)];
        const bool adds = setting.traits.adds && !origins.empty();
        json::Value value = said.value;
        if (adds) value = together(setting_value(row_in_force(setting), m_result.settings), said.value);
        put_value(row_in_force(setting), m_result.settings, value);
        if (!adds) origins.clear();
        origins.push_back(std::move(said));
    }

    void add(SettingScope scope, SettingLevel level, const Settings& own, const std::string& file) {
        for (const Setting& setting : settings_table())
            if (setting.scope == scope && is_said(setting, own))
                add(setting, {level, file, setting_value(setting, own)});
    }

    SettingsInForce result() {
        const Settings defaults;
        for (const Setting& setting : settings_table()) {
            std::vector<SaidValue>& origins = m_result.origins[std::string(setting.key)];
            if (origins.empty()) origins.push_back({{}, {}, setting_value(setting, defaults)});
        }
        return std::move(m_result);
    }

private:
    static json::Value together(const json::Value& lower, const json::Value& higher) {
        json::Array all = lower.if_array() == nullptr ? json::Array() : *lower.if_array();
        for (const json::Value& text : *higher.if_array())
            if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
        return all;
    }

    SettingsInForce m_result;
};

// One value; a list has commas between its values, or blanks, and secrets, which may hold both, lines.
SettingTexts words_of(const Setting& setting, const std::string& text) {
    if (!std::holds_alternative<SettingField<SettingTexts>>(setting.kind)) return {text};
    const std::string_view between = setting.traits.shown == Shown::Masked ? "\r\n" : ", \t\r\n";
    SettingTexts words;
    for (std::size_t at = text.find_first_not_of(between); at != std::string::npos;) {
        const std::size_t end = std::min(text.find_first_of(between, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(between, end);
    }
    return words;
}

std::optional<SaidValue> said_by_variable(const Setting& setting, const SettingInput& input) {
    const std::string variable(setting.traits.variable);
    const auto text = variable.empty() ? std::nullopt : input.environment.get(variable);
    if (!text) return std::nullopt;
    Settings settings;
    try {
        set_setting(setting, settings, words_of(setting, *text), input);
    } catch (const Error& error) {
        throw Error(ErrorCode::ConfigInvalid, fmt::format("{}: {}", variable, error.message()), error.hint());
    }
    return SaidValue{SettingLevel::Environment, variable, setting_value(setting, settings)};
}

}  // namespace

std::string_view name_of(SettingLevel level) {
    switch (level) {
        case SettingLevel::User:
            return "user";
        case SettingLevel::Project:
            return "project";
        case SettingLevel::Environment:
            return "environment";
        case SettingLevel::Flag:
            return "flag";
        case SettingLevel::Default:
            break;
    }
    return "default";
}

SettingFiles read_setting_files(const std::optional<std::string>& user_folder,
                                const std::optional<std::string>& root, fs::Disk& disk,
                                const SettingInput* input) {
    SettingFiles files;
    if (user_folder) {
        files.user_file = fs::join(*user_folder, k_settings_file);
        files.own.user = load_user_config(*user_folder, disk, input);
    }
    if (root) {
        files.project_file = in_project(*root, k_settings_file);
        files.own.project = load_project(*root, disk, input);
    }
    return files;
}

SettingsInForce in_force(const SettingFiles& files, const SettingInput& input, const FlagValues& flags) {
    Fold fold;
    fold.add(SettingScope::User, SettingLevel::User, files.own, files.user_file);
    fold.add(SettingScope::Project, SettingLevel::Project, files.own, files.project_file);
    for (const Setting& setting : settings_table()) {
        if (&setting != &row_in_force(setting)) continue;
        if (auto said = said_by_variable(setting, input)) fold.add(setting, *std::move(said));
        const auto flag = flags.find(setting.key);
        if (flag != flags.end()) fold.add(setting, flag->second);
    }
    return fold.result();
}

}  // namespace opentraces::store
