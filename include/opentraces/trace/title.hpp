// What a session was about, on one line: the first words of its task that a person would have chosen.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::trace {

// Empty for a task without words. What agents and editors put around a request is skipped (see the tables of
// the source); when nothing else is there, the first line is better than none. At most 200 code points, safe
// to show. `task` is valid UTF-8.
std::string title_of(std::string_view task);

}  // namespace opentraces::trace
