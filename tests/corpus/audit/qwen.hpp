// The records of a Qwen Code session, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> qwen_sessions(const std::string& folder);

Counts count_qwen(const std::string& session);

}  // namespace opentraces::audit
