// The outside as readers of sessions see it: read only, compression undone, the start of a file read once.
// For one run: what is kept may be older than the disk.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "opentraces/fs/disk.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::capture {

struct Start;  // src/capture/heads.hpp

class Sources {
public:
    explicit Sources(fs::Disk& disk) : m_disk(disk) {}
    Sources(const Sources&) = delete;
    Sources& operator=(const Sources&) = delete;

    fs::Disk& disk() { return m_disk; }
    // The bytes of the file from its start, as the agent wrote them.
    json::ByteSource open(const std::string& path);
    // The first 256 KiB of them. The heads of small files are kept, so that asking again is free; the view
    // holds until the next call.
    std::string_view head(const std::string& path);
    // The same, if it is kept; else empty.
    std::string_view kept_head(const std::string& path) const;

    // What readers remember of folders, so that one is not searched again for each of its sessions.
    struct Folder {
        std::map<std::string, std::vector<std::string>> files;  // of sub-agents, by session id
    };
    std::map<std::string, Folder> folders;
    // By the folder that was searched, sessions by what they begin with; and what was said in those that
    // begin alike.
    std::map<std::string, std::map<std::string, std::vector<std::string>>> beginnings;
    struct Thread {
        // Ids of what was said, and when. What the program notes in between has no id.
        std::vector<std::pair<std::string, std::string>> lines;
        std::string begun;                        // time of what the program notes before all that
        std::unordered_set<std::string> ids;      // of lines
        std::unordered_set<std::string> replies;  // ids of them
    };
    std::map<std::string, Thread> threads;
    std::map<std::string, std::string> fingerprints;
    // Of the file that was last asked about: one agent after the other looks at it.
    std::shared_ptr<Start> start;

private:
    fs::Disk& m_disk;
    std::map<std::string, std::string> m_heads;
    std::size_t m_kept = 0;  // bytes of them
    std::string m_head;      // the last one that was too long to keep
};

}  // namespace opentraces::capture
