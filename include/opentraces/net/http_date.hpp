// The time of HTTP's headers.
#pragma once

#include <optional>
#include <string_view>

#include "opentraces/core/clock.hpp"

namespace opentraces::net {

// "Sun, 06 Nov 1994 08:49:37 GMT", the only form that servers may send (RFC 9110, section 5.6.7).
std::optional<TimePoint> parse_http_date(std::string_view text);

}  // namespace opentraces::net
