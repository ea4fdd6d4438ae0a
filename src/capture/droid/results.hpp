// How a call of one of Droid's tools has ended.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::capture::droid {

// As in CallEnd::error: what the words of the result say, else "tool_error" if it is said to have failed.
std::string error_of(bool failed, std::string_view text);

}  // namespace opentraces::capture::droid
