// Raw copies: kept by capture, read again by recapture, removed by discard and prune.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/agent_stores.hpp"
#include "doubles/command_bench.hpp"

using namespace opentraces;
using testing::BufferTerminal;

namespace {

const std::string k_name = "c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl";

class RawBench : public testing::CommandBench {
public:
    explicit RawBench(bool captured = true) {
        REQUIRE(run({"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"}).exit == 0);
        std::filesystem::create_directories(home() + "/sessions");
        std::filesystem::copy_file(
            testing::source_folder() + "/tests/fixtures/sessions/claude-code/" + k_name, session());
        if (captured) capture();
    }

    std::string session() const { return home() + "/sessions/" + k_name; }
    void capture() {
        const Result result = run({"capture", session()});
        INFO(result.err);
        REQUIRE(result.exit == 0);
    }
    std::vector<std::filesystem::path> copies() const {
        std::vector<std::filesystem::path> found;
        const std::filesystem::path folder = project() + "/.opentraces/raw";
        if (!std::filesystem::exists(folder)) return found;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            found.push_back(entry.path());
        return found;
    }
    std::string id() {
        return std::string(run({"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
    }
};

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("raw: capture keeps one copy of a session, for its owner only, and none twice") {
    RawBench bench;
    const auto copies = bench.copies();
    REQUIRE(copies.size() == 1);
    CHECK(mode_of(copies[0]) == 0600U);
    CHECK(mode_of(copies[0].parent_path()) == 0700U);
    const auto before = std::filesystem::last_write_time(copies[0]);
    REQUIRE(bench.run({"capture", bench.session(), "--again"}).exit == 0);
    CHECK(std::filesystem::last_write_time(copies[0]) == before);
    CHECK(bench.copies().size() == 1);
}

TEST_CASE("raw: nothing is kept where the project says so") {
    RawBench bench(false);
    REQUIRE(bench.run({"config", "set", "capture.keep_raw", "false"}).exit == 0);
    bench.capture();
    CHECK(bench.copies().empty());
    const auto result = bench.run({"recapture", bench.id()});
    CHECK(result.exit == 6);
    CHECK(result.err.find("there is no raw copy of this session") != std::string::npos);
    CHECK(bench.run({"recapture", "--all", "--json"}).json()["without_copy"].integer() == 1);
}

TEST_CASE("raw: recapture reads a session that its agent has deleted, with the rules of today") {
    RawBench bench;
    std::filesystem::remove(bench.session());
    CHECK(bench.run({"recapture", "--all", "--json"}).json()["unchanged"].integer() == 1);
    REQUIRE(bench.run({"config", "set", "redact"}, "goreleaser\n").exit == 0);
    const json::Value again = bench.run({"recapture", bench.id(), "--json"}).json();
    CHECK(again["updated"].integer() == 1);
    CHECK(bench.run({"list", "--grep", "[REDACTED]", "--json"}).json()["total"].integer() == 1);
    CHECK(bench.run({"recapture", "--agent", "claude-code", "--json"}).json()["unchanged"].integer() == 1);
}

TEST_CASE("raw: recapture keeps what a session has from another, and so does capture when that is gone") {
    RawBench bench;
    std::ifstream original(bench.session());
    std::string text(std::istreambuf_iterator<char>(original), {});
    const std::string id = k_name.substr(0, 36);
    const std::string fork_id = "d" + id.substr(1);
    for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id, at))
        text.replace(at, id.size(), fork_id);
    const std::string fork = bench.home() + "/sessions/" + fork_id + ".jsonl";
    std::ofstream(fork)
        << R"({"type":"queue-operation","operation":"dequeue","timestamp":"2099-01-01T00:00:00.000Z"})"
        << '\n'
        << text;
    REQUIRE(bench.run({"capture", fork}).exit == 0);
    const auto copied = [&] {
        const std::string folder = bench.project() + "/.opentraces/traces";
        int traces = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            std::ifstream file(entry.path());
            const std::string line(std::istreambuf_iterator<char>(file), {});
            if (line.find("\"opentraces_copied\"") != std::string::npos) ++traces;
        }
        return traces;
    };
    CHECK(copied() == 1);
    CHECK(bench.run({"recapture", "--all", "--json"}).json()["unchanged"].integer() == 2);
    REQUIRE(bench.run({"config", "set", "redact"}, "goreleaser\n").exit == 0);
    CHECK(bench.run({"recapture", "--all", "--json"}).json()["updated"].integer() == 2);
    CHECK(copied() == 1);
    std::filesystem::remove(bench.session());
    CHECK(bench.run({"capture", fork, "--again", "--json"}).json()["unchanged"].integer() == 1);
    CHECK(copied() == 1);
}

TEST_CASE("raw: recapture brings back traces whose store was lost") {
    RawBench bench;
    const std::string id = bench.id();
    for (const char* name : {"store.db", "store.db-wal", "store.db-shm", "traces"})
        std::filesystem::remove_all(bench.project() + "/.opentraces/" + name);
    CHECK(bench.run({"recapture", "--all", "--json"}).json()["captured"].integer() == 1);
    CHECK(bench.id() == id);
}

TEST_CASE("raw: a copy in the place of another session's is not taken for it") {
    RawBench bench;
    const auto own = bench.copies().at(0);
    const std::string id = bench.id();
    const std::string fixtures = testing::source_folder() + "/tests/fixtures/sessions/claude-code/";
    REQUIRE(bench.run({"capture", fixtures + "9265dc4e-fa94-4c08-9932-fca495724501.jsonl"}).exit == 0);
    const auto copies = bench.copies();
    REQUIRE(copies.size() == 2);
    const auto other = copies[0] == own ? copies[1] : copies[0];
    std::filesystem::copy_file(other, own, std::filesystem::copy_options::overwrite_existing);
    const auto result = bench.run({"recapture", id});
    CHECK(result.exit == 5);
    CHECK(result.err.find("the raw copy is of another session") != std::string::npos);
}

TEST_CASE("raw: a damaged, foreign or linked copy is a failure and nothing else") {
    RawBench bench;
    const auto copy = bench.copies().at(0);
    std::ofstream(copy, std::ios::binary | std::ios::trunc) << "no copy";
    CHECK(bench.run({"recapture", bench.id()}).exit == 5);
    CHECK(bench.run({"recapture", "--all"}).err.find("the raw copy cannot be read") != std::string::npos);
    std::filesystem::remove(copy);
    std::filesystem::create_symlink(bench.session(), copy);
    CHECK(bench.run({"recapture", bench.id()}).exit != 0);
    CHECK(bench.run({"capture", bench.session(), "--again"}).exit == 0);
    CHECK(bench.run({"list", "--json"}).json()["total"].integer() == 1);
    CHECK(std::filesystem::exists(bench.session()));
}

TEST_CASE("raw: sessions of one database have a copy each, that is read when the database has gone") {
    testing::CommandBench bench;
    REQUIRE(bench.run({"init", "--agent", "opencode", "--remote", "./dataset", "--no-hook"}).exit == 0);
    std::string path;
    {
        testing::AgentStore store(testing::agent_stores::k_all[0]);
        path = store.path;
        REQUIRE(store.kind.agent == "opencode");
        store.session("one", 2);
        store.session("two", 2);
        CHECK(bench.run({"capture", path, "--json"}).json()["captured"].integer() == 2);
        store.writer.execute(store.kind.turn("two", 3));
        CHECK(bench.run({"capture", path, "--json"}).json()["updated"].integer() == 1);
    }
    REQUIRE_FALSE(std::filesystem::exists(path));
    std::size_t copies = 0;
    for (const auto& entry : std::filesystem::directory_iterator(bench.project() + "/.opentraces/raw"))
        copies += entry.is_regular_file() ? 1 : 0;
    CHECK(copies == 2);
    CHECK(bench.run({"recapture", "--all", "--json"}).json()["unchanged"].integer() == 2);
    REQUIRE(bench.run({"config", "set", "redact"}, "prompt 3 of two\n").exit == 0);
    CHECK(bench.run({"recapture", "--all", "--json"}).json()["updated"].integer() == 1);
}

TEST_CASE("raw: discarding a trace removes the copy of its session") {
    RawBench bench;
    REQUIRE(bench.run({"discard", bench.id(), "--yes"}).exit == 0);
    CHECK(bench.copies().empty());
}

TEST_CASE("raw: the status tells how much there is") {
    RawBench bench;
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(bench.copies().at(0)));
    const auto told = [&] { return bench.run({"status", "--json"}).json()["raw_bytes"].integer(); };
    CHECK(told() == size);
    // What the store has noted is told as long as nothing came to the folder, or went.
    std::ofstream(bench.copies().at(0), std::ios::app) << "longer";
    CHECK(told() == size);
    std::ofstream(bench.project() + "/.opentraces/raw/note") << "of somebody else";
    std::filesystem::last_write_time(bench.project() + "/.opentraces/raw",
                                     std::filesystem::file_time_type::clock::now());
    CHECK(told() == size + 6);
    std::filesystem::remove_all(bench.project() + "/.opentraces/raw");
    CHECK(told() == 0);
}

