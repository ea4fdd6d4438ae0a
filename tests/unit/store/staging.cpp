#include <sys/stat.h>

#include "opentraces/core/digest.hpp"
#include "opentraces/trace/codec.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

TEST_CASE("store: a staged trace is in the inbox, with its row and its file") {
    StoreBench bench;
    const Staged staged =
        bench.store->stage(sample_trace("s1", "Fix the bug\nand more"), "/sessions/s1.jsonl");
    CHECK(staged.outcome == StageOutcome::Captured);
    CHECK(staged.id == trace_id_for("claude-code", "s1", 0));
    const TraceRow row = bench.store->find(staged.id.str());
    CHECK(row.session_id == "s1");
    CHECK(row.agent == "claude-code");
    CHECK(row.model == "anthropic/claude-sonnet-4");
    CHECK(row.stage == Stage::Inbox);
    CHECK(row.task == "Fix the bug");
    CHECK(row.steps == 2);
    CHECK(row.tool_calls == 1);
    CHECK(row.input_tokens == 1200);
    CHECK(row.output_tokens == 340);
    CHECK(row.cost_usd == 0.25);
    CHECK(row.started_at == "2026-01-01T10:00:00Z");
    CHECK(row.source_path == "/sessions/s1.jsonl");
    CHECK(row.captured_at == bench.clock.now());
    CHECK(row.revision == 0);
    CHECK(row.supersedes.empty());
    const std::string line = bench.store->read_line(staged.id);
    CHECK(row.bytes == static_cast<std::int64_t>(line.size()) + 1);
    CHECK(bench.disk->read_all(bench.store->trace_path(staged.id)) == line + "\n");
    const auto decoded = trace::decode(line);
    REQUIRE(decoded.record);
    CHECK(decoded.record->trace_id == staged.id.str());
    CHECK(decoded.record->content_hash == row.content_hash.str());
    CHECK(trace::content_hash(*decoded.record) == row.content_hash);
    CHECK(bench.disk->list(bench.at("pending")).empty());
}

TEST_CASE("store: the same session again changes nothing") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    const auto before = bench.disk->info(bench.store->trace_path(id));
    const Staged again = bench.store->stage(sample_trace("s1"), "/elsewhere");
    CHECK(again.outcome == StageOutcome::Unchanged);
    CHECK(again.id == id);
    CHECK(bench.disk->info(bench.store->trace_path(id))->inode == before->inode);
    CHECK(bench.store->counts()[Stage::Inbox] == 1);
}

TEST_CASE("store: a session that grew in the inbox is updated in place") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    const std::string before = bench.store->read_line(id);
    const Staged again = bench.store->stage(sample_trace("s1", "Fix more"), "/sessions/s1.jsonl");
    CHECK(again.outcome == StageOutcome::Updated);
    CHECK(again.id == id);
    CHECK(bench.store->read_line(id) != before);
    CHECK(bench.store->find(id.str()).task == "Fix more");
    CHECK(bench.store->counts()[Stage::Inbox] == 1);
}

TEST_CASE("store: a rejected trace stays rejected when its session grows") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->reject({id});
    bench.store->stage(sample_trace("s1", "More"), "");
    CHECK(bench.stage_of(id) == Stage::Rejected);
}

TEST_CASE("store: a session that grew after the push becomes a revision that supersedes") {
    StoreBench bench;
    const TraceId first = bench.stage("s1");
    bench.store->commit({first}, "m", bench.ids);
    bench.push({first});
    CHECK(bench.store->stage(sample_trace("s1"), "").outcome == StageOutcome::Unchanged);
    const std::string pushed_line = bench.store->read_line(first);

    const Staged grown = bench.store->stage(sample_trace("s1", "More"), "");
    CHECK(grown.outcome == StageOutcome::Captured);
    CHECK(grown.id == trace_id_for("claude-code", "s1", 1));
    const TraceRow row = bench.store->find(grown.id.str());
    CHECK(row.revision == 1);
    CHECK(row.supersedes == first);
    CHECK(row.stage == Stage::Inbox);
    CHECK(bench.store->read_line(first) == pushed_line);
    const auto decoded = trace::decode(bench.store->read_line(grown.id));
    REQUIRE(decoded.record);
    REQUIRE(decoded.record->metadata.find("opentraces_supersedes"));
    CHECK(decoded.record->metadata.find("opentraces_supersedes")->string_or() == first.str());
    CHECK(trace::content_hash(*decoded.record) == row.content_hash);

    CHECK(bench.store->stage(sample_trace("s1", "More"), "").outcome == StageOutcome::Unchanged);
    const Staged more = bench.store->stage(sample_trace("s1", "Even more"), "");
    CHECK(more.outcome == StageOutcome::Updated);
    CHECK(more.id == grown.id);
    CHECK(bench.store->find(more.id.str()).supersedes == first);
}

