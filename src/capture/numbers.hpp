// Numbers in texts of sessions.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace opentraces::capture {

// The whole number that the text begins with, within 10^12: sums of such numbers over any file still fit.
inline std::optional<std::int64_t> leading_number(std::string_view text) {
    constexpr std::int64_t k_largest = 1'000'000'000'000;
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{}) return std::nullopt;
    return std::clamp(number, -k_largest, k_largest);
}

}  // namespace opentraces::capture
