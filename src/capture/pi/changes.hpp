// What Pi's tools did to files.
#pragma once

#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::pi {

// The hunks of a diff as the tool "edit" shows it (details.diff): each line with its mark and its number,
// "+ 12 text", removed lines with the old one and all others with the new one; "..." where lines are left
// out. None where it is anything else.
std::vector<enrich::Hunk> numbered_hunks(std::string_view diff);

// Of a call that has worked; `details` is what its result says beside the text.
std::vector<enrich::FileChange> changes_of(const trace::ToolCall& call, const json::Value& details);

}  // namespace opentraces::capture::pi
