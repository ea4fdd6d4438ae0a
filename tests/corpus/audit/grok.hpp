// Grok Build's chats and updates, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> grok_sessions(const std::string& folder);

Counts count_grok(const std::string& session);

}  // namespace opentraces::audit
