#include "catch.hpp"
#include "opentraces/store/store.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

TEST_CASE("store stages: every stage with every action") {
    using enum Stage;
    constexpr auto k_refused = std::nullopt;
    struct Row {
        Stage from;
        std::optional<Stage> commit, reject, reset, discard, push, redact;
    };
    const Row rows[] = {
        {Inbox, Committed, Rejected, k_refused, Inbox, k_refused, Inbox},
        {Committed, k_refused, Rejected, Inbox, k_refused, Pushed, Committed},
        {Pushed, k_refused, k_refused, k_refused, k_refused, k_refused, k_refused},
        {Rejected, k_refused, k_refused, Inbox, Rejected, k_refused, Rejected},
    };
    for (const Row& row : rows) {
        INFO(name_of(row.from));
        CHECK(next_stage(row.from, Action::Commit) == row.commit);
        CHECK(next_stage(row.from, Action::Reject) == row.reject);
        CHECK(next_stage(row.from, Action::Reset) == row.reset);
        CHECK(next_stage(row.from, Action::Discard) == row.discard);
        CHECK(next_stage(row.from, Action::Push) == row.push);
        CHECK(next_stage(row.from, Action::Redact) == row.redact);
        CHECK(parse_stage(name_of(row.from)) == row.from);
    }
    CHECK_FALSE(parse_stage("Inbox"));
    CHECK_FALSE(parse_stage(""));
}

TEST_CASE("store stages: a move that somebody else has made meanwhile is a matter of trying again") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    const TraceId gone = bench.stage("s2");
    const auto other = store::Store::open(bench.folder.path(), *bench.disk, bench.clock);
    const auto seen = [&](const TraceId& trace) { return other->find(trace.str()).id; };
    seen(id);
    bench.store->reject({id});
    CHECK(error_of([&] { other->reject({id}); }).code() == ErrorCode::Locked);
    CHECK(error_of([&] { other->commit({id}, "m", bench.ids); }).code() == ErrorCode::Locked);
    // Once it has been seen as it is, the move is just not possible.
    seen(id);
    CHECK(error_of([&] { other->reject({id}); }).code() == ErrorCode::InvalidState);
    // A move of one's own is no surprise.
    other->reset({id});
    CHECK(error_of([&] { other->reset({id}); }).code() == ErrorCode::InvalidState);

    seen(gone);
    bench.store->discard({gone});
    CHECK(error_of([&] { other->discard({gone}); }).code() == ErrorCode::Locked);
    other->list({});
    bench.store->reject({id});
    CHECK(error_of([&] { other->commit({id}, "m", bench.ids); }).code() == ErrorCode::Locked);
}
