#include "opentraces/store/user_config.hpp"

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "store/settings_file.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_key_bytes = 32;

std::optional<std::string> read_key(const std::string& path, fs::Disk& disk) {
    const auto found = disk.info(path);
    if (!found) return std::nullopt;
    std::string key(trim(disk.read_all(path, 4096)));
    if (key.empty()) {
        throw Error(ErrorCode::SettingsUnreadable, path + " is empty",
                    "Delete the file to have a new key made; pseudonyms of paths then change.");
    }
    if (found->mode != 0600) disk.set_mode(path, 0600);
    return key;
}

}  // namespace

UserConfig load_user_config(const std::string& user_folder, fs::Disk& disk) {
    SettingsFile file(fs::join(user_folder, "config.json"), disk);
    UserConfig config;
    config.custom_redact_strings = file.texts(file.values(), "custom_redact_strings");
    config.excluded_projects = file.texts(file.values(), "excluded_projects");
    return config;
}

void save_user_config(const std::string& user_folder, const UserConfig& config, fs::Disk& disk) {
    SettingsFile file(fs::join(user_folder, "config.json"), disk);
    file.values().set("custom_redact_strings", to_array(config.custom_redact_strings));
    file.values().set("excluded_projects", to_array(config.excluded_projects));
    disk.make_directories(user_folder, 0700);
    file.save();
}

std::string pseudonym_key(const std::string& user_folder, fs::Disk& disk, IdSource& ids) {
    const std::string path = fs::join(user_folder, "pseudonym.key");
    if (auto key = read_key(path, disk)) return *std::move(key);
    disk.make_directories(user_folder, 0700);
    // Two first uses at once must not go on with different keys.
    const std::unique_ptr<fs::Lock> held = disk.lock(path + ".lock");
    if (auto key = read_key(path, disk)) return *std::move(key);
    std::string key = ids.hex(2 * k_key_bytes);
    disk.replace(path, key + "\n", 0600);
    return key;
}

}  // namespace opentraces::store
