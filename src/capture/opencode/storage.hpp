// Sessions of OpenCode before 1.2, from the files of a tree.
#pragma once

#include <optional>
#include <string>

#include "capture/opencode/chat.hpp"
#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::opencode {

// `file` is the session's own, or the first of its messages where it has none. Null where it cannot be read:
// the session is then refused. Every file that was read is in `parsed`.
std::optional<Chat> read_storage(const std::string& file, Sources& sources, ParsedSession& parsed);

}  // namespace opentraces::capture::opencode
