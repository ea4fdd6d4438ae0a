#include "fs/temporaries.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <ctime>

#include "fs/folder_entries.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

namespace {

constexpr std::size_t k_digits = 16;
constexpr std::string_view k_ending = ".tmp";
// No write takes that long without touching its file.
constexpr std::time_t k_oldest = 24 * 60 * 60;

bool is_left_behind(int folder, const std::string& name) {
    struct stat about = {};
    return ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode) &&
           about.st_uid == ::geteuid() && about.st_mtime < std::time(nullptr) - k_oldest;
}

}  // namespace

std::string temporary_name(const std::string& final_name) {
    constexpr std::size_t k_longest_base = 200;  // names are limited to 255 bytes
    RandomIds ids;
    return "." + final_name.substr(0, k_longest_base) + "." + ids.hex(k_digits) + std::string(k_ending);
}

bool is_temporary_name(std::string_view name) {
    constexpr std::size_t k_tail = 1 + k_digits + k_ending.size();
    if (name.size() < k_tail + 2 || name.front() != '.' || !name.ends_with(k_ending)) return false;
    const std::string_view digits = name.substr(name.size() - k_tail, k_digits + 1);
    return digits.front() == '.' && is_lower_hex(digits.substr(1), k_digits);
}

void Sweeper::sweep(const Place& place) {
    {
        const std::lock_guard<std::mutex> guard(m_mutex);
        if (!m_swept.insert(parent(place.path)).second) return;
    }
    FolderEntries entries(open_at(place.at(), ".", O_RDONLY | O_DIRECTORY));
    while (const auto name = entries.next()) {
        if (is_temporary_name(*name) && is_left_behind(place.at(), *name))
            ::unlinkat(place.at(), name->c_str(), 0);
    }
}

}  // namespace opentraces::fs
