#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "fs/posix_files.hpp"
#include "fs/system_error.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

FileInfo describe(std::string path, const struct stat& about) {
    constexpr std::int64_t k_second = 1'000'000'000;
    FileInfo info;
    info.path = std::move(path);
    info.is_directory = S_ISDIR(about.st_mode);
    info.size = static_cast<std::uint64_t>(about.st_size);
    info.inode = about.st_ino;
    info.modified_ns = about.st_mtim.tv_sec * k_second + about.st_mtim.tv_nsec;
    info.mode = about.st_mode & 07777;
    return info;
}

void make_one_directory(const std::string& path, unsigned mode) {
    if (::mkdir(path.c_str(), 0700) != 0) {
        if (errno == EEXIST) return;  // somebody else was faster
        throw_system_error(errno, "creating", path);
    }
    // Not through mkdir(): the umask would take bits away.
    if (::chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) throw_system_error(errno, "creating", path);
    sync_folder(parent(path));
}

class PosixDisk final : public Disk {
public:
    std::optional<FileInfo> info(const std::string& path) override {
        struct stat about = {};
        if (::stat(path.c_str(), &about) == 0) return describe(path, about);
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        throw_system_error(errno, "looking at", path);
    }

    std::unique_ptr<ReadFile> open(const std::string& path) override { return open_for_reading(path); }

    std::unique_ptr<NewFile> create(const std::string& path, unsigned mode) override {
        return create_new_file(path, mode);
    }

    std::vector<FileInfo> list(const std::string& path) override {
        std::vector<FileInfo> entries;
        const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
        if (!folder) {
            if (errno == ENOENT) return entries;
            throw_system_error(errno, "listing", path);
        }
        errno = 0;
        while (const dirent* const entry = ::readdir(folder.get())) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") {
                // Gone meanwhile, or a link that leads nowhere: not an entry.
                if (auto found = info(join(path, name))) entries.push_back(std::move(*found));
            }
            errno = 0;
        }
        if (errno != 0) throw_system_error(errno, "listing", path);
        std::sort(entries.begin(), entries.end(),
                  [](const auto& a, const auto& b) { return a.path < b.path; });
        return entries;
    }

    void make_directories(const std::string& path, unsigned mode) override {
        const std::optional<FileInfo> found = info(path);
        if (found && found->is_directory) return;
        if (found) throw_system_error(EEXIST, "creating", path);
        if (const std::string above = parent(path); above != path) make_directories(above, mode);
        make_one_directory(path, mode);
    }

    void rename(const std::string& from, const std::string& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) throw_system_error(errno, "renaming", from);
        sync_folder(parent(to));
        if (parent(from) != parent(to)) sync_folder(parent(from));
    }

    bool remove(const std::string& path) override {
        if (::remove(path.c_str()) != 0) {
            if (errno == ENOENT || errno == ENOTDIR) return false;
            throw_system_error(errno, "removing", path);
        }
        sync_folder(parent(path));
        return true;
    }

    void remove_tree(const std::string& path) override {
        std::error_code reason;
        std::filesystem::remove_all(path, reason);
        if (reason) throw_system_error(reason.value(), "removing", path);
    }

    void set_mode(const std::string& path, unsigned mode) override {
        if (::chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) {
            throw_system_error(errno, "setting the mode of", path);
        }
    }

    std::unique_ptr<Lock> lock(const std::string& path) override { return lock_file(path); }
};

}  // namespace

std::unique_ptr<Disk> posix_disk() {
    return std::make_unique<PosixDisk>();
}

}  // namespace opentraces::fs
