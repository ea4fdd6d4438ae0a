// The trace files: traces/<trace_id>.jsonl, and pending/<trace_id>.jsonl while a change is under way.
#pragma once

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

// pending/ holds files whose fate the database decides: after a crash, the file whose digest the row has
// goes (back) to traces/, any other is removed. Callers hold the write lock for everything that changes.
class Bodies {
public:
    Bodies(std::string folder, fs::Disk& disk);

    std::string path(const TraceId& id) const;
    // The bytes with this digest, from either place; nullopt when neither has them.
    std::optional<std::string> read(const TraceId& id, const std::string& digest);
    bool has(const TraceId& id, const Body& body);

    // Writes the record's line durably to pending/.
    Body write_pending(const TraceId& id, const trace::TraceRecord& record);
    // For removal: the file moves to pending/.
    void withdraw(const TraceId& id);
    std::vector<std::string> pending();
    // The row has been decided: its digest, or empty when there is no row.
    void settle(const std::string& pending_path, const std::string& digest);
    // Ids of all files in traces/.
    std::vector<TraceId> stored();

private:
    std::string pending_path(const TraceId& id) const;
    std::string digest_of(const std::string& path);
    std::optional<std::string> read_verified(const std::string& path, const std::string& digest);

    std::string m_traces;
    std::string m_pending;
    fs::Disk& m_disk;
};

}  // namespace opentraces::store
