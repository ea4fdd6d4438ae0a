// Numbers as the card writes them. Ratios are exact: rounded once, half to even.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "opentraces/shard/stats.hpp"

namespace opentraces::card {

std::string with_commas(std::int64_t number);  // 1,234,567
// numerator / denominator as a whole number; the denominator is positive.
std::int64_t rounded_ratio(std::int64_t numerator, std::int64_t denominator);
// A whole number of 10^-places: "12.50" for 1250 and 2 places.
std::string fixed(std::int64_t value, int places);
std::int64_t cents(shard::NanoDollars cost, std::int64_t divisor = 1);
// Tenths of a percent.
std::int64_t permille(std::int64_t part, std::int64_t whole);

// Text that stays in its table cell and is shown as it is, whatever it contains.
std::string table_cell(std::string_view text);

}  // namespace opentraces::card
