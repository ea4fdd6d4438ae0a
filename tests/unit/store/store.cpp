#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>

#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

TEST_CASE("store: listings filter, count and show the newest first") {
    StoreBench bench;
    bench.stage("s1");
    bench.clock.sleep(std::chrono::seconds(1));
    bench.stage("s2");
    bench.store->stage(sample_trace("s3", "Other", "hermes"), "");
    const TraceId committed = bench.stage("s4");
    bench.store->commit({committed}, "m", bench.ids);

    const auto all = bench.store->list({});
    REQUIRE(all.size() == 4);
    CHECK(all[0].session_id == "s3");  // ended last
    CHECK(all[1].session_id == "s4");
    CHECK(all[3].session_id == "s1");
    Filter filter;
    filter.stages = {Stage::Inbox};
    filter.limit = 2;
    CHECK(bench.store->list(filter).size() == 2);
    CHECK(bench.store->count(filter) == 3);
    filter.agents = {"hermes"};
    CHECK(bench.store->list(filter).size() == 1);
    filter = {};
    filter.models = {"SONNET"};
    CHECK(bench.store->count(filter) == 4);
    filter.models = {"son%"};
    CHECK(bench.store->count(filter) == 0);
    const auto counts = bench.store->counts();
    CHECK(counts.at(Stage::Inbox) == 3);
    CHECK(counts.at(Stage::Committed) == 1);
    CHECK(counts.at(Stage::Pushed) == 0);
    CHECK(counts.at(Stage::Rejected) == 0);
}

TEST_CASE("store: the order is that of the sessions' own times, whatever their offset") {
    StoreBench bench;
    const auto stage = [&](const std::string& session, const std::string& ended) {
        trace::TraceRecord record = sample_record(session);
        record.timestamp_start.reset();
        record.timestamp_end = ended;
        if (ended.empty()) record.timestamp_end.reset();
        bench.store->stage(security::scrub(std::move(record), {}), "");
    };
    stage("third", "2026-01-02T01:00:00+09:00");
    stage("last", "");
    stage("first", "2026-01-01T23:00:00-05:00");
    stage("second", "2026-01-02T00:00:00Z");
    std::string order;
    for (const TraceRow& row : bench.store->list({}))
        order += row.session_id + " ";
    CHECK(order == "first second third last ");
}

TEST_CASE("store: a trace is found by its id, a prefix of it, or of its session's") {
    StoreBench bench;
    const TraceId id = bench.stage("session-one");
    bench.stage("session-two");
    CHECK(bench.store->find(id.str()).id == id);
    CHECK(bench.store->find(id.str().substr(0, 8)).id == id);
    CHECK(bench.store->find("session-o").id == id);
    std::string upper = id.str().substr(0, 8);
    for (char& c : upper)
        c = static_cast<char>(std::toupper(c));
    CHECK(bench.store->find(upper).id == id);
    CHECK(error_of([&] { bench.store->find("sess"); }).code() == ErrorCode::BadOption);
    CHECK(error_of([&] { bench.store->find(id.str().substr(0, 3)); }).code() == ErrorCode::NotFound);
    for (const std::string_view wrong : {"", "zzzz", "../../x", "%%%%", "____", "' OR 1=1 --"}) {
        CHECK(error_of([&] { bench.store->find(wrong); }).code() == ErrorCode::NotFound);
    }
    CHECK(error_of([&] { bench.store->trace_path(TraceId("../x")); }).code() == ErrorCode::NotFound);
}

TEST_CASE("store: a session with revisions is found as its latest") {
    StoreBench bench;
    const TraceId first = bench.stage("session-one");
    bench.store->commit({first}, "m", bench.ids);
    bench.push({first});
    const TraceId second = bench.stage("session-one", "More");
    CHECK(bench.store->find("session-one").id == second);
}

TEST_CASE("store: an ambiguous prefix names up to five candidates") {
    StoreBench bench;
    for (int i = 0; i < 8; ++i)
        bench.stage("same-start-" + std::to_string(i));
    const std::string message = error_of([&] { bench.store->find("same-start"); }).message();
    CHECK(std::count(message.begin(), message.end(), '-') == 1 + 5 * 4);
}

TEST_CASE("store: commit groups follow their traces") {
    StoreBench bench;
    const TraceId one = bench.stage("s1");
    const TraceId two = bench.stage("s2");
    const TraceId three = bench.stage("s3");
    const CommitGroup group = bench.store->commit({two, one, two}, "work", bench.ids);
    CHECK(group.id.str().size() == 12);
    CHECK(group.traces == std::vector<TraceId>{two, one});
    const CommitGroup other = bench.store->commit({three}, "more", bench.ids);
    auto groups = bench.store->commit_groups();
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].id == other.id);
    CHECK(groups[1].traces == std::vector<TraceId>{two, one});
    CHECK(groups[1].message == "work");
    CHECK(groups[1].at == bench.clock.now());

    bench.store->reset({two});
    CHECK(bench.stage_of(two) == Stage::Inbox);
    CHECK(bench.store->commit_groups()[1].traces == std::vector<TraceId>{one});
    bench.store->reject({one});
    CHECK(bench.store->commit_groups().size() == 1);
    bench.push({three});
    CHECK(bench.store->commit_groups().size() == 1);
}

