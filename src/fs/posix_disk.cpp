#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include "fs/folder_entries.hpp"
#include "fs/posix_files.hpp"
#include "fs/posix_place.hpp"
#include "fs/system_error.hpp"
#include "fs/temporaries.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

namespace {

constexpr int k_folder_flags = O_RDONLY | O_DIRECTORY;
constexpr int k_most_links = 40;  // the system's own limit

FileKind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return FileKind::File;
    if (S_ISDIR(mode)) return FileKind::Folder;
    return S_ISLNK(mode) ? FileKind::Link : FileKind::Other;
}

FileInfo describe(std::string path, const struct stat& about) {
    constexpr std::int64_t k_second = 1'000'000'000;
    FileInfo info;
    info.path = std::move(path);
    info.kind = kind_of(about.st_mode);
    info.size = static_cast<std::uint64_t>(about.st_size);
    info.device = about.st_dev;
    info.inode = about.st_ino;
    info.modified_ns = about.st_mtim.tv_sec * k_second + about.st_mtim.tv_nsec;
    info.mode = about.st_mode & 07777;
    info.owner = about.st_uid;
    return info;
}

// nullopt: gone meanwhile, or a link that leads nowhere.
std::optional<FileInfo> entry_of(int folder, const std::string& name, int flags, const std::string& path) {
    struct stat about = {};
    if (::fstatat(folder, name.c_str(), &about, flags) == 0) return describe(path, about);
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    const int reason = errno;
    if (::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0) return describe(path, about);
    throw_system_error(reason, "looking at", path);
}

