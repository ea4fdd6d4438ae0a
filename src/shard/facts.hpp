// What counts as a measurement, the same for every reader of records.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "opentraces/shard/stats.hpp"

namespace opentraces::shard {

// The count, or 0 after noting in `facts` that it was left out.
std::int64_t plausible(std::int64_t count, RecordFacts& facts);
std::optional<double> plausible_cost(std::optional<double> cost, RecordFacts& facts);

// metadata's member of replies that stand in another session's record too.
inline constexpr std::string_view k_copied_key = "opentraces_copied";

// What the record says of its own numbers; the cost and the copies must be known by then.
void take_marks(const json::Object& metadata, RecordFacts& facts);

}  // namespace opentraces::shard
