// How calls of Vibe end, as the texts of their results say it.
#pragma once

#include <string_view>

#include "capture/session_builder.hpp"

namespace opentraces::capture::vibe {

// Vibe 1 and 2 put errors and what the person stopped into tags: <tool_error>, <user_cancellation>.
CallEnd end_of_tagged(std::string_view text);
// Vibe 3 answers with JSON, that of a command has a "returncode".
CallEnd end_of_json(std::string_view text, bool failed);

}  // namespace opentraces::capture::vibe
