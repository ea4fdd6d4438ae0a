// What the lines of a Codex rollout show of the files that were changed.
#pragma once

#include "corpus/patches/tree.hpp"

namespace opentraces::patches {

Session codex_session(const std::string& path);

}  // namespace opentraces::patches
