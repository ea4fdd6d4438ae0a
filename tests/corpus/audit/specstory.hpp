// SpecStory's Markdown, counted without the product's reader.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> specstory_documents(const std::string& folder);

Counts count_specstory(const std::string& session);

}  // namespace opentraces::audit
