// Folders that somebody else has filled: what is no ordinary file is left out with a count, and nothing is
// read through a link.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

namespace stdfs = std::filesystem;

void make_socket(const stdfs::path& path) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(socket);
}

// A folder with one session and everything that a walk can stumble over.
struct Trap {
    Workbench bench;
    stdfs::path folder = bench.path("t");

    Trap() {
        stdfs::create_directories(folder / "sub");
        stdfs::copy_file(fixture_session(), folder / "sub" / stdfs::path(fixture_session()).filename());
        stdfs::create_directory_symlink("..", folder / "sub" / "up");
        stdfs::create_directory_symlink(".", folder / "self");
        stdfs::create_directory_symlink("/", folder / "root");
        REQUIRE(::mkfifo((folder / "pipe.jsonl").c_str(), 0600) == 0);
        make_socket(folder / "s.jsonl");
        bench.write(bench.path("outside/other.jsonl"), Workbench::read(fixture_session()));
        stdfs::create_symlink(bench.path("outside/other.jsonl"), folder / "link.jsonl");
        stdfs::create_symlink("b.jsonl", folder / "a.jsonl");
        stdfs::create_symlink("a.jsonl", folder / "b.jsonl");
    }
};

}  // namespace

TEST_CASE("hostile: a folder of sessions with loops, pipes and sockets") {
    Trap trap;
    const RunResult parsed = trap.bench.expect(0, {"parse", trap.folder});
    CHECK(std::count(parsed.out.begin(), parsed.out.end(), '\n') == 1);
    CHECK(parsed.err.find("6 links not followed") != std::string::npos);
    CHECK(parsed.err.find("2 FIFOs, sockets or devices") != std::string::npos);
    trap.bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--start-fresh"});
    CHECK(trap.bench.expect(0, {"capture", trap.folder, "--json"}).json()["captured"].integer() == 1);
}

TEST_CASE("hostile: a folder of rows with loops, pipes and sockets") {
    Trap trap;
    const RunResult rows = trap.bench.run({"import", trap.folder, "--dry-run", "--parser", "opentraces"});
    CHECK(rows.exit < 128);
    CHECK(rows.err.find("5 links not followed") != std::string::npos);
    CHECK(rows.err.find("2 FIFOs, sockets or devices") != std::string::npos);
}

TEST_CASE("hostile: what is no file is refused at once") {
    Trap trap;
    const std::string fifo = trap.folder / "pipe.jsonl";
    trap.bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--start-fresh"});
    for (const std::string& path : {fifo, (trap.folder / "s.jsonl").string(), std::string("/dev/zero"),
                                    (trap.folder / "a.jsonl").string()}) {
        for (const std::vector<std::string>& command :
             {std::vector<std::string>{"parse", path},
              {"scan", path},
              {"validate", path},
              {"capture", path},
              {"import", path, "--dry-run", "--parser", "opentraces"},
              {"assess", "--input", path},
              {"export", "--format", "atif", "--input", path}}) {
            INFO(command[0] << " " << path);
            const RunResult result = trap.bench.run(command);
            CHECK((result.exit == 5 || result.exit == 6));
        }
    }
}

TEST_CASE("hostile: nothing is followed out of the place of all projects' sessions") {
    Workbench bench;
    const stdfs::path day = bench.home() / ".codex/sessions/2026/01/01";
    stdfs::create_directories(day);
    const std::string rollout =
        R"({"timestamp":"2026-01-01T00:00:00.000Z","type":"session_meta","payload":{"id":"a","cwd":")" +
        bench.project().string() + "\"}}\n";
    bench.write(bench.path("outside/rollout.jsonl"), rollout);
    stdfs::create_symlink(bench.path("outside/rollout.jsonl"), day / "rollout-link.jsonl");
    stdfs::create_directory_symlink(bench.path("outside"), day / "folder");
    REQUIRE(::mkfifo((day / "rollout-pipe.jsonl").c_str(), 0600) == 0);
    bench.expect(0, {"init", "--agent", "codex", "--start-fresh"});
    const RunResult captured = bench.expect(6, {"capture"});
    CHECK(captured.err.find("2 links not followed") != std::string::npos);
    CHECK(captured.err.find("1 FIFO") != std::string::npos);
}

TEST_CASE("hostile: a project does not capture its own traces, nor what git keeps") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--start-fresh"});
    bench.expect(0, {"capture", fixture_session()});
    bench.write(bench.project() / ".git/x.jsonl", Workbench::read(fixture_session()));
    bench.write(bench.project() / ".opentraces-dataset/y.jsonl", Workbench::read(fixture_session()));
    bench.expect(6, {"capture", "."});
    bench.expect(6, {"parse", "."});
}

TEST_CASE("hostile: sub-agents of another session are not taken in") {
    Workbench bench;
    const std::string name = "0a1b2c3d-4e5f-4061-8071-2a3b4c5d6e7f";
    const stdfs::path fixtures = stdfs::path(fixture_session()).parent_path() / "subagents-below";
    const stdfs::path folder = bench.path("s");
    stdfs::copy(fixtures, folder, stdfs::copy_options::recursive);
    const auto steps = [&](std::int64_t foreign) {
        const RunResult result = bench.expect(0, {"parse", folder / (name + ".jsonl"), "--json"});
        CHECK(json::parse(result.err.substr(result.err.find('{')))["foreign_files"].integer() == foreign);
        return json::parse(result.out)["steps"].if_array()->size();
    };
    const std::size_t whole = steps(0);
    const stdfs::path own = folder / name / "subagents";
    const std::string agent = "agent-a0ad4f44468bdf20d";
    const std::string text = Workbench::read(own / (agent + ".jsonl"));

    // A copy of somebody else's, and links to what lies outside.
    std::string other = text;
    for (std::size_t at = other.find(agent); at != std::string::npos; at = other.find(agent, at))
        other.replace(at, agent.size(), "99999999-4e5f-4061-8071-2a3b4c5d6e7f");
    bench.write(own / "agent-planted.jsonl", other);
    bench.write(bench.path("outside/agent-linked.jsonl"), text);
    stdfs::create_symlink(bench.path("outside/agent-linked.jsonl"), own / "agent-linked.jsonl");
    stdfs::create_symlink(bench.path("outside/agent-linked.jsonl"), folder / "agent-beside.jsonl");
    stdfs::rename(own / (agent + ".meta.json"), bench.path("outside/meta.json"));
    stdfs::create_symlink(bench.path("outside/meta.json"), own / (agent + ".meta.json"));
    CHECK(steps(4) == whole);

    // The whole folder as a link.
    stdfs::rename(own, bench.path("outside/subagents"));
    stdfs::create_directory_symlink(bench.path("outside/subagents"), own);
    CHECK(steps(2) < whole);
}
