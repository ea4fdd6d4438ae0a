// Language names for snippets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace opentraces::capture {

// By file extension or well-known file name; nullopt when it says nothing.
std::optional<std::string> language_of(std::string_view path);

}  // namespace opentraces::capture
