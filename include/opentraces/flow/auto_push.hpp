// What happens by itself at session end in a project with review_policy "auto".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "opentraces/core/environment.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

// Commits those of `captured`, and of the later versions of committed and pushed traces, that are in the
// inbox and need no review; answers how many. What waits: a session of which a version was rejected, or is in
// a push that has not finished.
std::int64_t commit_clean(store::Store& store, const std::vector<TraceId>& captured, IdSource& ids);

// Starts `opentraces push --quiet` for the project in a session of its own and returns at once, so that the
// agent never waits. Its messages go to .opentraces/auto-push.log, its failures also to the store.
void push_detached(const std::string& project, const Environment& environment);

}  // namespace opentraces::flow
