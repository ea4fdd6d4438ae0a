#include <sqlite3.h>

#include <algorithm>
#include <filesystem>

#include "doubles/error_from.hpp"
#include "doubles/folder_push_bench.hpp"
#include "hub/folder_remote.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/shard/index.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Bench = FolderPushBench;

}  // namespace

TEST_CASE("a push brings committed traces into a folder, once") {
    Bench bench;
    const TraceId first = bench.project.commit("one");
    const TraceId second = bench.project.commit("two");

    const flow::PushResult pushed = bench.project.push(bench.dataset);
    CHECK(pushed.uploaded == 2);
    CHECK(pushed.duplicates == 0);
    CHECK(pushed.attempts == 1);
    CHECK_FALSE(pushed.visibility);
    REQUIRE(pushed.shards.size() == 1);
    CHECK(pushed.shards[0].traces == 2);
    CHECK(sha256_hex(bench.file(pushed.shards[0].path)) == pushed.shards[0].sha256);
    CHECK(bench.file("README.md").find("2") != std::string::npos);
    CHECK(bench.project.stage_of(first) == store::Stage::Pushed);
    CHECK(bench.project.stage_of(second) == store::Stage::Pushed);
    CHECK(bench.project.store->open_pushes().empty());
    CHECK(bench.project.store->pushes().size() == 1);

    const std::string line = bench.project.store->read_line(first);
    CHECK(bench.file(pushed.shards[0].path).find(line + "\n") == 0);

    const flow::PushResult again = bench.project.push(bench.dataset);
    CHECK(again.uploaded == 0);
    CHECK(again.commit.empty());
    CHECK(bench.shards().size() == 1);
}

TEST_CASE("another machine's traces are not doubled") {
    Bench bench;
    Project other(bench.transport, 8);
    bench.project.commit("same");
    bench.project.commit("mine");
    bench.project.push(bench.dataset);
    const TraceId same = other.commit("same");
    other.commit("theirs");
    const flow::PushResult pushed = other.push(bench.dataset);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.duplicates == 1);
    CHECK(other.stage_of(same) == store::Stage::Pushed);
    CHECK(bench.lines() == 3);

    SECTION("and a push of duplicates only commits nothing") {
        Project third(bench.transport, 9);
        third.commit("mine");
        const flow::PushResult none = third.push(bench.dataset);
        CHECK(none.uploaded == 0);
        CHECK(none.duplicates == 1);
        CHECK(none.commit.empty());
        CHECK(third.count(store::Stage::Pushed) == 1);
        CHECK(bench.shards().size() == 2);
    }
}

TEST_CASE("large pushes are cut into several shards of one commit") {
    Bench bench;
    bench.project.commit_many("s", 9);
    flow::PushOptions options = bench.options();
    options.max_shard_bytes = 4000;
    const flow::PushResult pushed = bench.project.push(options);
    CHECK(pushed.uploaded == 9);
    CHECK(pushed.shards.size() > 2);
    CHECK(pushed.attempts == 1);
    CHECK(bench.lines() == 9);
    for (const flow::PushedShard& shard : pushed.shards)
        CHECK(shard.size <= 4000);
}

TEST_CASE("a dry run sends nothing and says what would be sent") {
    Bench bench;
    const TraceId id = bench.project.commit("one");
    flow::PushOptions options = bench.options();
    options.dry_run = true;
    const flow::PushResult result = bench.project.push(options);
    CHECK(result.uploaded == 1);
    REQUIRE(result.preview);
    CHECK(result.preview->creates_dataset);
    CHECK(result.preview->card_diff.starts_with("+---\n"));
    REQUIRE(result.shards.size() == 1);
    CHECK(result.commit.empty());
    CHECK(bench.project.stage_of(id) == store::Stage::Committed);
    CHECK_FALSE(bench.project.disk->info(bench.dataset));
}

TEST_CASE("a dataset without an index is extended, its shards read once") {
    Bench bench;
    Project other(bench.transport, 8);
    other.commit("theirs");
    other.push(bench.dataset);
    std::filesystem::remove_all(bench.dataset + "/opentraces");
    std::filesystem::remove_all(bench.dataset + "/" + std::string(hub::k_folder_state));

    bench.project.commit("theirs");
    bench.project.commit("mine");
    const flow::PushResult pushed = bench.project.push(bench.dataset);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.duplicates == 1);
    shard::Index index;
    index.read(shard::index_path(1), bench.file(shard::index_path(1)));
    CHECK(index.entries().size() == 2);
    CHECK(index.totals().traces == 2);
}

TEST_CASE("a shard that is not as the index says is read again, and that is told") {
    Bench bench;
    Project other(bench.transport, 8);
    const std::string first = (other.commit("one"), other.push(bench.dataset).shards[0].path);
    const std::string second = (other.commit("two"), other.push(bench.dataset).shards[0].path);
    other.disk->replace(bench.dataset + "/" + first, bench.file(first) + bench.file(second));
    other.disk->remove(bench.dataset + "/" + second);

    bench.project.commit("two");
    bench.project.commit("mine");
    const flow::PushResult pushed = bench.project.push(bench.dataset);
    CHECK(pushed.duplicates == 1);
    CHECK(pushed.uploaded == 1);
    const auto& warnings = bench.project.progress.warnings;
    CHECK(std::any_of(warnings.begin(), warnings.end(),
                      [&](const std::string& text) { return text.find(first) != std::string::npos; }));
    CHECK(bench.file("README.md").find("| Total traces | 3 |") != std::string::npos);
    bench.project.commit("more");
    bench.project.progress.warnings.clear();
    bench.project.push(bench.dataset);
    CHECK(bench.project.progress.warnings.empty());
}

