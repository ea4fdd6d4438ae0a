#include "hub/folder_writer.hpp"

#include <chrono>
#include <optional>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/fs/lock_within.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_key_digits = 64;
constexpr std::size_t k_id_digits = 16;
constexpr std::chrono::seconds k_longest_wait{10};

std::optional<std::string> read_key(const std::string& path, fs::Disk& disk) {
    const auto found = disk.info(path);
    if (!found) return std::nullopt;
    std::string key(trim(disk.read_all(path, 4096)));
    if (key.size() != k_key_digits)
        throw Error(ErrorCode::SettingsUnreadable, path + " is not a key of opentraces",
                    "Delete the file to have a new one made; pushes into folders that were interrupted "
                    "before are then somebody else's.");
    if (found->mode != 0600) disk.set_mode(path, 0600);
    return key;
}

std::string key_of(const std::string& user_folder, fs::Disk& disk, Clock& clock, IdSource& ids) {
    disk.make_directories(user_folder, 0700);
    const auto inside = disk.beneath(user_folder);
    const std::string path = fs::join(user_folder, "writer.key");
    if (auto key = read_key(path, *inside)) return *std::move(key);
    // Two first uses at once must not go on with different keys.
    const std::unique_ptr<fs::Lock> held = fs::lock_within(k_longest_wait, path + ".lock", *inside, clock);
    if (auto key = read_key(path, *inside)) return *std::move(key);
    std::string key = ids.hex(k_key_digits);
    inside->replace(path, key + "\n", 0600);
    return key;
}

}  // namespace

FolderWriter::FolderWriter(const std::string& user_folder, fs::Disk& disk, Clock& clock, IdSource& ids)
    : m_key(key_of(user_folder, disk, clock, ids)),
      m_id(hmac_sha256_hex(m_key, "dataset folder writer").substr(0, k_id_digits)) {}

std::string FolderWriter::seal(std::string_view text) const {
    return hmac_sha256_hex(m_key, "dataset folder journal\n" + std::string(text));
}

}  // namespace opentraces::hub
