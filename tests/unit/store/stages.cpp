#include "catch.hpp"
#include "opentraces/store/store.hpp"

using namespace opentraces::store;

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
