#include "fs/posix_place.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <utility>
#include <vector>

#include "fs/system_error.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

namespace {

constexpr int k_folder_flags = O_RDONLY | O_DIRECTORY;

bool means_missing(int reason) {
    return reason == ENOENT || reason == ENOTDIR;
}

std::string without_trailing_slashes(std::string path) {
    while (!path.empty() && path.back() == '/')
        path.pop_back();
    return path;
}

// The parts of what `path` adds to `root`.
std::vector<std::string> parts_below(const std::string& root, const std::string& path) {
    if (!path.starts_with(root) || (path.size() > root.size() && path[root.size()] != '/'))
        throw Error(ErrorCode::UnsafePath, path + " is not in " + root);
    std::vector<std::string> parts;
    std::string_view rest = std::string_view(path).substr(root.size());
    while (!rest.empty()) {
        const std::size_t slash = rest.find('/');
        const std::string_view part = rest.substr(0, slash);
        rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
        if (part == "..") throw Error(ErrorCode::UnsafePath, path + " leads out of " + root);
        if (!part.empty() && part != ".") parts.emplace_back(part);
    }
    return parts;
}

bool is_link(int folder, const std::string& name) {
    struct stat about = {};
    return ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(about.st_mode);
}

// Goes into a folder; false if it is missing.
bool step(Place& place, const std::string& name, int flags, std::string_view doing) {
    auto next = std::make_shared<FileDescriptor>(open_at(place.at(), name, flags));
    if (!next->is_open()) {
        if (means_missing(errno)) return false;
        throw_system_error(errno, doing, place.path);
    }
    place.folder = std::move(next);
    return true;
}

void sync_folder(const FileDescriptor& folder, const std::string& path) {
    while (::fsync(folder.get()) != 0) {
        // Some file systems cannot sync a folder and say so with EINVAL; there is nothing more to do then.
        if (errno == EINVAL) return;
        if (errno != EINTR) throw_system_error(errno, "writing", path);
    }
}

// The system takes paths up to PATH_MAX: a longer one is followed piece by piece, links included.
std::optional<Place> find_anywhere(const std::string& path, std::string_view doing) {
    Place place;
    place.path = path;
    std::string_view rest = path;
    while (rest.size() >= PATH_MAX) {
        const std::size_t slash = rest.rfind('/', PATH_MAX - 2);
        if (slash == std::string_view::npos) throw_system_error(ENAMETOOLONG, doing, path);
        if (!step(place, std::string(rest.substr(0, slash + 1)), k_folder_flags, doing)) return std::nullopt;
        rest.remove_prefix(slash + 1);
        while (rest.starts_with('/'))
            rest.remove_prefix(1);
    }
    place.name = rest.empty() && !path.empty() ? "." : std::string(rest);
    return place;
}

}  // namespace

int Place::at() const {
    return folder ? folder->get() : AT_FDCWD;
}

int Place::open_flags() const {
    return follows_links ? 0 : O_NOFOLLOW;
}

int Place::stat_flags() const {
    return follows_links ? 0 : AT_SYMLINK_NOFOLLOW;
}

FileDescriptor open_at(int folder, const std::string& name, int flags, mode_t mode) {
    int number = -1;
    do {
        number = ::openat(folder, name.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode);
    } while (number < 0 && errno == EINTR);
    return FileDescriptor(number);
}

std::optional<struct stat> look_at(const Place& place, std::string_view doing) {
    struct stat about = {};
    if (::fstatat(place.at(), place.name.c_str(), &about, place.stat_flags()) == 0) return about;
    if (means_missing(errno)) return std::nullopt;
    throw_system_error(errno, doing, place.path);
}

void FolderSyncs::sync(const Folder& folder, const std::string& path) {
    struct stat about = {};
    if (m_deferred && ::fstat(folder->get(), &about) == 0) {
        m_waiting.try_emplace({about.st_dev, about.st_ino}, Waiting{folder, path});
        return;
    }
    sync_folder(*folder, path);
}

void FolderSyncs::finish() {
    m_deferred = false;
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto& [id, folder] : waiting)
        sync_folder(*folder.folder, folder.path);
}

Territory::Territory(const std::string& root, FileDescriptor folder)
    : m_root(without_trailing_slashes(root)), m_folder(std::make_shared<FileDescriptor>(std::move(folder))) {}

// One step at a time with O_NOFOLLOW, not openat2(RESOLVE_BENEATH): every kernel and every system has it, it
// is the only mechanism to test, and a path below a project or a dataset has two or three steps.
std::optional<Place> Territory::walk(const std::string& path, std::string_view doing) const {
    std::vector<std::string> parts = parts_below(m_root, path);
    Place place;
    place.path = path;
    place.follows_links = false;
    place.name = ".";
    if (!parts.empty()) {
        place.name = std::move(parts.back());
        parts.pop_back();
    }
    place.folder = m_folder;
    std::string walked = m_root;
    for (const std::string& part : parts) {
        walked.append("/").append(part);
        auto next = std::make_shared<FileDescriptor>(open_at(place.at(), part, k_folder_flags | O_NOFOLLOW));
        if (!next->is_open()) {
            const int reason = errno;
            // For a link the reason is ELOOP or ENOTDIR, as the system likes.
            if ((reason == ELOOP || reason == ENOTDIR) && is_link(place.at(), part)) throw_link(walked);
            if (means_missing(reason)) return std::nullopt;
            throw_system_error(reason, doing, path);
        }
        place.folder = std::move(next);
    }
    return place;
}

std::optional<Place> Territory::find(const std::string& path, std::string_view doing) const {
    return is_confined() ? walk(path, doing) : find_anywhere(path, doing);
}

std::optional<Place> Territory::find_in_folder(const std::string& path, std::string_view doing) const {
    if (is_confined()) return walk(path, doing);
    std::optional<Place> place = find_anywhere(parent(path), doing);
    if (!place || !step(*place, place->name, k_folder_flags, doing)) return std::nullopt;
    place->name = file_name(path);
    place->path = path;
    return place;
}

Place Territory::need(const std::string& path, std::string_view doing) const {
    if (auto place = find(path, doing)) return *std::move(place);
    throw_system_error(ENOENT, doing, path);
}

Place Territory::need_in_folder(const std::string& path, std::string_view doing) const {
    if (auto place = find_in_folder(path, doing)) return *std::move(place);
    throw_system_error(ENOENT, doing, path);
}

}  // namespace opentraces::fs
