// Ids of commits among those of traces.
#pragma once

#include <string>
#include <vector>

#include "cli/selection.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

// The commit that this names, or nothing when it names none, or "-". Error BadOption when it names traces
// too.
std::optional<store::CommitGroup> commit_named(store::Store& store, const std::string& id);

// In the place of each commit the ids of its traces.
void expand_commits(store::Store& store, Selection& selection);

// A commit and its traces, as answered by `show`.
Answer shown_commit(Context& context, store::Store& store, const store::CommitGroup& group);

}  // namespace opentraces::cli