TEST_CASE("store: ids of commits stay unique with the same source of ids") {
    StoreBench bench;
    SeededIds same(7);
    const auto first = bench.store->commit({bench.stage("s1")}, "a", bench.ids);
    const auto second = bench.store->commit({bench.stage("s2")}, "b", same);
    CHECK(first.id != second.id);
    CHECK(bench.store->commit_groups().size() == 2);
}

TEST_CASE("store: one illegal move refuses all and names the trace") {
    StoreBench bench;
    const TraceId one = bench.stage("s1");
    const TraceId two = bench.stage("s2");
    bench.store->reject({two});
    const Error error = error_of([&] { bench.store->commit({one, two}, "m", bench.ids); });
    CHECK(error.code() == ErrorCode::InvalidState);
    CHECK(error.message().find(two.str()) != std::string::npos);
    CHECK(bench.stage_of(one) == Stage::Inbox);
    CHECK(bench.store->commit_groups().empty());
    CHECK(error_of([&] { bench.store->commit({}, "m", bench.ids); }).code() == ErrorCode::InvalidState);
    CHECK(error_of([&] { bench.store->reject({one, TraceId("nope")}); }).code() == ErrorCode::NotFound);
    CHECK(bench.stage_of(one) == Stage::Inbox);
}

TEST_CASE("store: discarding removes the trace and lets the session be captured again") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    const TraceId kept = bench.stage("s2");
    bench.store->remember({"claude-code", "/sessions/s1.jsonl", "f", "1", "trace"});
    bench.store->remember({"claude-code", "/sessions/s2.jsonl", "f", "1", "trace"});
    bench.store->discard({id});
    CHECK(error_of([&] { bench.store->find(id.str()); }).code() == ErrorCode::NotFound);
    CHECK_FALSE(bench.disk->info(bench.at("traces/" + id.str() + ".jsonl")));
    CHECK(bench.disk->list(bench.at("pending")).empty());
    CHECK_FALSE(bench.store->seen("claude-code", "/sessions/s1.jsonl"));
    CHECK(bench.store->seen("claude-code", "/sessions/s2.jsonl"));
    CHECK(bench.stage("s1") == id);
    bench.store->commit({kept}, "m", bench.ids);
    CHECK(error_of([&] { bench.store->discard({id, kept}); }).code() == ErrorCode::InvalidState);
    CHECK(bench.store->read_line(id).size() > 10);
}

TEST_CASE("store: what capture has seen") {
    StoreBench bench;
    CHECK_FALSE(bench.store->seen("codex", "/a"));
    const Store::SeenSession session{"codex", "/a", "f1", "2", "filtered"};
    bench.store->remember(session);
    bench.reopen();
    CHECK(bench.store->seen("codex", "/a") == session);
    CHECK_FALSE(bench.store->seen("claude-code", "/a"));
    bench.store->remember({"codex", "/a", "f2", "2", "trace"});
    CHECK(bench.store->seen("codex", "/a")->verdict == "trace");
}

TEST_CASE("store: a push is recorded before and after") {
    StoreBench bench;
    const TraceId one = bench.stage("s1");
    const TraceId two = bench.stage("s2");
    const TraceId three = bench.stage("s3");
    bench.store->commit({one, two, three}, "m", bench.ids);
    PushIntent intent;
    intent.remote = "me/data";
    intent.parent = "head";
    intent.shard_paths = {"data/a \"b\".jsonl", "data/c.jsonl"};
    intent.traces = {two, one};
    intent.duplicates = {three};
    const PushIntent begun = bench.store->begin_push(intent);
    CHECK(begun.id != 0);
    bench.reopen();
    const auto open = bench.store->open_pushes();
    REQUIRE(open.size() == 1);
    CHECK(open[0].id == begun.id);
    CHECK(open[0].remote == "me/data");
    CHECK(open[0].parent == "head");
    CHECK(open[0].shard_paths == intent.shard_paths);
    CHECK(open[0].traces == intent.traces);
    CHECK(open[0].duplicates == intent.duplicates);
    CHECK(open[0].started_at == bench.clock.now());
    CHECK(bench.stage_of(one) == Stage::Committed);

    for (const auto& move :
         {error_of([&] { bench.store->reset({one}); }), error_of([&] { bench.store->reject({three}); }),
          error_of([&] { bench.begin({two}); })}) {
        CHECK(move.code() == ErrorCode::InvalidState);
    }

    PushRecord record;
    record.commit_oid = "oid";
    record.commit_url = "https://example.org/commit/oid";
    record.shard_paths = intent.shard_paths;
    bench.store->finish_push(open[0], record);
    CHECK(bench.store->open_pushes().empty());
    for (const TraceId& id : {one, two, three})
        CHECK(bench.stage_of(id) == Stage::Pushed);
    const auto pushes = bench.store->pushes();
    REQUIRE(pushes.size() == 1);
    CHECK(pushes[0].remote == "me/data");
    CHECK(pushes[0].commit_oid == "oid");
    CHECK(pushes[0].commit_url == record.commit_url);
    CHECK(pushes[0].shard_paths == intent.shard_paths);
    CHECK(pushes[0].traces == 2);
    CHECK(pushes[0].duplicates == 1);
    CHECK(bench.store->pushed_to("me/data").size() == 3);
    CHECK(error_of([&] { bench.store->finish_push(open[0], record); }).code() == ErrorCode::InvalidState);
    CHECK(bench.store->pushes().size() == 1);
}

