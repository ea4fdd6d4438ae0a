// Shards: immutable JSONL files of TraceRecords, named data/traces_<UTC>_<8 hex>.jsonl.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/shard/hash_list.hpp"
#include "opentraces/shard/stats.hpp"
#include "opentraces/shard/trace_keys.hpp"

namespace opentraces::shard {

std::string shard_path(TimePoint at, IdSource& ids);  // data/traces_20260131T235959Z_0a1b2c3d.jsonl
bool is_shard_path(std::string_view path);            // data/traces_*.jsonl, * of [A-Za-z0-9_]

// What the index and the card need of one shard.
struct ShardSummary {
    std::string path;
    std::string sha256;  // hex, of the whole file
    std::string
        git_blob;  // git blob id; empty for files above k_max_blob_size, which no remote stores in git
    std::uint64_t size = 0;  // bytes
    HashList hashes;         // one per trace, in file order
    TraceKeys ids;           // the same; empty: not known, see has_ids()
    DatasetStats stats;
    // False of what an older version of this program has written into an index.
    bool has_ids() const { return ids.size() == hashes.size(); }
    bool has_marks() const { return stats.marks.known == stats.traces; }
    bool operator==(const ShardSummary&) const = default;
};

// True if `line`, which an index has of a shard, says what the shard itself says; ids and marks it may lack.
bool describes(const ShardSummary& line, const ShardSummary& shard);

inline constexpr std::uint64_t k_max_blob_size = std::uint64_t{12} << 20;

// True if a file of this size and digest (SHA-256 or git blob id, whichever the remote knows) is this shard.
bool is_content_of(const ShardSummary& summary, std::uint64_t size, std::string_view digest);

// A shard being written to a spool file; only the current line is held in memory. The file becomes visible
// under its name, durably, with finish(); without it nothing is left.
class ShardWriter {
public:
    // `spool_path` is where the bytes go; `path` is the name in the dataset.
    ShardWriter(fs::Disk& disk, std::string spool_path, std::string path);
    ~ShardWriter();
    ShardWriter(ShardWriter&&) noexcept;
    ShardWriter& operator=(ShardWriter&&) noexcept;
    // `line`: one serialised record without LF, whose content hash the caller knows.
    void add(std::string_view line, const ContentHash& hash, const trace::TraceRecord& record);
    // The same for a line nobody has decoded yet; throws Error CorruptTrace if it is not a TraceRecord.
    void add(std::string_view line);
    std::uint64_t size() const;
    std::size_t traces() const;
    // Syncs the spool file and answers its summary; the writer must not be used afterwards.
    ShardSummary finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// Reads a shard front to back. Content hashes are taken from the line's own content_hash when it is 64 hex
// digits, else recomputed from the record. Throws Error CorruptDataset (path and line) for any line that is
// not a TraceRecord; never skips. NewerSchema for records of a later schema. Blank lines are allowed.
ShardSummary summarise(json::ByteSource source, const std::string& path);

}  // namespace opentraces::shard
