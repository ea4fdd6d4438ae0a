// The one reader of ISO 8601 (RFC 3339) texts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace opentraces {

struct DateTime {
    std::chrono::sys_seconds second;
    std::int32_t nanoseconds = 0;  // digits beyond the ninth are left out
    int fraction_digits = 0;       // as given, at most 9
    bool has_time = false;         // false: a date alone; second is its midnight
};

// YYYY-MM-DD, or that and [Tt ]HH:MM[:SS[(.|,)f+]] and [Zz], ±HH, ±HHMM, ±HH:MM or nothing, which is UTC.
// Second 60 is the next minute's first. nullopt for anything else.
std::optional<DateTime> read_iso8601(std::string_view text);

}  // namespace opentraces
