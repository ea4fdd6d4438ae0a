// What the tool parts of an OpenCode session show of the files that were changed.
#pragma once

#include "corpus/patches/tree.hpp"

namespace opentraces::patches {

// The data of the session's parts, in their order. Whole contents only: what versions without them leave of a
// file is not enough to build it.
Session opencode_session(const std::vector<json>& parts);

}  // namespace opentraces::patches
