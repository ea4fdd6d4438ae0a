// Decimal rounding of the exact binary value, ties to even: the same on every machine.
#pragma once

#include <cstdint>
#include <string>

namespace opentraces::quality {

double rounded(double value, int decimals);
std::string fixed(double value, int decimals);
// "12%": of a fraction.
std::string percent(double fraction);
// Of a score with one decimal.
std::int64_t tenths_of(double score);

}  // namespace opentraces::quality