TEST_CASE("store: a record read back from the store and staged again is the same trace") {
    StoreBench bench;
    const TraceId first = bench.stage("s1");
    bench.store->commit({first}, "m", bench.ids);
    bench.push({first});
    const TraceId second = bench.stage("s1", "More");
    auto decoded = trace::decode(bench.store->read_line(second));
    REQUIRE(decoded.record);
    const Staged again = bench.store->stage(security::scrub(*std::move(decoded.record), {}), "");
    CHECK(again.outcome == StageOutcome::Unchanged);
    CHECK(again.id == second);
    CHECK(bench.store->counts()[Stage::Inbox] == 1);
}

TEST_CASE("store: what a push has under way is not changed under it") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->commit({id}, "m", bench.ids);
    const std::string line = bench.store->read_line(id);
    const PushIntent intent = bench.begin({id});
    const Staged grown = bench.store->stage(sample_trace("s1", "More"), "");
    CHECK(grown.outcome == StageOutcome::Captured);
    CHECK(grown.id != id);
    CHECK(bench.store->read_line(id) == line);
    bench.store->finish_push(intent, {});
    CHECK(bench.stage_of(id) == Stage::Pushed);
    CHECK(bench.stage_of(grown.id) == Stage::Inbox);
}

TEST_CASE("store: a damaged or missing file is reported, and capturing the session repairs it") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    const std::string line = bench.store->read_line(id);
    const std::string path = bench.store->trace_path(id);
    bench.disk->replace(path, line.substr(0, line.size() / 2));
    CHECK(error_of([&] { bench.store->read_line(id); }).code() == ErrorCode::CorruptTrace);
    bench.disk->remove(path);
    const Error error = error_of([&] { bench.store->read_line(id); });
    CHECK(error.code() == ErrorCode::CorruptTrace);
    CHECK(error.message().find("is missing") != std::string::npos);
    CHECK(bench.store->stage(sample_trace("s1"), "").outcome == StageOutcome::Updated);
    CHECK(bench.store->read_line(id) == line);
}

TEST_CASE("store: everything is for the owner only, whatever the umask") {
    const mode_t before = ::umask(GENERATE(0000, 0077));
    {
        StoreBench bench;
        bench.stage("s1");
        bench.store->cache("stats", "abc", "x");
        const auto lock = bench.store->lock();
        CHECK(bench.disk->info(bench.at(""))->mode == 0700u);
        for (const std::string name : {"traces", "pending", "cache", "cache/stats"}) {
            CHECK(bench.disk->info(bench.at(name))->mode == 0700u);
        }
        for (const std::string name :
             {"store.db", "store.db-wal", "store.db-shm", "lock", "cache/stats/abc"}) {
            INFO(name);
            CHECK(bench.disk->info(bench.at(name))->mode == 0600u);
        }
        CHECK(bench.disk->list(bench.at("traces")).front().mode == 0600u);
    }
    ::umask(before);
}

TEST_CASE("store: two stores on one project see each other's work") {
    StoreBench bench;
    const auto other = Store::open(bench.folder.path(), *bench.disk, bench.clock);
    const TraceId id = bench.stage("s1");
    CHECK(other->find(id.str()).stage == Stage::Inbox);
    other->stage(sample_trace("s1", "More"), "");
    CHECK(bench.store->find(id.str()).task == "More");
    CHECK(bench.store->read_line(id) == other->read_line(id));
    const auto held = other->lock();
    CHECK(error_of([&] { bench.store->lock(); }).code() == ErrorCode::Locked);
}

TEST_CASE("store: a pushed session that reads differently but has not gone on is not published again") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->commit({id}, "m", bench.ids);
    bench.push({id});
    auto record = sample_record("s1");
    record.dependencies = {"a-later-parser-sees-this"};
    const Staged again = bench.store->stage(security::scrub(std::move(record), {}), "/sessions/s1.jsonl");
    CHECK(again.outcome == StageOutcome::Unchanged);
    CHECK(bench.store->counts()[Stage::Inbox] == 0);
}
