// What the tool parts of an OpenCode session show of the files that were changed.
#pragma once

#include "corpus/patches/tree.hpp"

namespace opentraces::patches {

// The data of the session's parts, in their order.
Session opencode_session(const std::vector<json>& parts);

}  // namespace opentraces::patches
