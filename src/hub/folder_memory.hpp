// Digests of a dataset folder's files, remembered between runs in the user's own folder.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {

// Never in the dataset: a folder that somebody else made cannot say what its files are. Losing it costs time
// only, so failing to read or write it is not an error.
class FolderMemory {
public:
    // Without a `user_folder` nothing outlives this object.
    FolderMemory(const std::string& user_folder, std::string folder, fs::Disk& disk);
    // nullopt: not known, or its size, place or modification time is another.
    std::optional<std::string> digest_of(const std::string& path, const fs::FileInfo& info);
    void learn(const std::string& path, const fs::FileInfo& info, const std::string& digest);
    void forget(const std::string& path);
    void save();

private:
    struct Known {
        std::uint64_t size = 0;
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t modified_ns = 0;
        std::string digest;
    };

    void load();
    void read(std::string_view text);
    std::string file() const;

    std::string m_user_folder;
    std::string m_folder;
    fs::Disk& m_disk;
    bool m_loaded = false;
    bool m_changed = false;
    std::map<std::string, Known> m_known;
};

}  // namespace opentraces::hub
