// The events of a GitHub Copilot session, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// Files of events. The chats that VS Code itself keeps, and its extension's traces.db, are none.
std::vector<std::string> copilot_sessions(const std::string& folder);

Counts count_copilot(const std::string& session);

}  // namespace opentraces::audit
