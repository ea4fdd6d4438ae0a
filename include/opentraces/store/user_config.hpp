// The user's own settings: config.json in the user folder (OPENTRACES_HOME, else ~/.opentraces).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::store {

struct UserConfig : SharedConfig {
    std::vector<std::string> excluded_projects;  // absolute paths
};

// Defaults when the file does not exist; Error SettingsUnreadable when it is malformed (never overwritten).
// ConfigInvalid as load_project().
UserConfig load_user_config(const std::string& user_folder, fs::Disk& disk,
                            const SettingInput* input = nullptr);
void save_user_config(const std::string& user_folder, const UserConfig& config, fs::Disk& disk);

// The secret for pseudonyms, made on first use (file pseudonym.key, 0600). SettingsUnreadable for an empty
// file.
std::string pseudonym_key(const std::string& user_folder, fs::Disk& disk, IdSource& ids);
// nullopt before the first use.
std::optional<std::string> stored_pseudonym_key(const std::string& user_folder, fs::Disk& disk);
// A key of another machine in its place. BadOption if it is no key: 32 to 256 visible ASCII characters.
void set_pseudonym_key(const std::string& user_folder, const std::string& key, fs::Disk& disk);
// The same key everywhere for the same passphrase (UTF-8, 16 characters or more, else BadOption). Slow.
std::string key_from_passphrase(std::string_view passphrase);
// Tells keys apart, and nothing about them: 12 hex digits.
std::string key_fingerprint(const std::string& key);

}  // namespace opentraces::store
