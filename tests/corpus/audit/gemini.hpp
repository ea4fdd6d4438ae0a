// The messages of a Gemini CLI chat, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> gemini_sessions(const std::string& folder);

Counts count_gemini(const std::string& session);

}  // namespace opentraces::audit
