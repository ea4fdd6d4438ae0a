// Chat histories of Aider and conversations of gptme, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> aider_histories(const std::string& folder);
// Of each session in its order.
std::vector<Counts> count_aider(const std::string& history);

Counts count_gptme(const std::string& session);

}  // namespace opentraces::audit
