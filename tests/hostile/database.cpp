// A store.db that somebody else wrote: its schema never runs, its values never become paths.
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;
namespace stdfs = std::filesystem;

namespace {

stdfs::path database_of(const Workbench& bench) {
    return bench.project() / ".opentraces/store.db";
}

// With everything allowed that SQLite can be asked to do.
void execute(const stdfs::path& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    char* reason = nullptr;
    const int answer = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &reason);
    INFO(sql << ": " << (reason == nullptr ? "" : reason));
    sqlite3_free(reason);
    CHECK(answer == SQLITE_OK);
    sqlite3_close(handle);
}

void fill(Workbench& bench) {
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
}

void need_corrupt(const RunResult& result) {
    INFO(result.out << result.err);
    CHECK(result.exit == 5);
    CHECK(result.json()["error"]["code"].string_or() == "CORRUPT_STORE");
}

}  // namespace

TEST_CASE("hostile: a schema that is not ours is refused before anything in it runs") {
    for (const std::string sql :
         {"CREATE TRIGGER t AFTER UPDATE ON housekeeping BEGIN UPDATE traces SET stage = 'committed'; END",
          "CREATE TRIGGER t AFTER INSERT ON seen_sessions BEGIN DELETE FROM traces; END",
          "CREATE VIEW v AS SELECT * FROM traces",
          "ALTER TABLE traces RENAME TO kept; CREATE VIEW traces AS SELECT * FROM kept",
          "CREATE INDEX extra ON traces (upper(task))", "CREATE TABLE extra (x)",
          "CREATE VIRTUAL TABLE words USING fts5(x)", "DROP INDEX traces_by_stage",
          "ALTER TABLE seen_sessions ADD COLUMN extra TEXT DEFAULT 'x'",
          "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'INTEGER NOT NULL', "
          "'INTEGER NOT NULL DEFAULT (random())') WHERE name = 'housekeeping'"}) {
        INFO(sql);
        Workbench bench;
        fill(bench);
        execute(database_of(bench), sql);
        const std::string before = Workbench::read(database_of(bench));
        for (const std::vector<std::string>& command : {std::vector<std::string>{"status", "--json"},
                                                        {"list", "--json"},
                                                        {"commit", "--all", "--json"},
                                                        {"capture", "--json", testing::fixture_session()}})
            need_corrupt(bench.run(command));
        CHECK(Workbench::read(database_of(bench)) == before);
        CHECK(bench.run({"status"}).err.find("aside") != std::string::npos);
    }
}

TEST_CASE("hostile: an id of a row never becomes a path") {
    Workbench bench;
    fill(bench);
    bench.write(bench.path("private.jsonl"), "mine");
    bench.write(bench.project() / "x.jsonl", "mine");
    execute(database_of(bench), "UPDATE traces SET trace_id = '../../../private', stage = 'rejected'");
    need_corrupt(bench.run({"discard", "--yes", "--json", "../../../private"}));
    need_corrupt(bench.run({"show", "--json", "../../../private"}));
    need_corrupt(bench.run({"list", "--json"}));
    need_corrupt(bench.run({"status", "--json"}));
    CHECK(Workbench::read(bench.path("private.jsonl")) == "mine");
    execute(database_of(bench), "UPDATE traces SET trace_id = '../../x'");
    need_corrupt(bench.run({"discard", "--yes", "--json", "../../x"}));
    CHECK(Workbench::read(bench.project() / "x.jsonl") == "mine");
}

