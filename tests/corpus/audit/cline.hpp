// Tasks and sessions of Cline and Roo Code, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> cline_sessions(const std::string& folder);
Counts count_cline(const std::string& session);

}  // namespace opentraces::audit