TEST_CASE("store: an abandoned push leaves its traces committed, with the reason") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->commit({id}, "m", bench.ids);
    const PushIntent intent = bench.begin({id});
    bench.store->abandon_push(intent, "the Hub said no");
    CHECK(bench.stage_of(id) == Stage::Committed);
    CHECK(bench.store->find(id.str()).last_error == "the Hub said no");
    CHECK(bench.store->open_pushes().empty());
    CHECK(error_of([&] { bench.store->abandon_push(intent, "x"); }).code() == ErrorCode::InvalidState);
    bench.push({id});
    CHECK(bench.store->find(id.str()).last_error.empty());
}

TEST_CASE("store: pushed to one remote, still to be pushed to another") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    CHECK(error_of([&] { bench.begin({id}); }).code() == ErrorCode::InvalidState);
    bench.store->commit({id}, "m", bench.ids);
    bench.push({id}, "me/one");
    CHECK(bench.store->pushed_to("me/one") == std::vector<TraceId>{id});
    CHECK(bench.store->pushed_to("me/two").empty());
    bench.push({id}, "me/two");
    CHECK(bench.store->pushed_to("me/two") == std::vector<TraceId>{id});
    CHECK(bench.stage_of(id) == Stage::Pushed);
}

TEST_CASE("store: a trace that a later version replaced while its shard was written stops the push") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->commit({id}, "m", bench.ids);
    PushIntent intent;
    intent.remote = "me/data";
    intent.traces = {id};
    intent.content_hashes = {bench.store->find(id.str()).content_hash};
    const TraceId later = bench.stage("s1", "More");
    bench.store->commit({later}, "m", bench.ids);
    CHECK(error_of([&] { bench.store->begin_push(intent); }).code() == ErrorCode::CommitConflict);
    // The same id with another text.
    intent.traces = {later};
    CHECK(error_of([&] { bench.store->begin_push(intent); }).code() == ErrorCode::CommitConflict);
    CHECK(bench.store->open_pushes().empty());
}

TEST_CASE("store: the cache answers only what is intact") {
    StoreBench bench;
    CHECK_FALSE(bench.store->cached("stats", "d1"));
    const std::string bytes("a\0b\n", 4);
    bench.store->cache("stats", "d1", bytes);
    bench.store->cache("stats", "empty", "");
    bench.reopen();
    CHECK(bench.store->cached("stats", "d1") == bytes);
    CHECK(bench.store->cached("stats", "empty") == "");
    CHECK_FALSE(bench.store->cached("hashes", "d1"));
    const std::string path = bench.at("cache/stats/d1");
    const std::string file = bench.disk->read_all(path);
    for (std::size_t length = 0; length < file.size(); ++length) {
        bench.disk->replace(path, file.substr(0, length));
        CHECK_FALSE(bench.store->cached("stats", "d1"));
    }
    std::filesystem::remove_all(bench.at("cache"));
    CHECK_FALSE(bench.store->cached("stats", "d1"));
    CHECK(error_of([&] { bench.store->cached("..", "x"); }).code() == ErrorCode::Internal);
}

TEST_CASE("store: files that no row names are offered, not taken or removed") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    bench.stage("s2");
    CHECK(bench.store->orphans().empty());
    const std::string path = bench.store->trace_path(id);
    bench.store.reset();
    bench.disk->rename(bench.at("store.db"), bench.at("store.db.aside"));
    bench.reopen();
    CHECK(bench.store->list({}).empty());
    CHECK(bench.store->orphans().size() == 2);
    CHECK(bench.stage("s1") == id);
    CHECK(bench.store->orphans().size() == 1);
}
