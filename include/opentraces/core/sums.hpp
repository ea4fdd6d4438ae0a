// Sums of numbers from outside, which may be as large as they like.
#pragma once

#include <cstdint>
#include <limits>

namespace opentraces {

// For counts, which are not negative: stays at the largest number instead of going beyond it.
constexpr std::int64_t add_clamped(std::int64_t left, std::int64_t right) {
    constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
    return right > k_most - left ? k_most : left + right;
}

}  // namespace opentraces
