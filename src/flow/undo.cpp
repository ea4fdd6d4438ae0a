#include "opentraces/flow/undo.hpp"

#include "flow/decided_texts.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::flow {
namespace {

std::int64_t last_decision(store::Decisions& journal) {
    const std::vector<store::Decision> last = journal.decisions(1);
    if (last.empty())
        throw Error(ErrorCode::NotFound, "there is nothing to undo",
                    "Decisions are commits, rejections and the like: opentraces undo --list");
    return last.front().id;
}

}  // namespace

store::Decision undo(const ReviewTools& tools, std::optional<std::int64_t> number) {
    const auto lock = tools.store.lock();
    store::Decisions& journal = store::decisions_of(tools.store);
    const store::Decision decision = journal.decision(number ? *number : last_decision(journal));
    // Before anything is read again.
    if (decision.objection) throw Error(*decision.objection);
    return journal.undo(decision.id, texts_before(tools, decision));
}

std::vector<store::Decision> decisions(store::Store& store, std::int64_t limit) {
    return store::decisions_of(store).decisions(limit);
}

}  // namespace opentraces::flow
