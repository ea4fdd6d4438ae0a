// Index files as an older program, or somebody who does not tell the truth, would have written them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "opentraces/shard/index.hpp"

namespace opentraces::testing {

// A whole and well-chained index of the same shards, each line changed by `change`.
inline std::string rewritten_index(const std::string& text,
                                   const std::function<void(shard::IndexEntry&)>& change) {
    shard::Index index;
    index.read(shard::index_path(1), text);
    std::vector<shard::IndexEntry> entries;
    for (const shard::IndexEntry* entry : index.entries()) {
        entries.push_back(*entry);
        change(entries.back());
    }
    return shard::rebuild_index(entries).at(0).content;
}

inline std::string without_ids(const std::string& text) {
    return rewritten_index(text, [](shard::IndexEntry& entry) { entry.summary.ids = {}; });
}

inline std::string without_marks(const std::string& text) {
    return rewritten_index(text, [](shard::IndexEntry& entry) { entry.summary.stats.marks = {}; });
}

}  // namespace opentraces::testing
