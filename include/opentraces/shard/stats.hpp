// What a dataset says about itself, as a sum over its records: mergeable in any order and grouping.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::shard {

// An exact decimal sum: costs are added in units of 1e-9 US dollars, each rounded half to even once.
using NanoDollars = std::int64_t;

struct DatasetStats {
    std::int64_t traces = 0;
    std::int64_t steps = 0;
    std::int64_t tool_calls = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t cache_read_tokens = 0;
    std::int64_t cache_write_tokens = 0;
    NanoDollars cost = 0;
    std::int64_t traces_with_cost = 0;
    std::int64_t traces_with_outcome = 0;  // outcome.success is not null
    std::int64_t successes = 0;
    std::int64_t redactions = 0;
    std::int64_t traces_scanned = 0;
    std::map<std::string, std::int64_t> models;  // agent.model, traces
    std::map<std::string, std::int64_t> agents;
    std::map<std::string, std::int64_t> dependencies;
    std::map<std::string, std::int64_t> languages;
    std::map<std::string, std::int64_t> schema_versions;
    std::optional<std::int64_t> first_ms;  // UTC, milliseconds since the epoch, over all start and end times
    std::optional<std::int64_t> last_ms;

    void add(const trace::TraceRecord& record);
    void merge(const DatasetStats& other);
    bool operator==(const DatasetStats&) const = default;
};

// Stable JSON form, written into the index; parse throws Error CorruptDataset.
std::string to_json(const DatasetStats& stats);
DatasetStats stats_from_json(std::string_view text);

}  // namespace opentraces::shard
