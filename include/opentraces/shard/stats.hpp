// What a dataset says about itself, as a sum over its records: mergeable in any order and grouping.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::shard {

// Costs are added in units of 1e-9 US dollars, each rounded half to even once: sums are exact.
using NanoDollars = std::int64_t;

// The fields of one record that count, whichever reader found them.
struct RecordFacts {
    std::string schema_version;
    std::int64_t steps = 0;  // metrics.total_steps, or the number of steps if that is 0
    std::int64_t tool_calls = 0;
    std::int64_t input_tokens = 0;        // of metrics
    std::int64_t output_tokens = 0;       // of metrics
    std::int64_t cache_read_tokens = 0;   // summed over the steps
    std::int64_t cache_write_tokens = 0;  // summed over the steps
    std::optional<double> cost_usd;
    std::optional<bool> success;
    std::int64_t redactions = 0;
    bool scanned = false;
    std::int64_t implausible = 0;  // numbers left out, see k_max_count
    // Replies that stand in another session's record too (metadata.opentraces_copied): their tokens and cost
    // are in none of the counts above.
    std::int64_t copied_replies = 0;
    // What metadata says of the record itself (trace/marks.hpp).
    bool cost_is_lower_bound = false;  // false without a cost
    std::optional<double> active_s;    // nullopt too where a part of it is another session's
    std::int64_t texts_cut = 0;
    bool usage_is_unknown = false;  // the log has no tokens; never with a count other than 0
    std::string agent;
    std::optional<std::string> model;
    std::optional<std::string> started;  // ISO 8601 as written
    std::optional<std::string> ended;
    std::vector<std::string> dependencies;
    std::vector<std::string> languages;
    bool operator==(const RecordFacts&) const = default;
};

// A count of one record beyond this, or a cost beyond k_max_cost_usd or not finite, is no measurement: it is
// left out of the sums and counted as implausible, so that no sum can overflow.
inline constexpr std::int64_t k_max_count = 1'000'000'000'000;
inline constexpr double k_max_cost_usd = 1e6;
// Sums stop here, so that two of them can still be added. No measurements reach it, but an index can say so.
inline constexpr std::int64_t k_max_sum = 4'000'000'000'000'000'000;

RecordFacts facts_of(const trace::TraceRecord& record);

// Of `known` traces: an index that was written before it was counted says nothing of its own.
struct MarkStats {
    std::int64_t known = 0;
    std::int64_t costs_lower_bound = 0;  // traces
    std::int64_t active_ms = 0;
    std::int64_t traces_with_active_time = 0;
    std::int64_t traces_cut = 0;
    std::int64_t texts_cut = 0;
    std::int64_t traces_without_usage = 0;  // written only where there are some
    bool operator==(const MarkStats&) const = default;
};

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
    std::int64_t traces_redacted = 0;
    std::int64_t traces_scanned = 0;
    std::int64_t implausible = 0;
    std::int64_t traces_with_copies = 0;         // written only where there are some
    std::map<std::string, std::int64_t> models;  // agent.model, traces; traces without one are not in it
    std::map<std::string, std::int64_t> agents;
    std::map<std::string, std::int64_t> dependencies;
    std::map<std::string, std::int64_t> languages;
    std::map<std::string, std::int64_t> schema_versions;
    std::optional<std::int64_t> first_ms;  // UTC, milliseconds since the epoch, over all start and end times
    std::optional<std::int64_t> last_ms;
    MarkStats marks;

    void add(const trace::TraceRecord& record);
    void add(const RecordFacts& facts);
    void merge(const DatasetStats& other);
    bool operator==(const DatasetStats&) const = default;
};

// A schema version among them that is later than the one this program writes; null if there is none.
const std::string* later_schema(const DatasetStats& stats);

// Stable JSON form, written into the index; reading throws Error CorruptDataset (the message starts with
// `where`) for anything that is not exactly such an object, or that no records add up to. Without the marks,
// which have an object of their own: all of the traces are known then.
json::Value to_value(const DatasetStats& stats);
DatasetStats stats_from_value(const json::Value& value, const std::string& where);
json::Value to_value(const MarkStats& marks);
MarkStats marks_from_value(const json::Value& value, std::int64_t traces, const std::string& where);

}  // namespace opentraces::shard
