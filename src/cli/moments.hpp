// Times as people type them, on the clock of their wall: "2026-01-31", "2026-01-31 14:00", RFC 3339, "3h",
// "2d", "today", "yesterday", "now".
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "opentraces/core/clock.hpp"

namespace opentraces::cli {

// How far the wall's clock is before UTC at a time.
using UtcOffset = std::function<std::chrono::seconds(TimePoint)>;

// A day is all of it, to its last millisecond; anything more exact is one moment.
struct Moments {
    TimePoint first;
    TimePoint last;
};

// "3h" is three hours ago; m, h, d and w are minutes, hours, days and weeks. Error BadOption, which names
// `option`.
Moments parse_moments(std::string_view option, const std::string& text, TimePoint now,
                      const UtcOffset& offset);

}  // namespace opentraces::cli
