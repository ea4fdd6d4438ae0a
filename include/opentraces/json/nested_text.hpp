// JSON text inside of a JSON string, written in one pass.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::json {

// What append_compact_escaped would make of its own result.
void append_compact_escaped_twice(std::string& out, std::string_view text);

}  // namespace opentraces::json