TEST_CASE("hostile: values that the store never writes are refused") {
    for (const std::string change :
         {"file_digest = '../../private'", "content_hash = 'ABC'", "source_digest = ''", "bytes = -1",
          "steps = -5", "revision = -1", "revision = 5000000000", "supersedes = '..'",
          "captured_at = 9223372036854775807", "stage_changed_at = -9223372036854775807", "cost_usd = 9e999",
          "input_tokens = -1"}) {
        INFO(change);
        Workbench bench;
        fill(bench);
        execute(database_of(bench), "UPDATE traces SET " + change);
        need_corrupt(bench.run({"list", "--json"}));
    }
    Workbench bench;
    fill(bench);
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push", "--repo", bench.path("dataset").string()});
    execute(database_of(bench), "UPDATE pushes SET traces = -1");
    need_corrupt(bench.run({"log", "--json"}));
    execute(database_of(bench), "UPDATE pushes SET traces = 1");
    for (const std::string list : {"x", "{}", "\"data\"", "[1]", "[\"data/a\", null]", ""}) {
        INFO(list);
        execute(database_of(bench), "UPDATE pushes SET shard_paths = '" + list + "'");
        need_corrupt(bench.run({"log", "--json"}));
    }
    execute(database_of(bench), "UPDATE pushes SET shard_paths = '[]'");
    bench.expect(0, {"log", "--json"});
    execute(database_of(bench),
            "INSERT INTO push_intents (remote, parent, shard_paths, started_at) VALUES ('x', '', '{}', 0)");
    need_corrupt(bench.run({"status", "--json"}));
}

TEST_CASE("hostile: a number that no version has is refused") {
    for (const std::string version : {"-1", "-2147483648"}) {
        Workbench bench;
        fill(bench);
        execute(database_of(bench), "PRAGMA user_version = " + version);
        need_corrupt(bench.run({"list", "--json"}));
        need_corrupt(bench.run({"commit", "--all", "--json"}));
    }
}

TEST_CASE("hostile: the tables of the store in another program's database are not used") {
    Workbench bench;
    fill(bench);
    execute(database_of(bench), "PRAGMA application_id = 7");
    need_corrupt(bench.run({"list", "--json"}));
    need_corrupt(bench.run({"commit", "--all", "--json"}));
}

// SQLite deletes the file that a rollback journal names as the journal of a larger transaction.
TEST_CASE("hostile: a planted rollback journal makes SQLite delete nothing") {
    Workbench bench;
    fill(bench);
    const stdfs::path victim = bench.path("victim.txt");
    bench.write(victim, "mine\n");
    const std::string name = victim.string();
    const std::string magic("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
    const auto word = [](std::uint32_t value) {
        std::string bytes;
        for (const int shift : {24, 16, 8, 0})
            bytes += static_cast<char>(value >> shift & 0xFF);
        return bytes;
    };
    const auto pages = static_cast<std::uint32_t>(stdfs::file_size(database_of(bench)) / 4096);
    std::string header = magic + word(0) + word(1) + word(pages) + word(512) + word(4096);
    header.resize(512);
    std::uint32_t sum = 0;
    for (const char c : name)
        sum += static_cast<std::uint32_t>(static_cast<signed char>(c));
    const std::uint32_t lock_page = 0x40000000 / 4096 + 1;
    const std::string journal =
        header + word(lock_page) + name + word(static_cast<std::uint32_t>(name.size())) + word(sum) + magic;
    // The header of a database that keeps a journal, not a log: only then is the journal looked at.
    std::fstream file(database_of(bench), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(18);
    file.write("\x01\x01", 2);
    file.close();
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"list", "--json"}, {"commit", "--all", "--json"}}) {
        bench.write(bench.project() / ".opentraces/store.db-journal", journal);
        need_corrupt(bench.run(command));
        CHECK(stdfs::exists(victim));
    }
}

TEST_CASE("hostile: pages that were changed are found when the last process did not close the store") {
    Workbench bench;
    fill(bench);
    std::string bytes = Workbench::read(database_of(bench));
    // An index that no longer fits its table: no query of ours would see it.
    execute(database_of(bench),
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM "
            "sqlite_schema "
            "WHERE name = 'traces_by_stage') WHERE name = 'commit_group_traces_by_group'");
    bench.write(bench.project() / ".opentraces/store.db-wal", std::string(64, '\0'));
    need_corrupt(bench.run({"list", "--json"}));
}

TEST_CASE("hostile: every page of a store is checked before it is adopted") {
    Workbench bench;
    fill(bench);
    execute(database_of(bench),
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM "
            "sqlite_schema "
            "WHERE name = 'traces_by_stage') WHERE name = 'commit_group_traces_by_group'");
    stdfs::remove_all(bench.home() / ".opentraces/projects");
    need_corrupt(bench.run({"init", "--adopt", "--yes", "--json"}));
}
