// Sessions of Mistral Vibe, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// Files of messages of Vibe 2 and stores of Vibe 3 below the folder that were not compacted.
std::vector<std::string> vibe_sessions(const std::string& folder);
Counts count_vibe(const std::string& session);

}  // namespace opentraces::audit
