// What counts as a measurement, the same for every reader of records.
#pragma once

#include <cstdint>
#include <optional>

#include "opentraces/shard/stats.hpp"

namespace opentraces::shard {

// The count, or 0 after noting in `facts` that it was left out.
std::int64_t plausible(std::int64_t count, RecordFacts& facts);
std::optional<double> plausible_cost(std::optional<double> cost, RecordFacts& facts);

}  // namespace opentraces::shard
