// Cursor's transcripts and its editor's conversations, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// Transcripts of lines, and databases. The corpus has no transcript of an older kind and no chat of the
// command line with anything said in it.
std::vector<std::string> cursor_sessions(const std::string& folder);

Counts count_cursor(const std::string& session);

}  // namespace opentraces::audit
