// Kimi's wire logs, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// Of Kimi Code, and contexts of Kimi CLI; the corpus has no log of it.
std::vector<std::string> kimi_sessions(const std::string& folder);

Counts count_kimi(const std::string& session);

}  // namespace opentraces::audit
