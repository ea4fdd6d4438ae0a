// Sums of numbers from outside, which may be as large as they like.
#pragma once

#include <cstdint>
#include <limits>

namespace opentraces {

// Stays at the largest (smallest) number instead of going beyond it.
constexpr std::int64_t add_clamped(std::int64_t left, std::int64_t right) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(left, right, &sum)) return sum;
    return left < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

}  // namespace opentraces
