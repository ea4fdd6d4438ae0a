// Where a known name stands for what it names.
#pragma once

#include <string_view>

#include "security/rules/rule.hpp"

namespace opentraces::security {

// No letter or digit touches the name, apart from escapes of JSON, of addresses and of terminals.
bool stands_alone(std::string_view text, Span name);

// Something beside the name says that it is one: "jane@host", a branch "jane/fix", "TODO(jane)", "chown
// jane".
bool is_called_a_name(std::string_view text, Span name);

}  // namespace opentraces::security