TEST_CASE("prune: old copies of what is pushed go, and nothing of the inbox") {
    RawBench bench;
    const auto copy = bench.copies().at(0);
    const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 3650);
    std::filesystem::last_write_time(copy, long_ago);
    CHECK(bench.run({"prune"}).out == "Nothing to prune.\n");
    REQUIRE(bench.run({"commit", "--all"}).exit == 0);
    REQUIRE(bench.run({"push"}).exit == 0);
    REQUIRE(bench.run({"list", "--stage", "pushed", "--json"}).json()["total"].integer() == 1);
    const json::Value plan = bench.run({"prune", "--dry-run", "--json"}).json();
    CHECK(plan["plan"]["raw_copies"]["files"].integer() == 1);
    CHECK_FALSE(plan["removed"].bool_or(true));
    CHECK(bench.copies().size() == 1);
    CHECK(bench.run({"prune"}).exit == 2);  // nobody there to ask
    BufferTerminal terminal("n\n", true);
    CHECK(bench.run_at(terminal, {"prune"}).exit == 130);
    CHECK(bench.copies().size() == 1);
    CHECK(bench.run({"prune", "--yes", "--json"}).json()["removed"].bool_or(false));
    CHECK(bench.copies().empty());
}

TEST_CASE("prune: copies of sessions without a trace go, and files that are not ours stay") {
    RawBench bench;
    const std::string folder = bench.project() + "/.opentraces/";
    const std::string foreign = folder + "raw/notes.txt";
    std::ofstream(foreign) << "mine";
    std::filesystem::create_directories(folder + "downloads");
    const std::string download = folder + "downloads/" + std::string(64, 'a') + ".download";
    std::ofstream(download) << "shard";
    std::ofstream(folder + "downloads/mine.txt") << "mine";
    const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 3650);
    for (const std::string& path : {foreign, download, folder + "downloads/mine.txt"})
        std::filesystem::last_write_time(path, long_ago);
    std::filesystem::copy_file(
        bench.copies().at(0).extension() == ".zst" ? bench.copies().at(0) : bench.copies().at(1),
        folder + "raw/" + std::string(32, 'b') + ".zst");
    for (const char* name : {"store.db", "store.db-wal", "store.db-shm", "traces"})
        std::filesystem::remove_all(folder + name);
    const json::Value answer = bench.run({"prune", "--yes", "--json"}).json();
    CHECK(answer["plan"]["raw_copies"]["files"].integer() == 2);
    CHECK(answer["plan"]["downloads"]["files"].integer() == 1);
    CHECK(std::filesystem::exists(foreign));
    CHECK(std::filesystem::exists(folder + "downloads/mine.txt"));
    CHECK_FALSE(std::filesystem::exists(download));
}
