#include "opentraces/store/settings_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/store/layout.hpp"
#include "store/setting_values.hpp"
#include "store/settings_file.hpp"

namespace opentraces::store {
namespace {

bool is_secret(const Setting& setting, SettingScope scope) {
    return setting.scope == scope && setting.traits.shown == Shown::Masked;
}

std::vector<std::string> known_names(SettingScope scope) {
    std::vector<std::string> names;
    for (const Setting& setting : settings_table())
        if (setting.scope == scope) names.emplace_back(setting.path);
    return names;
}

// Names of the file: "agents", "card.tags".
std::vector<std::string> names_in(const json::Object& values) {
    std::vector<std::string> names;
    for (const auto& [key, value] : values) {
        const json::Object* const object = key == "remotes" ? nullptr : value.if_object();
        if (object == nullptr) {
            names.push_back(key);
        } else {
            for (const json::Member& member : *object)
                names.push_back(key + "." + member.first);
        }
    }
    return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// What was there before may be of another version; what somebody has just written is a mistake.
void refuse_new_names(SettingScope scope, SettingsFile& edited, SettingsFile& before) {
    const std::vector<std::string> known = known_names(scope);
    const std::vector<std::string> old = names_in(before.values());
    for (const std::string& name : names_in(edited.values()))
        if (!has(known, name) && !has(old, name))
            edited.throw_invalid(name, "is no setting",
                                 did_you_mean(name, known, "All of them: opentraces config list"));
}

// Texts that the copy never had; what was written into it is one more.
void put_secrets_back(SettingScope scope, SettingsFile& edited, const SettingsFile& before) {
    for (const Setting& setting : settings_table()) {
        if (!is_secret(setting, scope)) continue;
        const json::Value* const old = before.at(setting.path);
        if (old == nullptr || old->if_array() == nullptr) continue;
        json::Array all = *old->if_array();
        const json::Value* const added = edited.at(setting.path);
        if (added != nullptr && added->if_array() != nullptr)
            for (const json::Value& text : *added->if_array())
                if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
        edited.put(setting.path, std::move(all));
    }
}

}  // namespace

SettingsEdit::SettingsEdit(SettingScope scope, std::string folder, fs::Disk& disk)
    : m_scope(scope),
      m_folder(std::move(folder)),
      m_path(fs::join(m_folder, k_settings_file)),
      m_copy(fs::join(m_folder, k_edited_file)) {
    disk.make_directories(m_folder, 0700);
    m_disk = disk.beneath(m_folder);
    m_before = file_text();
    m_resumed = m_disk->info(m_copy).has_value();
    if (m_resumed) {
        m_first_copy = m_disk->read_all(m_copy);
        return;
    }
    // What is broken is shown as it is: to mend it is what the edit may be for.
    m_first_copy = m_before;
    try {
        SettingsFile file(m_path, *m_disk);
        for (const Setting& setting : settings_table())
            if (is_secret(setting, scope)) file.erase(setting.path);
        m_first_copy = json::write_pretty(json::Value(file.values())) + "\n";
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::Corrupt && error.kind() != ErrorKind::Config) throw;
    }
    m_disk->replace(m_copy, m_first_copy, 0600);
}

std::string SettingsEdit::file_text() const {
    return m_disk->info(m_path) ? m_disk->read_all(m_path) : std::string();
}

bool SettingsEdit::finish(const SettingInput& input) {
    SettingsFile edited(m_copy, *m_disk);
    if (!edited.exists())
        throw Error(ErrorCode::InvalidState, fmt::format("{} is gone; nothing was changed", m_copy),
                    "Run the command again.");
    Settings settings;
    read_settings(m_scope, edited, settings, &input);
    prove_settings(m_scope, edited, settings, input);
    if (file_text() != m_before)
        throw Error(ErrorCode::InvalidState,
                    fmt::format("{} was changed by another command meanwhile", m_path),
                    "Your text is kept. Run the command again to go on with it.");
    bool changed = true;
    write_settings(m_scope, edited, settings);
    try {
        SettingsFile before(m_path, *m_disk);
        refuse_new_names(m_scope, edited, before);
        put_secrets_back(m_scope, edited, before);
        changed = !(json::Value(edited.values()) == json::Value(before.values()));
    } catch (const Error& error) {
        // The file was broken, and nothing of it can be held against the copy.
        if (error.code() != ErrorCode::SettingsUnreadable) throw;
    }
    if (changed) m_disk->replace(m_path, json::write_pretty(json::Value(edited.values())) + "\n", 0600);
    m_disk->remove(m_copy);
    return changed;
}

bool SettingsEdit::abandon() {
    if (!m_disk->info(m_copy)) return false;
    if (m_resumed || m_disk->read_all(m_copy) != m_first_copy) return true;
    m_disk->remove(m_copy);
    return false;
}

}  // namespace opentraces::store
