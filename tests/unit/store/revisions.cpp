// Committed is frozen: what its session says later waits in the inbox.
#include "opentraces/trace/codec.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

TraceId id_of(int revision) {
    return trace_id_for("claude-code", "s1", revision);
}

struct CommittedBench : StoreBench {
    CommittedBench() {
        stage("s1");
        store->commit({id_of(0)}, "first", ids);
        line = store->read_line(id_of(0));
    }
    std::string said_to_supersede(const TraceId& id) {
        const auto decoded = trace::decode(store->read_line(id));
        REQUIRE(decoded.record);
        CHECK(trace::content_hash(*decoded.record) == store->find(id.str()).content_hash);
        CHECK(store->find(id.str()).bytes == static_cast<std::int64_t>(store->read_line(id).size()) + 1);
        const json::Value* const named = decoded.record->metadata.find("opentraces_supersedes");
        const std::string text(named == nullptr ? "" : named->string_or());
        CHECK(store->find(id.str()).supersedes.str() == text);
        return text;
    }
    bool has(const TraceId& id) { return disk->info(at("traces/" + id.str() + ".jsonl")).has_value(); }

    std::string line;
};

}  // namespace

TEST_CASE("store frozen: growth of a committed trace waits in the inbox, in one revision") {
    CommittedBench bench;
    const Staged grown = bench.store->stage(sample_trace("s1", "More"), "/sessions/s1.jsonl");
    CHECK(grown.outcome == StageOutcome::Captured);
    CHECK(grown.id == id_of(1));
    CHECK(bench.stage_of(id_of(1)) == Stage::Inbox);
    CHECK(bench.said_to_supersede(id_of(1)).empty());
    const Staged more = bench.store->stage(sample_trace("s1", "Even more"), "/sessions/s1.jsonl");
    CHECK(more.outcome == StageOutcome::Updated);
    CHECK(more.id == id_of(1));
    CHECK(bench.store->stage(sample_trace("s1", "Even more"), "").outcome == StageOutcome::Unchanged);
    CHECK(bench.store->later_versions() == std::map<TraceId, LaterVersion>{{id_of(0), {id_of(1), true}}});
    CHECK(bench.store->revisions(id_of(1)).size() == 2);
    CHECK(bench.stage_of(id_of(0)) == Stage::Committed);
    CHECK(bench.store->read_line(id_of(0)) == bench.line);
}

TEST_CASE("store frozen: also what other settings or a later parser read differently waits") {
    CommittedBench bench;
    auto record = sample_record("s1");
    record.dependencies = {"a-later-parser-sees-this"};
    trace::TraceRecord longer = record;
    const Staged again = bench.store->stage(security::scrub(std::move(record), {}), "/sessions/s1.jsonl");
    CHECK(again.outcome == StageOutcome::Captured);
    const LaterCounts reread = count_later(bench.store->later_versions());
    CHECK(reread.reread == 1);
    CHECK(reread.grown == 0);
    CHECK(bench.store->read_line(id_of(0)) == bench.line);
    longer.steps.push_back(longer.steps.back());
    bench.store->stage(security::scrub(std::move(longer), {}), "/sessions/s1.jsonl");
    CHECK(bench.store->later_versions() == std::map<TraceId, LaterVersion>{{id_of(0), {id_of(1), true}}});
}

TEST_CASE("store frozen: committing the later version takes the place of the unpushed one") {
    CommittedBench bench;
    const TraceId other = bench.stage("s2");
    const bool alone = GENERATE(true, false);
    if (!alone) {
        bench.store->reset({id_of(0)});
        bench.store->commit({id_of(0), other}, "both", bench.ids);
    }
    bench.stage("s1", "More");
    const CommitGroup group = bench.store->commit({id_of(1)}, "second", bench.ids);
    CHECK(group.replaced == std::vector<TraceId>{id_of(0)});
    CHECK(group.traces == std::vector<TraceId>{id_of(1)});
    CHECK(error_of([&] { bench.store->find(id_of(0).str()); }).code() == ErrorCode::NotFound);
    CHECK_FALSE(bench.has(id_of(0)));
    CHECK(bench.disk->list(bench.at("pending")).empty());
    CHECK(bench.store->later_versions().empty());
    CHECK(bench.said_to_supersede(id_of(1)).empty());
    const auto groups = bench.store->commit_groups();
    REQUIRE(groups.size() == (alone ? 1u : 2u));
    if (!alone) CHECK(groups[1].traces == std::vector<TraceId>{other});
}

TEST_CASE("store frozen: what it supersedes is what was pushed when it is committed") {
    CommittedBench bench;
    SECTION("grown before the push of the older one, committed after it") {
        bench.stage("s1", "More");
        bench.push({id_of(0)});
        CHECK(bench.said_to_supersede(id_of(1)).empty());
        bench.store->commit({id_of(1)}, "second", bench.ids);
        CHECK(bench.said_to_supersede(id_of(1)) == id_of(0).str());
        CHECK(bench.disk->list(bench.at("pending")).empty());
        CHECK(bench.store->read_line(id_of(0)) == bench.line);
        CHECK(bench.stage_of(id_of(0)) == Stage::Pushed);
    }
    SECTION("grown while the push was open, and the push was given up") {
        const PushIntent intent = bench.begin({id_of(0)});
        bench.stage("s1", "More");
        CHECK(error_of([&] { bench.store->commit({id_of(1)}, "m", bench.ids); }).code() ==
              ErrorCode::InvalidState);
        CHECK(bench.stage_of(id_of(1)) == Stage::Inbox);
        bench.store->abandon_push(intent, "no");
        CHECK(bench.store->commit({id_of(1)}, "m", bench.ids).replaced.size() == 1);
        CHECK(bench.said_to_supersede(id_of(1)).empty());
    }
    SECTION("grown while the push was open, and the push ended well") {
        const PushIntent intent = bench.begin({id_of(0)});
        bench.stage("s1", "More");
        bench.store->finish_push(intent, {});
        CHECK(bench.store->commit({id_of(1)}, "m", bench.ids).replaced.empty());
        CHECK(bench.said_to_supersede(id_of(1)) == id_of(0).str());
    }
    SECTION("a revision that was replaced before it was pushed is never named") {
        bench.push({id_of(0)});
        bench.stage("s1", "More");
        bench.store->commit({id_of(1)}, "m", bench.ids);
        bench.stage("s1", "Even more");
        CHECK(bench.store->commit({id_of(2)}, "m", bench.ids).replaced == std::vector<TraceId>{id_of(1)});
        CHECK(bench.said_to_supersede(id_of(2)) == id_of(0).str());
    }
}