TEST_CASE("what cannot be read stops the push") {
    Bench bench;
    Project other(bench.transport, 8);
    other.commit("theirs");
    const std::string shard = other.push(bench.dataset).shards[0].path;
    const TraceId id = bench.project.commit("mine");
    SECTION("a damaged shard that no index knows") {
        std::filesystem::remove_all(bench.dataset + "/opentraces");
        other.disk->replace(bench.dataset + "/" + shard, bench.file(shard) + "{\"broken\n");
        const Error error = error_from([&] { bench.project.push(bench.dataset); });
        CHECK(error.code() == ErrorCode::CorruptDataset);
        CHECK(error.message().find(shard + ":2") != std::string::npos);
    }
    SECTION("a damaged index") {
        other.disk->replace(bench.dataset + "/" + shard::index_path(1), "{}\n");
        CHECK(error_from([&] { bench.project.push(bench.dataset); }).code() == ErrorCode::CorruptDataset);
    }
    CHECK(bench.project.stage_of(id) == store::Stage::Committed);
    CHECK(bench.shards().size() == 1);
}

TEST_CASE("a committed trace that cannot be read is named, and nothing is sent") {
    Bench bench;
    bench.project.commit("good");
    const TraceId bad = bench.project.commit("bad");
    bench.project.disk->replace(bench.project.store->trace_path(bad), "{}\n");
    const Error error = error_from([&] { bench.project.push(bench.dataset); });
    CHECK(error.code() == ErrorCode::CorruptTrace);
    CHECK(error.message().find(bad.str()) != std::string::npos);
    CHECK(bench.project.count(store::Stage::Committed) == 2);
    CHECK(bench.shards().empty());
}

TEST_CASE("a stored record under another trace id than its row is named, and nothing is sent") {
    Bench bench;
    const TraceId id = bench.project.commit("one");
    std::string line = bench.project.store->read_line(id);
    line.replace(line.find(id.str()), id.str().size(), trace_id_for("claude-code", "another", 0).str());
    bench.project.disk->replace(bench.project.store->trace_path(id), line + "\n");
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(bench.project.folder.file(".opentraces/store.db").c_str(), &handle) == SQLITE_OK);
    const std::string sql = "UPDATE traces SET file_digest = '" + sha256_hex(line + "\n") + "'";
    REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    const Error error = error_from([&] { bench.project.push(bench.dataset); });
    CHECK(error.code() == ErrorCode::CorruptTrace);
    CHECK(error.message().find(id.str()) != std::string::npos);
    CHECK(bench.shards().empty());
}

TEST_CASE("a stored record with another content hash than its row is named, and nothing is sent") {
    Bench bench;
    const TraceId id = bench.project.commit("one");
    const std::string hash = bench.project.store->find(id.str()).content_hash.str();
    std::string line = bench.project.store->read_line(id);
    REQUIRE(line.find(hash) != std::string::npos);
    line.replace(line.find(hash), hash.size(), std::string(64, 'a'));
    bench.project.disk->replace(bench.project.store->trace_path(id), line + "\n");
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(bench.project.folder.file(".opentraces/store.db").c_str(), &handle) == SQLITE_OK);
    const std::string sql = "UPDATE traces SET file_digest = '" + sha256_hex(line + "\n") + "'";
    REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    const Error error = error_from([&] { bench.project.push(bench.dataset); });
    CHECK(error.code() == ErrorCode::CorruptTrace);
    CHECK(error.message().find(id.str()) != std::string::npos);
    CHECK(bench.shards().empty());
}

TEST_CASE("settings that a folder does not have are refused") {
    Bench bench;
    bench.project.commit("one");
    flow::PushOptions options = bench.options();
    SECTION("publish") {
        options.publish = true;
    }
    SECTION("gating") {
        options.gated = hub::Gating::Auto;
    }
    SECTION("pull request") {
        options.create_pull_request = true;
    }
    bench.project.disk->make_directories(bench.dataset, 0755);
    CHECK_THROWS_AS(bench.project.push(options), Error);
    CHECK(bench.project.count(store::Stage::Committed) == 1);
}

TEST_CASE("a project that is busy is left alone") {
    Bench bench;
    bench.project.commit("one");
    const auto held = bench.project.store->lock();
    CHECK(error_from([&] { bench.project.push(bench.dataset); }).code() == ErrorCode::Locked);
}

TEST_CASE("with nothing committed no dataset and no token is needed") {
    Bench bench;
    CHECK(bench.project.push("").uploaded == 0);
    CHECK(bench.project.push("owner/name").uploaded == 0);
}
