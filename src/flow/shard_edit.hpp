// A shard of a dataset without some of its traces, or with other texts of them: a new shard that takes its
// place.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "opentraces/dataset/dataset.hpp"
#include "opentraces/dataset/plan.hpp"
#include "opentraces/security/scrub.hpp"

namespace opentraces::flow {

// A line of a shard and what tells its trace apart.
struct ShardLine {
    std::string trace_id;
    ContentHash content_hash;
    std::string_view text;
    std::size_t number = 0;  // of the trace in its shard, from 0
};

// What is to stand in place of a line.
struct EditedLine {
    bool gone = false;
    std::optional<std::string> text;                 // nullopt and not gone: it stays
    std::map<std::string, std::int64_t> redactions;  // made in the text
};

struct EditedShard {
    std::optional<dataset::NewShard> shard;  // nullopt: nothing is left of it
    std::int64_t changed = 0;                // lines that are gone or have another text
    std::uint64_t bytes_before = 0;
    std::set<std::string> unclean;  // trace ids of other lines in which today's rules find something
};

// Makes edited shards, each once for the bytes it was made from, and takes them away in the end. One line is
// in memory at a time.
class ShardEditor {
public:
    using Edit = std::function<EditedLine(const ShardLine& line)>;

    ShardEditor(dataset::Dataset& dataset, const security::ScrubOptions& scan)
        : m_dataset(dataset), m_scan(scan) {}
    ShardEditor(const ShardEditor&) = delete;
    ShardEditor& operator=(const ShardEditor&) = delete;
    ~ShardEditor();

    // `scan`: the receipt of the shard, which the new one keeps when it does not pass the rules of today.
    // `what`: tells edits of the same shard apart. Errors of dataset::Dataset::copy(); CorruptDataset when a
    // line is no TraceRecord.
    const EditedShard& edit(const std::string& head, const hub::RemoteFile& file,
                            const std::optional<shard::ScanReceipt>& scan, const std::string& what,
                            const Edit& edit);

private:
    EditedShard make(const dataset::ShardCopy& copy, const hub::RemoteFile& file,
                     const std::optional<shard::ScanReceipt>& scan, const Edit& edit);

    dataset::Dataset& m_dataset;
    const security::ScrubOptions& m_scan;
    std::map<std::string, EditedShard> m_edited;  // by digest, path and what
};

}  // namespace opentraces::flow
