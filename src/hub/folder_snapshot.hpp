// What a dataset folder holds at one moment, with the digests of its files remembered between runs.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "opentraces/core/clock.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::hub {

// Files by path; folders are not listed.
struct FolderSnapshot {
    std::map<std::string, RemoteFile> files;
    std::string head;  // SHA-256 over paths, sizes and digests
};

class FolderReader {
public:
    FolderReader(std::string folder, fs::Disk& disk, Clock& clock);
    // Reads only files whose size, inode or modification time changed since they were last read.
    FolderSnapshot take();
    // Writes what take() learned. Losing it costs time only, so failing to write is not an error.
    void remember();

private:
    struct Known {
        std::uint64_t size = 0;
        std::uint64_t inode = 0;
        std::int64_t modified_ns = 0;
        std::string digest;
    };

    void load();
    void visit(const std::string& relative, int depth, FolderSnapshot& snapshot);
    RemoteFile describe(const fs::FileInfo& info, const std::string& relative);

    std::string m_folder;
    fs::Disk& m_disk;
    Clock& m_clock;
    bool m_loaded = false;
    bool m_changed = false;
    std::map<std::string, Known> m_known;
};

// Files under data/ are the dataset's large files, whatever their size: their digest is SHA-256.
bool is_large_in_folder(std::string_view path);

}  // namespace opentraces::hub
