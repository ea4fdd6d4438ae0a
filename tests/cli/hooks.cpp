// The hook as an agent runs it: quick, quiet, and nothing that it was told of is lost.
#include <sqlite3.h>

#include <chrono>
#include <filesystem>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Running;
using testing::RunResult;
using testing::Workbench;
namespace stdfs = std::filesystem;

namespace {

std::string call_for(const stdfs::path& directory, const std::string& session = testing::fixture_session()) {
    return R"({"session_id":"x","transcript_path":")" + session + R"(","cwd":")" + directory.string() +
           R"(","hook_event_name":"SessionEnd","reason":"exit"})";
}

std::int64_t total(Workbench& bench) {
    return bench.expect(0, {"list", "--json"}).json()["total"].integer().value_or(-1);
}

std::size_t waiting(const Workbench& bench) {
    const stdfs::path queue = bench.project() / ".opentraces/queue";
    std::size_t count = 0;
    if (!stdfs::exists(queue)) return 0;
    for (const auto& file : stdfs::directory_iterator(queue))
        count += file.path().extension() == ".json" ? 1 : 0;
    return count;
}

// Nobody else can write to the store while it lives.
class HeldStore {
public:
    explicit HeldStore(const stdfs::path& database) {
        REQUIRE(sqlite3_open(database.c_str(), &m_database) == SQLITE_OK);
        REQUIRE(sqlite3_exec(m_database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    }
    ~HeldStore() { sqlite3_close(m_database); }
    HeldStore(const HeldStore&) = delete;
    HeldStore& operator=(const HeldStore&) = delete;

private:
    sqlite3* m_database = nullptr;
};

}  // namespace

TEST_CASE("hook: the session that its JSON names is captured into the project of its folder") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh"});
    stdfs::create_directories(bench.project() / "src/deep");
    bench.work_in(bench.home());
    const RunResult result = bench.expect(0, {"capture", "--hook"}, call_for(bench.project() / "src/deep"));
    CHECK(result.out.empty());
    CHECK(result.err.empty());
    bench.work_in(bench.project());
    Running::wait_until([&] { return total(bench) == 1; });
    Running::wait_until([&] { return waiting(bench) == 0; });
    CHECK(Workbench::read(bench.project() / ".opentraces/hook.log").empty());
}

TEST_CASE("hook: while the store is locked the agent does not wait, and the session is captured later") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh"});
    bench.expect(6, {"capture"});  // makes the store
    {
        const HeldStore held(bench.project() / ".opentraces/store.db");
        const auto begin = std::chrono::steady_clock::now();
        bench.expect(0, {"capture", "--hook"}, call_for(bench.project()));
        // 200 ms are promised on a machine with something to spare; here all cores may be busy.
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
        Running::wait_until([&] { return waiting(bench) == 1; });
        // Until its own process has given up: what comes later finds the session in the queue.
        Running::wait_until(
            [&] { return !Workbench::read(bench.project() / ".opentraces/hook.log").empty(); });
        CHECK(waiting(bench) == 1);
    }
    CHECK(total(bench) == 0);
    bench.expect(0, {"capture"});
    CHECK(total(bench) == 1);
    CHECK(waiting(bench) == 0);
}

TEST_CASE("hook: a session of an agent that was not chosen for the project is named, and not captured") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "codex", "--start-fresh", "--no-hook"});
    bench.expect(0, {"capture", "--hook"}, call_for(bench.project()));
    const stdfs::path log = bench.project() / ".opentraces/hook.log";
    Running::wait_until([&] { return !Workbench::read(log).empty(); });
    CHECK(Workbench::read(log).find("a Claude Code session") != std::string::npos);
    Running::wait_until([&] { return waiting(bench) == 0; });
    CHECK(total(bench) == 0);
    // What waits for the project's agents does not go with a search for another one.
    bench.write(bench.project() / ".opentraces/queue/0123456789abcdef.json",
                R"({"session":")" + testing::fixture_session() + "\"}");
    bench.run({"capture", "--agent", "codex"});
    CHECK(waiting(bench) == 1);
    CHECK(total(bench) == 0);
    bench.write(bench.project() / ".opentraces/queue/0123456789abcdef.json",
                R"({"agent":"kimi","id":"one"})");
    const RunResult other = bench.run({"capture"});
    CHECK(other.exit == 6);
    CHECK(other.err.find("not among the agents of this project") != std::string::npos);
    CHECK(waiting(bench) == 0);
}

