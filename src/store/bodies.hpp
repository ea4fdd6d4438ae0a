// The trace files: traces/<trace_id>.jsonl, and pending/<trace_id>.<tag>.jsonl while a change is under way.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::store {

// What a row records about its file.
struct Body {
    std::string digest;  // SHA-256 of the file, hex
    std::uint64_t bytes = 0;
    ContentHash content_hash;
};

// The key of a record's metadata that names the revision it follows.
inline constexpr std::string_view k_supersedes = "opentraces_supersedes";

// pending/ holds files whose fate the database decides: the file whose digest the row has goes (back) to
// traces/, any other goes. A name in pending/ stands for one content: nothing there is ever overwritten by
// something else. Callers hold the write lock for everything that changes.
class Bodies {
public:
    // `disk` is confined to the project.
    Bodies(std::string folder, fs::Disk& disk);
    // Before anything is written.
    void make_folders();

    std::string path(const TraceId& id) const;
    // The bytes with this digest, from either place; nullopt when neither has them.
    std::optional<std::string> read(const TraceId& id, const std::string& digest);
    // The same, to be read a piece at a time from the start; null when neither has them.
    std::unique_ptr<fs::ReadFile> open(const TraceId& id, const std::string& digest);
    // Whether traces/ has them.
    bool has(const TraceId& id, const std::string& digest);

    // Writes the record's line durably to pending/, with the marks of a revision. `source_digest` stands for
    // the record without them.
    Body write_pending(const TraceId& id, const std::string& source_digest, trace::TraceRecord& record,
                       const TraceId& supersedes);
    // For removal: the file moves to pending/. nullopt if there is none.
    std::optional<fs::FileInfo> withdraw(const TraceId& id, const std::string& tag);
    // From pending/ to traces/, if it has this digest there.
    void adopt(const TraceId& id, const std::string& digest);

    // The files in pending/ with a name of ours, half-written ones included; others are nobody's business.
    std::vector<fs::FileInfo> pending();
    static TraceId id_of_pending(const std::string& path);
    // Unless it is no longer the same file.
    void remove_pending(const fs::FileInfo& file);
    // Ids of all files in traces/.
    std::vector<TraceId> stored();

private:
    std::string pending_path(const TraceId& id, const std::string& tag) const;
    static std::string digest_of(fs::ReadFile& file);
    std::string digest_of(const std::string& path);
    std::optional<std::string> find_pending(const TraceId& id, const std::string& digest);
    std::optional<std::string> read_verified(const std::string& path, const std::string& digest);
    std::unique_ptr<fs::ReadFile> open_verified(const std::string& path, const std::string& digest);

    std::string m_traces;
    std::string m_pending;
    fs::Disk& m_disk;
};

}  // namespace opentraces::store
