// What a reviewer has decided, each decision as one transaction that can be taken back until it was pushed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::store {

enum class DecisionKind { Commit, Reject, Reset, Review };

struct Decision {
    std::int64_t id = 0;  // grows with every decision, and is never given twice
    DecisionKind kind = DecisionKind::Commit;
    TimePoint at{};
    std::vector<TraceId> traces;     // those that are still there
    bool of_committed = false;       // all of them were committed before it
    std::int64_t gone = 0;           // versions of sessions that made room: nothing brings them back
    std::optional<Error> objection;  // why it stays what it is; none: it can be undone
};
// "commit", "uncommit" (a reset of what was committed), "reject", "reset", "reviewed".
std::string_view name_of(const Decision& decision);

// The store's journal. The last thousand decisions are kept.
class Decisions {
public:
    virtual ~Decisions() = default;
    // Newest first, without those whose traces were all discarded. limit 0: all.
    virtual std::vector<Decision> decisions(std::int64_t limit) = 0;
    // Brings back stages, commits and marks as they were before, in one transaction. NotFound; InvalidState
    // when one of the traces was pushed, is on its way or was changed since, or the decision let a version
    // go.
    virtual Decision undo(std::int64_t id) = 0;
};

// Of the same database.
Decisions& decisions_of(Store& store);

}  // namespace opentraces::store
