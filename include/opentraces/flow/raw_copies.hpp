// .opentraces/raw/: sessions as their agents wrote them, for later parsers and rules, for when the agent has
// deleted its files. Never scrubbed, for their owner's eyes only: nothing that publishes may include this
// (tests/unit/raw_copies.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/capture/raw_copy.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

class RawCopies {
public:
    // Nothing is made before there is something to keep. No link is followed below the project.
    RawCopies(const std::string& project, fs::Disk& disk);

    // Durably, for the owner only. False: the copy that is there is of the same state of the session.
    bool keep(const capture::SessionRef& session, const std::vector<std::string>& files, fs::Disk& source);
    // The compressed bytes; nullopt if there is no copy of this session.
    std::optional<json::ByteSource> open(const std::string& agent, const std::string& locator);
    bool remove(const std::string& agent, const std::string& locator);

    struct Entry {
        std::string path;
        std::uint64_t bytes = 0;
        std::int64_t kept_ns = 0;  // since the Unix epoch
    };
    // Sorted by path. Files that are not of this form are none.
    std::vector<Entry> all();
    std::string path_of(const std::string& agent, const std::string& locator) const;
    json::ByteSource open_entry(const Entry& entry);
    // Together, in bytes. What the store has noted is asked first: a folder of many files takes long to
    // count.
    std::uint64_t size(store::Store& store);
    // Counts, where the store does not know it.
    void note_size(store::Store& store);

private:
    std::int64_t modified_ns();  // of the folder; 0 when there is none
    std::uint64_t counted_size();

    std::string m_folder;
    std::unique_ptr<fs::Disk> m_disk;  // confined to the project
};

}  // namespace opentraces::flow
