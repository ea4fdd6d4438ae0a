// The file system as a port. Paths are UTF-8 bytes as the system has them; errors are Error
// (DiskFailed with the path and the system's reason, NotFound, Locked).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::fs {

struct FileInfo {
    std::string path;
    bool is_directory = false;
    std::uint64_t size = 0;  // bytes
    std::uint64_t inode = 0;
    std::int64_t modified_ns = 0;  // since the Unix epoch
    unsigned mode = 0;             // permission bits
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

class Disk {
public:
    virtual ~Disk() = default;
    // nullopt if nothing is there; follows symbolic links.
    virtual std::optional<FileInfo> info(const std::string& path) = 0;
    virtual std::unique_ptr<ReadFile> open(const std::string& path) = 0;
    // Modes, here and below, are exact whatever the umask. The folder must exist. If `path` is a symbolic
    // link, the file that it leads to is the one replaced.
    virtual std::unique_ptr<NewFile> create(const std::string& path, unsigned mode) = 0;
    // Immediate entries, sorted by name; empty if the directory does not exist.
    virtual std::vector<FileInfo> list(const std::string& path) = 0;
    // With parents, all of this mode; an existing directory is fine and keeps its mode.
    virtual void make_directories(const std::string& path, unsigned mode) = 0;
    // Replaces `to`. Renamed and removed names stay so after a power cut.
    virtual void rename(const std::string& from, const std::string& to) = 0;
    // False if it was not there. Directories only when empty.
    virtual bool remove(const std::string& path) = 0;
    // Links inside are removed, not followed. Nothing there is fine.
    virtual void remove_tree(const std::string& path) = 0;
    virtual void set_mode(const std::string& path, unsigned mode) = 0;
    // Exclusive advisory lock on a file (created if missing); Error Locked when somebody else holds it.
    virtual std::unique_ptr<Lock> lock(const std::string& path) = 0;

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

}  // namespace opentraces::fs
