// Changes of files as unified diffs say them.
#pragma once

#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"

namespace opentraces::capture {

// The hunks of the diff of one file. Its heads are believed about where a hunk begins only: how long it is,
// its lines say.
std::vector<enrich::Hunk> unified_hunks(std::string_view diff);
// Is one line without an indent? OpenCode takes the indent that all lines of a diff have off it, and so may
// Amp: such a line is the proof that there was none.
bool reaches_margin(const std::vector<enrich::Hunk>& hunks);
// The change of a call that has replaced texts of one file, with the places that its diff gives. Others, and
// where the diff has no hunks, as they are.
std::vector<enrich::FileChange> placed(std::vector<enrich::FileChange> changes,
                                       std::vector<enrich::Hunk> hunks);
// All lines added ('+') or removed ('-').
enrich::Hunk whole_text_hunk(std::string_view text, char mark);

}  // namespace opentraces::capture
