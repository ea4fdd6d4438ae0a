// The lines of a Codex rollout, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> codex_sessions(const std::string& folder);

Counts count_codex(const std::string& session);

}  // namespace opentraces::audit