// A link that somebody else put into a folder where everybody may: following it would be doing what they
// say. The system's own rule (protected_symlinks) is this one, where it is switched on.
void refuse_foreign_link(const Place& place) {
    struct stat folder = {};
    struct stat link = {};
    if (::fstat(place.at(), &folder) != 0 || (folder.st_mode & S_ISVTX) == 0) return;
    if (::fstatat(place.at(), place.name.c_str(), &link, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (link.st_uid != ::geteuid() && link.st_uid != folder.st_uid)
        throw Error(ErrorCode::UnsafePath, place.path + " is another user's link in a folder that all share");
}

class PosixDeferredSync final : public DeferredSync {
public:
    explicit PosixDeferredSync(std::shared_ptr<FolderSyncs> syncs) : m_syncs(std::move(syncs)) {
        m_syncs->defer();
    }
    ~PosixDeferredSync() override {
        try {
            m_syncs->finish();
        } catch (const Error&) {
            // Whoever wants to hear of it calls sync().
        }
    }
    void sync() override { m_syncs->finish(); }

private:
    std::shared_ptr<FolderSyncs> m_syncs;
};

class PosixDisk final : public Disk {
public:
    PosixDisk() = default;
    explicit PosixDisk(Territory territory) : m_territory(std::move(territory)) {}

    std::unique_ptr<Disk> beneath(const std::string& root) override {
        const Place place = m_territory.need(root, "opening");
        FileDescriptor folder = open_at(place.at(), place.name, k_folder_flags | place.open_flags());
        if (!folder.is_open()) fail_on_folder(place, place.open_flags(), "opening");
        return std::make_unique<PosixDisk>(Territory(root, std::move(folder)));
    }

    std::optional<FileInfo> info(const std::string& path) override {
        const std::optional<Place> place = m_territory.find(path, "looking at");
        if (!place) return std::nullopt;
        const std::optional<struct stat> about = look_at(*place, "looking at");
        if (!about) return std::nullopt;
        return describe(path, *about);
    }

    std::optional<std::string> link_target(const std::string& path) override {
        const std::optional<Place> place = m_territory.find(path, "looking at");
        return place ? read_link(*place) : std::nullopt;
    }

    std::unique_ptr<ReadFile> open(const std::string& path) override {
        return open_for_reading(m_territory.need(path, "opening"));
    }

    std::unique_ptr<NewFile> create(const std::string& path, unsigned mode) override {
        Place place = m_territory.need_in_folder(path, "creating");
        if (!m_territory.is_confined()) follow_link(place);
        m_sweeper.sweep(place);
        return create_new_file(std::move(place), mode, m_syncs);
    }

    std::vector<FileInfo> list(const std::string& path) override {
        std::vector<FileInfo> entries;
        const std::optional<Place> place = m_territory.find(path, "listing");
        if (!place) return entries;
        FolderEntries names(open_at(place->at(), place->name, k_folder_flags | place->open_flags()));
        if (!names.is_open()) {
            if (errno == ENOENT) return entries;
            fail_on_folder(*place, place->open_flags(), "listing");
        }
        while (const auto name = names.next()) {
            auto entry = entry_of(names.number(), *name, place->stat_flags(), join(path, *name));
            if (entry) entries.push_back(*std::move(entry));
        }
        if (names.reason() != 0) throw_system_error(names.reason(), "listing", path);
        std::sort(entries.begin(), entries.end(),
                  [](const auto& a, const auto& b) { return a.path < b.path; });
        return entries;
    }

    std::vector<std::string> names(const std::string& path) override {
        std::vector<std::string> all;
        const std::optional<Place> place = m_territory.find(path, "listing");
        if (!place) return all;
        FolderEntries entries(open_at(place->at(), place->name, k_folder_flags | place->open_flags()));
        if (!entries.is_open()) {
            if (errno == ENOENT) return all;
            fail_on_folder(*place, place->open_flags(), "listing");
        }
        while (auto name = entries.next())
            all.push_back(*std::move(name));
        if (entries.reason() != 0) throw_system_error(entries.reason(), "listing", path);
        std::sort(all.begin(), all.end());
        return all;
    }

    void make_directories(const std::string& path, unsigned mode) override {
        const std::optional<FileInfo> found = info(path);
        if (found && found->is_directory()) return;
        if (found && found->kind == FileKind::Link) throw_link(path);
        if (found) throw_system_error(EEXIST, "creating", path);
        if (const std::string above = parent(path); above != path) make_directories(above, mode);
        make_one_directory(m_territory.need_in_folder(path, "creating"), mode);
    }

    void rename(const std::string& from, const std::string& to) override {
        const Place source = m_territory.need_in_folder(from, "renaming");
        const Place target = m_territory.need_in_folder(to, "renaming");
        if (m_territory.is_confined()) {
            for (const Place* const place : {&source, &target}) {
                const std::optional<struct stat> about = look_at(*place, "renaming");
                if (about && S_ISLNK(about->st_mode)) throw_link(place->path);
            }
        }
        if (::renameat(source.at(), source.name.c_str(), target.at(), target.name.c_str()) != 0)
            throw_system_error(errno, "renaming", from);
        m_syncs->sync(target.folder, to);
        if (parent(from) != parent(to)) m_syncs->sync(source.folder, from);
    }

    bool remove(const std::string& path) override {
        const std::optional<Place> place = m_territory.find_in_folder(path, "removing");
        if (!place || !remove_name(*place)) return false;
        m_syncs->sync(place->folder, path);
        return true;
    }

    std::vector<std::string> remove_matching(
        const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) override {
        std::vector<std::string> left;
        const std::optional<Place> place = m_territory.find_in_folder(folder, "removing");
        if (!place) return left;
        FolderEntries names(open_at(place->at(), place->name, k_folder_flags | O_NOFOLLOW));
        if (!names.is_open()) {
            if (errno == ENOENT) return left;
            fail_on_folder(*place, O_NOFOLLOW, "removing");
        }
        while (auto name = names.next()) {
            if (!is_ours(*name) || !remove_file(names.number(), *name, folder))
                left.push_back(*std::move(name));
        }
        if (names.reason() != 0) throw_system_error(names.reason(), "removing", folder);
        if (left.empty() && remove_name(*place)) m_syncs->sync(place->folder, folder);
        std::sort(left.begin(), left.end());
        return left;
    }

    void set_mode(const std::string& path, unsigned mode) override {
        const Place place = m_territory.need(path, "setting the mode of");
        if (!set_mode_at(place, mode)) throw_system_error(errno, "setting the mode of", path);
    }

    std::unique_ptr<Lock> lock(const std::string& path) override {
        return lock_file(m_territory.need(path, "opening the lock"));
    }

    std::unique_ptr<DeferredSync> defer_folder_syncs() override {
        return std::make_unique<PosixDeferredSync>(m_syncs);
    }

    std::uint32_t user() override { return ::geteuid(); }

private:
    static std::optional<std::string> read_link(const Place& place) {
        std::string target(PATH_MAX, '\0');
        const ssize_t length = ::readlinkat(place.at(), place.name.c_str(), target.data(), target.size());
        if (length < 0) {
            if (errno == EINVAL || errno == ENOENT || errno == ENOTDIR) return std::nullopt;
            throw_system_error(errno, "looking at", place.path);
        }
        target.resize(static_cast<std::size_t>(length));
        return target;
    }

    // A settings file may be a link into somebody's collection of settings: the link stays, its target
    // changes.
    void follow_link(Place& place) const {
        for (int links = 0; const std::optional<std::string> target = read_link(place); ++links) {
            if (links == k_most_links) throw_system_error(ELOOP, "creating", place.path);
            refuse_foreign_link(place);
            const bool whole = target->starts_with('/');
            place =
                m_territory.need_in_folder(whole ? *target : join(parent(place.path), *target), "creating");
        }
    }

    void make_one_directory(const Place& place, unsigned mode) {
        if (::mkdirat(place.at(), place.name.c_str(), mode) != 0) {
            if (errno == EEXIST) return;  // somebody else was faster
            throw_system_error(errno, "creating", place.path);
        }
        // The umask is about others: the owner has to be able to go in.
        struct stat about = {};
        if (::fstatat(place.at(), place.name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0)
            throw_system_error(errno, "creating", place.path);
        const unsigned exact = (about.st_mode & 07777) | (mode & 0700);
        if ((about.st_mode & 07777) != exact && !set_mode_at(place, exact))
            throw_system_error(errno, "creating", place.path);
        m_syncs->sync(place.folder, place.path);
    }

    static bool set_mode_at(const Place& place, unsigned mode) {
        if (place.follows_links) return ::fchmodat(place.at(), place.name.c_str(), mode, 0) == 0;
        const FileDescriptor file = open_at(place.at(), place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        if (file.is_open()) return ::fchmod(file.get(), mode) == 0;
        if (is_link_at(place)) throw_link(place.path);
        // What its own user cannot read can only be changed by name.
        return errno == EACCES && ::fchmodat(place.at(), place.name.c_str(), mode, AT_SYMLINK_NOFOLLOW) == 0;
    }

    static bool is_link_at(const Place& place) {
        const int reason = errno;
        struct stat about = {};
        const bool link = ::fstatat(place.at(), place.name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 &&
                          S_ISLNK(about.st_mode);
        errno = reason;
        return link;
    }

    // False if it was not there.
    static bool remove_name(const Place& place) {
        if (::unlinkat(place.at(), place.name.c_str(), 0) == 0) return true;
        int reason = errno;
        // Linux says EISDIR for a folder, POSIX says EPERM, which has other reasons too.
        if (reason == EISDIR || reason == EPERM) {
            if (::unlinkat(place.at(), place.name.c_str(), AT_REMOVEDIR) == 0) return true;
            if (errno != ENOTDIR) reason = errno;
        }
        if (reason == ENOENT || reason == ENOTDIR) return false;
        throw_system_error(reason, "removing", place.path);
    }

    // False if it is neither a regular file nor a link.
    static bool remove_file(int folder, const std::string& name, const std::string& path) {
        struct stat about = {};
        if (::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT) return true;
            throw_system_error(errno, "removing", join(path, name));
        }
        if (!S_ISREG(about.st_mode) && !S_ISLNK(about.st_mode)) return false;
        if (::unlinkat(folder, name.c_str(), 0) != 0 && errno != ENOENT)
            throw_system_error(errno, "removing", join(path, name));
        return true;
    }

    [[noreturn]] static void fail_on_folder(const Place& place, int flags, std::string_view doing) {
        if (flags == O_NOFOLLOW && is_link_at(place)) throw_link(place.path);
        throw_system_error(errno, doing, place.path);
    }

    Territory m_territory;
    std::shared_ptr<FolderSyncs> m_syncs = std::make_shared<FolderSyncs>();
    Sweeper m_sweeper;
};

}  // namespace

std::unique_ptr<Disk> posix_disk() {
    return std::make_unique<PosixDisk>();
}

}  // namespace opentraces::fs
