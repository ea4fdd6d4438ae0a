// Transcripts of Antigravity and of Windsurf, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> cascade_transcripts(const std::string& folder);

Counts count_antigravity(const std::string& session);
Counts count_windsurf(const std::string& session);

}  // namespace opentraces::audit
