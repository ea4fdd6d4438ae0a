// The lines of an iFlow session, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> iflow_sessions(const std::string& folder);

Counts count_iflow(const std::string& session);

}  // namespace opentraces::audit
