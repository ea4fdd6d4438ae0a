// Which files a call of OpenCode's edit, write, multiedit or apply_patch has changed.
#pragma once

#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::opencode {

// `state` of a tool part whose call worked. Of its metadata: "filediff" (with the whole content "before" and
// "after" in some versions), "diff", "results" of multiedit, "files" of apply_patch. call_id and step_index
// are left open. None for other tools.
std::vector<enrich::FileChange> changes_of(std::string_view tool, const json::Value& state);

}  // namespace opentraces::capture::opencode