TEST_CASE("store frozen: a mark that is settled survives being captured again") {
    CommittedBench bench;
    bench.stage("s1", "More");
    bench.push({id_of(0)});
    bench.store->commit({id_of(1)}, "second", bench.ids);
    const std::string line = bench.store->read_line(id_of(1));
    CHECK(bench.store->stage(sample_trace("s1", "More"), "").outcome == StageOutcome::Unchanged);
    // Lost and written again: the same bytes.
    bench.disk->remove(bench.store->trace_path(id_of(1)));
    CHECK(bench.store->stage(sample_trace("s1", "More"), "").outcome == StageOutcome::Updated);
    CHECK(bench.store->read_line(id_of(1)) == line);
}

TEST_CASE("store frozen: reset, reject and discard of either version") {
    CommittedBench bench;
    bench.stage("s1", "More");
    SECTION("the committed one back to the inbox: the later one is there already") {
        bench.store->reset({id_of(0)});
        CHECK(error_of([&] { bench.store->find(id_of(0).str()); }).code() == ErrorCode::NotFound);
        CHECK_FALSE(bench.has(id_of(0)));
        CHECK(bench.stage_of(id_of(1)) == Stage::Inbox);
        CHECK(bench.store->commit_groups().empty());
    }
    SECTION("the committed one rejected: the later one is another decision") {
        bench.store->reject({id_of(0)});
        CHECK(bench.stage_of(id_of(1)) == Stage::Inbox);
        // The session says again what was rejected: what waits is not taken away for that.
        CHECK(bench.stage("s1") == id_of(1));
        CHECK(bench.stage_of(id_of(1)) == Stage::Inbox);
        bench.store->commit({id_of(1)}, "m", bench.ids);
        CHECK(bench.stage_of(id_of(0)) == Stage::Rejected);
        // An older version cannot be put beside the later one.
        bench.store->reset({id_of(0)});
        CHECK(error_of([&] { bench.store->commit({id_of(0)}, "m", bench.ids); }).code() ==
              ErrorCode::InvalidState);
    }
    SECTION("the later one rejected: it stays so, and the committed one too") {
        bench.store->reject({id_of(1)});
        const Staged more = bench.store->stage(sample_trace("s1", "Even more"), "/sessions/s1.jsonl");
        CHECK(more.id == id_of(1));
        CHECK(bench.stage_of(id_of(1)) == Stage::Rejected);
        CHECK(bench.stage_of(id_of(0)) == Stage::Committed);
        CHECK(bench.store->later_versions().empty());
        // The session says again what is committed: the decision on the rest stays.
        CHECK(bench.stage("s1") == id_of(1));
        CHECK(bench.stage_of(id_of(1)) == Stage::Rejected);
        bench.store->reset({id_of(0), id_of(1)});
        CHECK(bench.store->counts()[Stage::Inbox] == 1);
        CHECK(bench.stage_of(id_of(1)) == Stage::Inbox);
    }
    SECTION("the later one discarded: it comes back with the next capture") {
        bench.store->discard({id_of(1)});
        CHECK(bench.store->later_versions().empty());
        CHECK(bench.stage("s1", "More") == id_of(1));
    }
    CHECK(bench.disk->list(bench.at("pending")).empty());
}

TEST_CASE("store frozen: growth that the session does not have any more goes") {
    CommittedBench bench;
    const bool pushed = GENERATE(false, true);
    if (pushed) bench.push({id_of(0)});
    bench.stage("s1", "More");
    // A copy of the old session elsewhere says nothing about this one.
    CHECK(bench.store->stage(sample_trace("s1"), "/elsewhere").id == id_of(1));
    const Staged back = bench.store->stage(sample_trace("s1"), "/sessions/s1.jsonl");
    CHECK(back.outcome == StageOutcome::Unchanged);
    CHECK(back.id == id_of(0));
    CHECK_FALSE(bench.has(id_of(1)));
    CHECK(bench.store->list({}).size() == 1);
    CHECK(bench.store->read_line(id_of(0)) == bench.line);
}

TEST_CASE("store frozen: growth that was committed stays when the session shrinks") {
    CommittedBench bench;
    bench.push({id_of(0)});
    bench.stage("s1", "More");
    bench.store->commit({id_of(1)}, "m", bench.ids);
    CHECK(bench.stage("s1") == id_of(2));
    CHECK(bench.stage_of(id_of(1)) == Stage::Committed);
    CHECK(bench.stage("s1", "More") == id_of(1));
    CHECK(bench.store->list({}).size() == 2);
}
