// The lines of a Claude Code session, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// The session files below a folder; the files of sub-agents are parts of them.
std::vector<std::string> claude_code_sessions(const std::string& folder);

Counts count_claude_code(const std::string& session);

}  // namespace opentraces::audit
