#include "opentraces/store/user_config.hpp"

#include <algorithm>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/key_derivation.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/fs/lock_within.hpp"
#include "opentraces/store/layout.hpp"
#include "store/own_files.hpp"
#include "store/setting_values.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_key_bytes = 32;
constexpr std::size_t k_shortest_key = 32;
constexpr std::size_t k_longest_key = 256;
constexpr std::size_t k_shortest_passphrase = 16;
constexpr std::size_t k_fingerprint_digits = 12;
// Fixed, so that two machines get one key; changing it would change every pseudonym. docs/security.md.
constexpr std::string_view k_passphrase_salt = "opentraces pseudonym key 1";

std::string key_path(const std::string& user_folder) {
    return fs::join(user_folder, k_pseudonym_key_file);
}

// Several first uses at once must not go on with different keys: one makes it, the others wait for that.
std::unique_ptr<fs::Lock> lock_key(const std::string& user_folder, fs::Disk& inside) {
    return fs::lock_soon(k_longest_hold, key_path(user_folder) + ".lock", inside);
}

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

UserConfig load_user_config(const std::string& user_folder, fs::Disk& disk, const SettingInput* input) {
    if (!disk.info(user_folder)) return {};
    const std::unique_ptr<fs::Disk> inside = disk.beneath(user_folder);
    const SettingsFile file(fs::join(user_folder, k_settings_file), *inside);
    Settings settings;
    read_settings(SettingScope::User, file, settings, input);
    return std::move(settings.user);
}

void save_user_config(const std::string& user_folder, const UserConfig& config, fs::Disk& disk) {
    disk.make_directories(user_folder, 0700);
    const std::unique_ptr<fs::Disk> inside = disk.beneath(user_folder);
    SettingsFile file(fs::join(user_folder, k_settings_file), *inside);
    write_settings(SettingScope::User, file, {{}, config});
    file.save();
}

std::string pseudonym_key(const std::string& user_folder, fs::Disk& disk, IdSource& ids) {
    disk.make_directories(user_folder, 0700);
    const std::unique_ptr<fs::Disk> inside = disk.beneath(user_folder);
    const std::string path = key_path(user_folder);
    if (auto key = read_key(path, *inside)) return *std::move(key);
    const std::unique_ptr<fs::Lock> held = lock_key(user_folder, *inside);
    if (auto key = read_key(path, *inside)) return *std::move(key);
    std::string key = ids.hex(2 * k_key_bytes);
    inside->replace(path, key + "\n", 0600);
    return key;
}

std::optional<std::string> stored_pseudonym_key(const std::string& user_folder, fs::Disk& disk) {
    if (!disk.info(user_folder)) return std::nullopt;
    return read_key(key_path(user_folder), *disk.beneath(user_folder));
}

void set_pseudonym_key(const std::string& user_folder, const std::string& key, fs::Disk& disk) {
    const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!visible || key.size() < k_shortest_key || key.size() > k_longest_key)
        throw Error(ErrorCode::BadOption, "this is not a pseudonym key",
                    "Give what opentraces key export has written.");
    disk.make_directories(user_folder, 0700);
    const std::unique_ptr<fs::Disk> inside = disk.beneath(user_folder);
    const std::unique_ptr<fs::Lock> held = lock_key(user_folder, *inside);
    inside->replace(key_path(user_folder), key + "\n", 0600);
}

std::string key_from_passphrase(std::string_view passphrase) {
    if (!is_valid_utf8(passphrase)) throw Error(ErrorCode::BadOption, "the passphrase is not UTF-8");
    if (code_points(passphrase) < k_shortest_passphrase)
        throw Error(ErrorCode::BadOption, "the passphrase is too short",
                    "Take 16 characters or more, better five or six random words.");
    return scrypt_hex(passphrase, k_passphrase_salt);
}

std::string key_fingerprint(const std::string& key) {
    return hmac_sha256_hex(key, "opentraces pseudonym key fingerprint").substr(0, k_fingerprint_digits);
}

}  // namespace opentraces::store
