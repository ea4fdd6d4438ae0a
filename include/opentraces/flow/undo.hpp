// Taking back what a reviewer has decided: commit, uncommit, reject, reset, reviewed, redact, unredact.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "opentraces/flow/redact.hpp"
#include "opentraces/store/decisions.hpp"

namespace opentraces::flow {

// The last decision, or the one with this number, as one transaction; answers what was undone. Error
// NotFound when there is none; InvalidState, changing nothing, when a trace of it was pushed, is on its way
// or was changed since, or when a version made room for it; Locked while another command commits or pushes.
// A redaction that is undone is read again from the raw copy of its session: NotFound when there is none.
store::Decision undo(const ReviewTools& tools, std::optional<std::int64_t> number = {});

// Newest first; those that stay say why. limit 0: all.
std::vector<store::Decision> decisions(store::Store& store, std::int64_t limit);

}  // namespace opentraces::flow
