// The file system as a port. Paths are UTF-8 bytes as the system has them; errors are Error
// (DiskFailed with the path and the system's reason, NotFound, Locked, UnsafePath).
//
// Several threads may call open() of one disk at the same time, and info(), list() and link_target(); a file
// that was opened belongs to one thread. Calls that change something are for one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/environment.hpp"

namespace opentraces::fs {

enum class FileKind {
    File,
    Folder,
    Link,   // symbolic, not followed
    Other,  // FIFO, socket, device
};

struct FileInfo {
    std::string path;
    FileKind kind = FileKind::File;
    std::uint64_t size = 0;  // bytes
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t modified_ns = 0;  // since the Unix epoch
    unsigned mode = 0;             // permission bits
    std::uint32_t owner = 0;       // user id

    bool is_directory() const { return kind == FileKind::Folder; }
};

// A file being read front to back.
class ReadFile {
public:
    virtual ~ReadFile() = default;
    // Bytes read, 0 at the end.
    virtual std::size_t read(char* buffer, std::size_t size) = 0;
    virtual void seek(std::uint64_t offset) = 0;
};

// A new file that becomes visible under its final name only by commit(); dropped otherwise.
class NewFile {
public:
    virtual ~NewFile() = default;
    virtual void write(std::string_view bytes) = 0;
    // Sync, rename over the final name, sync the directory. After it returns, the file survives a power cut.
    virtual void commit() = 0;
};

// Held until destroyed.
class Lock {
public:
    virtual ~Lock() = default;
};

// See Disk::defer_folder_syncs().
class DeferredSync {
public:
    // If sync() was not called, tries what it would do, and keeps quiet when that fails.
    virtual ~DeferredSync() = default;
    // Ends the deferral.
    virtual void sync() = 0;
};

class Disk {
public:
    virtual ~Disk() = default;

    // The same disk, for paths at and below `root` only, which must be a folder. `root` itself may be reached
    // through links: it is what the user said. It is opened now, and every path is followed from there, so
    // that whoever moves or replaces it later changes nothing. Below it no symbolic link is followed: info()
    // and list() name it as FileKind::Link, remove() removes it; everything else that leads through or onto
    // one is Error UnsafePath, as are paths with ".." and paths outside of `root`. Must not outlive this
    // disk.
    virtual std::unique_ptr<Disk> beneath(const std::string& root) = 0;

    // nullopt if nothing is there; follows symbolic links, except beneath a folder.
    virtual std::optional<FileInfo> info(const std::string& path) = 0;
    // What the link at `path` says, which need not exist; nullopt if no link is there.
    virtual std::optional<std::string> link_target(const std::string& path) = 0;
    // Error UnsafePath, at once, for what is no regular file (FIFO, socket, device); only the user's own
    // descriptors by their exact names (see names_own_descriptor) may be anything that can be read.
    virtual std::unique_ptr<ReadFile> open(const std::string& path) = 0;
    // A new file has `mode` less the umask. One that replaces another keeps what that one's mode and `mode`
    // have in common: never wider than either. The owner may always do what `mode` says. The folder must
    // exist. Error UnsafePath if `path` is anything but a regular file. If it is a symbolic link, the file
    // that it leads to is the one replaced, except beneath a folder, and except in a sticky folder (/tmp)
    // where somebody else has put the link.
    // Files that crashes left half-written in the folder are removed, if this user's and older than a day.
    virtual std::unique_ptr<NewFile> create(const std::string& path, unsigned mode) = 0;
    // Immediate entries, sorted by name; empty if the directory does not exist. A link that leads nowhere is
    // no entry; one that cannot be followed for another reason (a loop) is a FileKind::Link.
    virtual std::vector<FileInfo> list(const std::string& path) = 0;
    // The names of what is in a folder, sorted, a link that leads nowhere too: what each is, nobody is asked.
    virtual std::vector<std::string> names(const std::string& path);
    // With parents, all of `mode` less the umask, with the owner's bits as they are; an existing directory is
    // fine and keeps its mode.
    virtual void make_directories(const std::string& path, unsigned mode) = 0;
    // Replaces `to`. Renamed and removed names stay so after a power cut.
    virtual void rename(const std::string& from, const std::string& to) = 0;
    // False if it was not there. A link itself; directories only when empty.
    virtual bool remove(const std::string& path) = 0;
    // Removes the regular files and links directly in `folder` whose names `is_ours` says yes to, then
    // `folder` itself if nothing is left in it. The names of what is left, sorted. Nothing there is fine; a
    // link in place of the folder is Error UnsafePath on every disk.
    virtual std::vector<std::string> remove_matching(
        const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) = 0;
    // Exactly this mode, whatever the umask.
    virtual void set_mode(const std::string& path, unsigned mode) = 0;
    // Exclusive advisory lock on a regular file (created if missing); Error Locked when somebody else holds
    // it.
    virtual std::unique_ptr<Lock> lock(const std::string& path) = 0;
    // For many changes at once: until the object's sync() has returned, any of the names that this disk
    // makes, moves or removes may be as before after a power cut, one without the other; the bytes of a file
    // are synced before its name, as ever. One at a time; must not outlive the disk.
    virtual std::unique_ptr<DeferredSync> defer_folder_syncs() = 0;
    // The user id that new files get.
    virtual std::uint32_t user() = 0;

    // Error DiskFailed for a file larger than max_size.
    std::string read_all(const std::string& path, std::size_t max_size = std::size_t{1} << 30);
    // Temporary sibling, write, sync, rename, sync directory.
    void replace(const std::string& path, std::string_view bytes, unsigned mode = 0600);
};

// POSIX: the real one.
std::unique_ptr<Disk> posix_disk();

// Path arithmetic on '/'-separated paths; nothing touches the disk.
std::string join(std::string_view folder, std::string_view name);
std::string parent(std::string_view path);  // "." for a bare name, "/" for "/"
std::string file_name(std::string_view path);
std::string stem(std::string_view path);  // file name without its last extension; ".bashrc" has none
std::string absolute(std::string_view path, std::string_view working_directory);  // also removes . and ..
// /dev/stdin, /dev/fd/N and /proc/self/fd/N: what a shell hands over with < or <(command).
bool names_own_descriptor(std::string_view path);
// ".NAME.<16 hex digits>.tmp": what create() is writing, or has left behind in a crash.
bool is_temporary_name(std::string_view name);

// For paths that a user types: ".." after a link means what the system means, the folder above the link's
// target.
std::string absolute(std::string_view path, std::string_view working_directory, Disk& disk);
// Error NotFound if the working folder is needed for it and gone.
std::string absolute(std::string_view path, const Environment& environment, Disk& disk);

}  // namespace opentraces::fs
