#include "opentraces/flow/auto_push.hpp"

#include <algorithm>
#include <set>

#include "opentraces/core/error.hpp"
#include "opentraces/flow/background.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::flow {
namespace {

std::set<TraceId> in_open_pushes(store::Store& store) {
    std::set<TraceId> ids;
    for (const store::PushIntent& intent : store.open_pushes()) {
        ids.insert(intent.traces.begin(), intent.traces.end());
        ids.insert(intent.duplicates.begin(), intent.duplicates.end());
    }
    return ids;
}

// Growth that could not be committed when it was captured, because a push was under way.
std::vector<TraceId> growth_in_inbox(store::Store& store) {
    store::Filter inbox;
    inbox.stages = {store::Stage::Inbox};
    std::vector<TraceId> ids;
    for (const store::TraceRow& row : store.list(inbox))
        if (row.revision > 0) ids.push_back(row.id);
    return ids;
}

// What a person has rejected does not come back by itself in a later version.
bool moves_on(store::Store& store, const TraceId& id, const std::set<TraceId>& under_way) {
    bool clean = false;
    for (const store::TraceRow& row : store.revisions(id)) {
        if (row.stage == store::Stage::Rejected || under_way.contains(row.id)) return false;
        if (row.id == id) clean = row.stage == store::Stage::Inbox && !row.needs_review;
    }
    return clean;
}

// Traces that are discarded meanwhile are not there any more.
std::vector<TraceId> clean_in_inbox(store::Store& store, const std::vector<TraceId>& captured) {
    std::vector<TraceId> clean;
    const std::set<TraceId> under_way = in_open_pushes(store);
    std::vector<TraceId> candidates = growth_in_inbox(store);
    candidates.insert(candidates.end(), captured.begin(), captured.end());
    for (const TraceId& id : candidates) {
        try {
            const bool known = std::find(clean.begin(), clean.end(), id) != clean.end();
            if (!known && moves_on(store, id, under_way)) clean.push_back(id);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::NotFound) throw;
        }
    }
    return clean;
}

}  // namespace

std::int64_t commit_clean(store::Store& store, const std::vector<TraceId>& captured, IdSource& ids) {
    constexpr int k_attempts = 5;
    for (int attempt = 1;; ++attempt) {
        const std::vector<TraceId> clean = clean_in_inbox(store, captured);
        if (clean.empty()) return 0;
        try {
            store.commit(clean, "Captured without findings", ids);
            return static_cast<std::int64_t>(clean.size());
        } catch (const Error& error) {
            // Somebody rejects or commits one of them at this moment, or a push begins: what is left is
            // looked at again.
            const bool again = error.code() == ErrorCode::Locked || error.code() == ErrorCode::InvalidState;
            if (!again || attempt == k_attempts) throw;
        }
    }
}

void push_detached(const std::string& project, const Environment& environment) {
    start_detached(environment, {"-C", project, "push", "--quiet"},
                   store::in_project(project, store::k_auto_push_log));
}

}  // namespace opentraces::flow