TEST_CASE("hook: whatever is wrong, the agent is answered with status 0 and nothing") {
    Workbench bench;
    const auto quiet = [&](const std::string& input) {
        INFO(input);
        CHECK(bench.expect(0, {"capture", "--hook"}, input).out.empty());
    };
    quiet(call_for(bench.project()));  // no project
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh"});
    quiet("not json");
    quiet("{}");
    quiet(call_for(bench.project(), "/no/such/session.jsonl"));
    bench.write(bench.project() / ".opentraces/config.json", "{ oops");
    quiet(call_for(bench.project()));
}

TEST_CASE("hook: the command in the settings runs the program by its name, by its path, or nothing") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh"});
    const json::Value settings = json::parse(Workbench::read(bench.project() / ".claude/settings.json"));
    const std::string command(settings["hooks"]["SessionEnd"].at(0)["hooks"].at(0)["command"].string_or());
    bench.write(bench.path("command.sh"), command + "\n");
    bench.write(bench.path("call.json"), call_for(bench.project()));
    const std::string here =
        "sh " + bench.path("command.sh").string() + " < " + bench.path("call.json").string();
    CHECK(bench.shell(here).exit == 0);
    Running::wait_until([&] { return total(bench) == 1; });
    // Without a PATH that leads to it, then with a program that is gone.
    CHECK(bench.shell("PATH=/usr/bin:/bin " + here).exit == 0);
    const std::string gone = "sed 's#/opentraces#/gone#g' " + bench.path("command.sh").string();
    const RunResult nothing = bench.shell(gone + " > ../gone.sh && PATH=/usr/bin:/bin sh ../gone.sh < " +
                                          bench.path("call.json").string());
    CHECK(nothing.exit == 0);
    CHECK(nothing.out.empty());
}

TEST_CASE("hooks: install and uninstall, for the project and for the user") {
    Workbench bench;
    bench.expect(3, {"hooks", "install"});
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh", "--no-hook"});
    const auto condition = [&](std::size_t row) {
        const json::Value answer = bench.expect(0, {"hooks", "status", "--json"}).json();
        return std::string(answer["hooks"].at(row)["condition"].string_or());
    };
    CHECK(condition(0) == "absent");
    CHECK(bench.expect(0, {"hooks", "install", "--json"}).json()["hooks"].at(0)["changed"].bool_or(false));
    CHECK_FALSE(
        bench.expect(0, {"hooks", "install", "--json"}).json()["hooks"].at(0)["changed"].bool_or(true));
    CHECK(condition(0) == "installed");
    CHECK(condition(1) == "absent");
    bench.write(bench.home() / ".claude/settings.json", "{\n  \"model\": \"x\"\n}\n");
    bench.expect(0, {"hooks", "install", "--user"});
    CHECK(condition(1) == "installed");
    bench.expect(0, {"hooks", "uninstall", "--user"});
    CHECK(Workbench::read(bench.home() / ".claude/settings.json") == "{\n  \"model\": \"x\"\n}\n");
    bench.expect(0, {"hooks", "uninstall"});
    CHECK_FALSE(stdfs::exists(bench.project() / ".claude"));
    // And init does not bring it back.
    bench.expect(0, {"init"});
    CHECK(condition(0) == "absent");
}

TEST_CASE("init again mends a hook of an earlier form") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh"});
    const stdfs::path file = bench.project() / ".claude/settings.json";
    const std::string good = Workbench::read(file);
    bench.write(
        file,
        R"({"hooks":{"SessionEnd":[{"hooks":[{"type":"command","command":"/gone/opentraces capture --hook --quiet"}]}]}})");
    CHECK(bench.expect(0, {"init", "--json"}).json()["repaired"].bool_or(false));
    CHECK(Workbench::read(file).find("command -v opentraces") != std::string::npos);
    CHECK_FALSE(bench.expect(0, {"init", "--json"}).json()["repaired"].bool_or(true));
}

TEST_CASE("doctor: a good project is in order, and --repair mends what is not") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh", "--remote", "./dataset"});
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.expect(0, {"doctor", "--offline", "--json"});
    const stdfs::path file = bench.project() / ".claude/settings.json";
    const std::string broken =
        R"({"hooks":{"SessionEnd":[{"hooks":[{"type":"command","command":"/gone/opentraces capture --hook --quiet"}]}]}})";
    bench.write(file, broken);
    const RunResult result = bench.expect(8, {"doctor", "--offline"});
    CHECK(result.out.find("opentraces hooks install --project --agent claude-code") != std::string::npos);
    CHECK(Workbench::read(file) == broken);
    CHECK(bench.expect(0, {"doctor", "--offline", "--repair"}).out.find("written anew") != std::string::npos);
    bench.expect(0, {"doctor", "--offline"});
}
