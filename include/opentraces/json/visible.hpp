// JSON answers that may end on a terminal.
#pragma once

#include <string>

#include "opentraces/json/value.hpp"

namespace opentraces::json {

// Compact; what a terminal obeys or does not show (find_unseen) is escaped too, and bytes that are no UTF-8
// become U+FFFD.
std::string to_visible(const Value& value);

}  // namespace opentraces::json
