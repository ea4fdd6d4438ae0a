// The patches that models write for the tool apply_patch of Codex, which OpenCode has too: a file after the
// other between "*** Begin Patch" and "*** End Patch". They name no places (codex-rs/apply-patch, parser).
#pragma once

#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"

namespace opentraces::capture {

// What a patch asks for. Relative paths are `folder`'s, if that is given. call_id and step_index are left
// open. Empty when the text holds no patch.
std::vector<enrich::FileChange> changes_in_patch(std::string_view text, std::string_view folder = {});

}  // namespace opentraces::capture
