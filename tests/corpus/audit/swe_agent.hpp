// Trajectories of SWE-agent, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> swe_agent_sessions(const std::string& folder);

// Cached tokens and times are in no trajectory; a reply's calls are those of history, else its action.
Counts count_swe_agent(const std::string& session);

}  // namespace opentraces::audit
