#include "opentraces/store/decisions.hpp"

#include "doubles/written_database.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

struct UndoBench : StoreBench {
    std::vector<Decision> decisions() { return decisions_of(*store).decisions(0); }
    Decision last() { return decisions().at(0); }
    Decision undo() { return decisions_of(*store).undo(last().id, {}); }
    // Nothing may change then.
    Error refused() {
        REQUIRE(last().objection.has_value());
        const std::int64_t id = last().id;
        const Error error = error_of([&] { decisions_of(*store).undo(id, {}); });
        CHECK(error.message() == last().objection->message());
        CHECK(error.code() == ErrorCode::InvalidState);
        CHECK(last().id == id);
        return error;
    }
};

bool has(const Error& error, const std::string& words) {
    return error.message().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("undo: each decision is taken back, the last one first, also after a restart") {
    UndoBench bench;
    const TraceId one = bench.stage("s1");
    const TraceId two = bench.stage("s2");
    bench.store->mark_reviewed({one});
    const CommitId commit = bench.store->commit({one, two}, "both", bench.ids).id;
    bench.store->reset({one});
    bench.store->reject({one, two});
    bench.store->reset({two});
    bench.reopen();
    std::vector<std::string> names;
    for (const Decision& decision : bench.decisions())
        names.emplace_back(name_of(decision));
    CHECK(names == std::vector<std::string>{"reset", "reject", "uncommit", "commit", "reviewed"});

    CHECK(bench.undo().traces == std::vector<TraceId>{two});
    CHECK(bench.stage_of(two) == Stage::Rejected);
    CHECK(bench.undo().traces == std::vector<TraceId>{one, two});
    CHECK(bench.stage_of(one) == Stage::Inbox);
    CHECK(bench.stage_of(two) == Stage::Committed);
    REQUIRE(bench.store->commit_groups().size() == 1);
    CHECK(bench.store->commit_groups()[0].traces == std::vector<TraceId>{two});
    bench.reopen();
    bench.undo();
    REQUIRE(bench.store->commit_groups().size() == 1);
    CHECK(bench.store->commit_groups()[0].id == commit);
    CHECK(bench.store->commit_groups()[0].message == "both");
    CHECK(bench.store->commit_groups()[0].traces == std::vector<TraceId>{one, two});
    bench.undo();
    CHECK(bench.store->commit_groups().empty());
    CHECK(bench.stage_of(one) == Stage::Inbox);
    CHECK(bench.store->find(one.str()).reviewed);
    bench.undo();
    CHECK_FALSE(bench.store->find(one.str()).reviewed);
    CHECK(bench.decisions().empty());
    CHECK(error_of([&] { decisions_of(*bench.store).undo(1, {}); }).code() == ErrorCode::NotFound);
}

TEST_CASE("undo: a mark of an earlier text comes back") {
    UndoBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->mark_reviewed({id});
    bench.stage("s1", "More");
    bench.store->mark_reviewed({id});
    bench.undo();
    CHECK_FALSE(bench.store->find(id.str()).reviewed);
    bench.stage("s1");
    CHECK(bench.store->find(id.str()).reviewed);
}

TEST_CASE("undo: what was pushed, or is on its way, stays") {
    UndoBench bench;
    const TraceId one = bench.stage("s1");
    const TraceId two = bench.stage("s2");
    bench.store->commit({one, two}, "both", bench.ids);
    const PushIntent intent = bench.begin({one});
    CHECK(has(bench.refused(), one.str() + " is in a push that has not finished"));
    bench.store->abandon_push(intent, "no network");
    CHECK_FALSE(bench.last().objection);
    bench.push({one});
    CHECK(has(bench.refused(), one.str() + " was pushed"));
    CHECK(bench.stage_of(two) == Stage::Committed);
    // A later decision about something else is not held up by it.
    bench.store->reject({bench.stage("s3")});
    bench.undo();
}

TEST_CASE("undo: what is offered stays") {
    UndoBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->commit({id}, "one", bench.ids);
    Offer offer;
    offer.remote = "them/data";
    offer.number = 3;
    offer.url = "https://hub.example/3";
    offer.traces = {id};
    bench.store->finish_offer(bench.begin({id}), offer);
    CHECK(has(bench.refused(), "is offered in https://hub.example/3"));
}

TEST_CASE("undo: what has changed since stays") {
    UndoBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->reject({id});
    bench.stage("s1", "More");
    CHECK(has(bench.refused(), id.str() + " was changed since"));
    CHECK(bench.stage_of(id) == Stage::Rejected);
    // Decisions about the same trace, in another order than the last first.
    const TraceId other = bench.stage("s2");
    bench.store->reject({other});
    const std::int64_t rejected = bench.last().id;
    bench.store->reset({other});
    CHECK(error_of([&] { decisions_of(*bench.store).undo(rejected, {}); }).code() == ErrorCode::InvalidState);
    bench.store->reject({other});
    CHECK_FALSE(bench.last().objection);
}

TEST_CASE("undo: the inbox never gets a second version of a session") {
    UndoBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->commit({id}, "one", bench.ids);
    bench.stage("s1", "More");
    CHECK(has(bench.refused(), "has another version of its session in its place"));
}

TEST_CASE("undo: a decision for which a version went stays") {
    UndoBench bench;
    const TraceId first = bench.stage("s1");
    bench.store->commit({first}, "one", bench.ids);
    const TraceId second = bench.stage("s1", "More");
    SECTION("because the later one was committed") {
        bench.store->commit({second}, "two", bench.ids);
        CHECK(has(bench.refused(), "an older version of a session made room"));
    }
    SECTION("because the later one waits in the inbox") {
        bench.store->reset({first});
        CHECK(has(bench.refused(), "an older version of a session made room"));
        CHECK(bench.last().traces.empty());
    }
}

TEST_CASE("undo: what was discarded leaves the journal") {
    UndoBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->reject({id});
    bench.store->discard({id});
    CHECK(bench.decisions().empty());
}

TEST_CASE("undo: what a trace supersedes is settled again") {
    UndoBench bench;
    const TraceId first = bench.stage("s1");
    bench.store->commit({first}, "one", bench.ids);
    bench.push({first});
    const TraceId second = bench.stage("s1", "More");
    bench.store->commit({second}, "two", bench.ids);
    const std::string line = bench.store->read_line(second);
    bench.store->reset({second});
    bench.undo();
    CHECK(bench.stage_of(second) == Stage::Committed);
    CHECK(bench.store->read_line(second) == line);
}

TEST_CASE("undo: a refused move is no decision") {
    UndoBench bench;
    const TraceId id = bench.stage("s1");
    CHECK_THROWS(bench.store->reset({id}));
    CHECK_THROWS(bench.store->commit({id, TraceId("00000000-0000-4000-8000-000000000000")}, "m", bench.ids));
    CHECK(bench.decisions().empty());
}

TEST_CASE("undo: a store of before has an empty journal, and keeps one from now on") {
    UndoBench bench;
    const TraceId id = bench.stage("s1");
    bench.store.reset();
    WrittenDatabase(bench.at("store.db"))
        .execute(
            "DROP TABLE decided_notes; DROP TABLE session_notes; DROP TABLE decided_traces; DROP TABLE "
            "decisions; PRAGMA user_version = 8;");
    bench.reopen();
    CHECK(bench.decisions().empty());
    bench.store->reject({id});
    CHECK(bench.undo().traces == std::vector<TraceId>{id});
    CHECK(bench.stage_of(id) == Stage::Inbox);
}
