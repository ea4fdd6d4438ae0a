// The user's own settings: config.json in the user folder (OPENTRACES_HOME, else ~/.opentraces).
#pragma once

#include <string>
#include <vector>

#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

struct UserConfig {
    std::vector<std::string> custom_redact_strings;
    std::vector<std::string> excluded_projects;  // absolute paths
};

// Defaults when the file does not exist; Error SettingsUnreadable when it is malformed (never overwritten).
UserConfig load_user_config(const std::string& user_folder, fs::Disk& disk);
void save_user_config(const std::string& user_folder, const UserConfig& config, fs::Disk& disk);

// The per-installation secret for pseudonyms, made on first use (file pseudonym.key, 0600).
std::string pseudonym_key(const std::string& user_folder, fs::Disk& disk, IdSource& ids);

}  // namespace opentraces::store
