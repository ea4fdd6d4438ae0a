// Chats of VS Code, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// Documents and logs of changes.
std::vector<std::string> copilot_chats(const std::string& folder);

Counts count_copilot_chat(const std::string& session);

}  // namespace opentraces::audit
