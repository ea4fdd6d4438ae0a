// Agents of which the corpus has a few small sessions, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// Files below the folder with one of these endings, sorted.
std::vector<std::string> files_below(const std::string& folder, const std::vector<std::string>& endings);

Counts count_hermes(const std::string& session);
Counts count_kiro(const std::string& conversation);
Counts count_continue(const std::string& session);
// An export of events: the sums of tokens are running ones.
Counts count_openhands(const std::string& session);

}  // namespace opentraces::audit
