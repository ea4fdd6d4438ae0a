// Shards: immutable JSONL files of TraceRecords, named data/traces_<UTC>_<8 hex>.jsonl.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/shard/stats.hpp"

namespace opentraces::shard {

std::string shard_path(TimePoint at, IdSource& ids);  // data/traces_20260131T235959Z_0a1b2c3d.jsonl
bool is_shard_path(std::string_view path);            // data/traces_*.jsonl

// What the index and the card need of one shard.
struct ShardSummary {
    std::string path;
    std::string sha256;               // hex, of the whole file
    std::uint64_t size = 0;           // bytes
    std::vector<ContentHash> hashes;  // one per trace, in file order
    DatasetStats stats;
};

// A shard being written to a spool file; nothing but the current line is held in memory.
class ShardWriter {
public:
    // `spool_path` is where the bytes go; `path` is the name in the dataset.
    ShardWriter(fs::Disk& disk, std::string spool_path, std::string path);
    ~ShardWriter();
    // `line`: one serialised record without LF, whose content hash and statistics the caller knows.
    void add(std::string_view line, const ContentHash& hash, const trace::TraceRecord& record);
    std::uint64_t size() const;
    std::size_t traces() const;
    // Syncs the spool file and answers its summary.
    ShardSummary finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// Reads a shard front to back. Content hashes are taken from the line's own content_hash when it is 64 hex
// digits, else recomputed from the record. Throws Error CorruptDataset (path and line) for any line that is
// not a TraceRecord; never skips. NewerSchema for records of a later schema.
ShardSummary summarise(json::ByteSource source, const std::string& path);

}  // namespace opentraces::shard
