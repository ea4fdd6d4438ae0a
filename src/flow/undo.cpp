#include "opentraces/flow/undo.hpp"

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

store::Decision undo(store::Store& store, std::optional<std::int64_t> number) {
    const auto lock = store.lock();
    store::Decisions& journal = store::decisions_of(store);
    return journal.undo(number ? *number : last_decision(journal));
}

std::vector<store::Decision> decisions(store::Store& store, std::int64_t limit) {
    return store::decisions_of(store).decisions(limit);
}

}  // namespace opentraces::flow
