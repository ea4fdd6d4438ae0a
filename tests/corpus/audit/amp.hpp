// The messages of an Amp thread, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> amp_threads(const std::string& folder);

Counts count_amp(const std::string& thread);

}  // namespace opentraces::audit
