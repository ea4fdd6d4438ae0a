// Where an operation happens: a name in a folder that is open, for the *at() calls.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fs/file_descriptor.hpp"

namespace opentraces::fs {

struct Place {
    std::shared_ptr<const FileDescriptor> folder;  // none: the name is a path of its own
    std::string name;
    std::string path;  // as it was given, for messages
    bool follows_links = true;

    int at() const;
    // O_NOFOLLOW or nothing, and the same for fstatat().
    int open_flags() const;
    int stat_flags() const;
};

// Not open, with errno set, if that failed. Closed on exec, never a controlling terminal.
FileDescriptor open_at(int folder, const std::string& name, int flags, mode_t mode = 0);
// nullopt if nothing is there.
std::optional<struct stat> look_at(const Place& place, std::string_view doing);

// When the entries of folders (new names, renames, removals) are made to survive a power cut: at once, or of
// many changes together.
class FolderSyncs {
public:
    using Folder = std::shared_ptr<const FileDescriptor>;

    // `path` is for messages.
    void sync(const Folder& folder, const std::string& path);
    void defer() { m_deferred = true; }
    // Of everything that was deferred, each folder once. Ends the deferral.
    void finish();

private:
    struct Waiting {
        Folder folder;
        std::string path;
    };
    bool m_deferred = false;
    std::map<std::pair<dev_t, ino_t>, Waiting> m_waiting;
};

// The paths that a disk may use: all of them, or those at and below one open folder.
class Territory {
public:
    Territory() = default;
    // Beneath `root`, which is open as `folder`.
    Territory(const std::string& root, FileDescriptor folder);

    bool is_confined() const { return m_folder != nullptr; }
    // For looking at `path`. nullopt if a folder on the way is missing.
    std::optional<Place> find(const std::string& path, std::string_view doing) const;
    Place need(const std::string& path, std::string_view doing) const;
    // For changing what is at `path`: its folder is open and can be synced.
    std::optional<Place> find_in_folder(const std::string& path, std::string_view doing) const;
    Place need_in_folder(const std::string& path, std::string_view doing) const;

private:
    std::optional<Place> walk(const std::string& path, std::string_view doing) const;

    std::string m_root;
    std::shared_ptr<const FileDescriptor> m_folder;
};

}  // namespace opentraces::fs
