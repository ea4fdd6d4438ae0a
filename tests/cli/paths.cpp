// Where the program is started, and what users and folders name: homes, deep and deleted folders, links,
// pipes.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "catch.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;
namespace stdfs = std::filesystem;

namespace {

std::string code_of(const RunResult& result) {
    return std::string(result.json()["error"]["code"].string_or());
}

// Started in a folder that is gone.
RunResult run_nowhere(const Workbench& bench, const std::string& arguments) {
    const std::string gone = bench.path("gone").string();
    stdfs::create_directories(gone);
    const std::string command = "cd " + gone + " && rmdir " + gone + " && HOME=" + bench.home().string() +
                                " OPENTRACES_HOME= exec " + testing::program_to_test() + " " + arguments +
                                " 2>/dev/null";
    FILE* const program = ::popen(command.c_str(), "r");
    REQUIRE(program != nullptr);
    RunResult result;
    for (int c = std::fgetc(program); c != EOF; c = std::fgetc(program))
        result.out += static_cast<char>(c);
    const int status = ::pclose(program);
    result.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return result;
}

void without_home(Workbench& bench) {
    for (const char* name : {"HOME", "OPENTRACES_HOME", "HF_HOME", "XDG_CACHE_HOME"})
        bench.unset(name);
}

}  // namespace

TEST_CASE("without HOME: what needs the user's folder says so, and the working folder stays as it is") {
    Workbench bench;
    without_home(bench);
    for (const std::vector<std::string>& command : {std::vector<std::string>{"init", "--json"},
                                                    {"status", "--json"},
                                                    {"capture", "--json"},
                                                    {"parse", testing::fixture_session(), "--json"},
                                                    {"login", "--token-stdin", "--json"},
                                                    {"config", "set", "--user", "exclude", "/x", "--json"}}) {
        INFO(command.front());
        const RunResult result = bench.run(command, "hf_nothing\n");
        INFO(result.out << result.err);
        CHECK(result.exit == 3);
        CHECK(code_of(result) == "CONFIG_INVALID");
        CHECK(result.out.find("OPENTRACES_HOME") != std::string::npos);
        CHECK(stdfs::is_empty(bench.project()));
    }
    bench.set("HOME", ".");
    CHECK(code_of(bench.expect(3, {"status", "--json"})) == "CONFIG_INVALID");
}

TEST_CASE("without HOME: what needs no home works, and OPENTRACES_HOME suffices") {
    Workbench bench;
    without_home(bench);
    bench.expect(0, {"--version"});
    bench.expect(0, {"export", "--list"});
    bench.expect(0, {"scan", "-"}, "nothing to see\n");
    const std::string dataset = bench.path("dataset").string();
    bench.set("OPENTRACES_HOME", bench.path("own").string());
    bench.set("CLAUDE_CONFIG_DIR", bench.path("claude").string());
    bench.expect(0, {"init", "--no-hook", "--remote", dataset, "--review-policy", "auto"});
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.expect(0, {"push"});
    CHECK(stdfs::exists(bench.path("own/pseudonym.key")));
    bench.unset("OPENTRACES_HOME");
    bench.work_in(bench.path("tmp"));
    bench.expect(0,
                 {"export", "--dataset", dataset, "--format", "atif", "-o", bench.path("out.json").string()});
    bench.expect(0, {"pull", dataset, "-o", bench.path("pulled").string()});
    CHECK(stdfs::is_empty(bench.path("tmp")));
}

TEST_CASE("a working folder that was deleted is an error for what needs it, not the root folder") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    CHECK(code_of(run_nowhere(bench, "status --json")) == "NOT_FOUND");
    CHECK(code_of(run_nowhere(bench, "init --json")) == "NOT_FOUND");
    CHECK(run_nowhere(bench, "scan relative").exit == 6);
    CHECK(code_of(run_nowhere(bench, "-C relative status --json")) == "NOT_FOUND");
    CHECK(run_nowhere(bench, "--version").exit == 0);
    CHECK(run_nowhere(bench, "export --list").exit == 0);
    CHECK(run_nowhere(bench, "scan " + testing::fixture_session()).exit != 6);
    CHECK(run_nowhere(bench, "-C " + bench.project().string() + " status").exit == 0);
}

TEST_CASE("paths that a user types mean what the system means, behind links too") {
    Workbench bench;
    stdfs::create_directories(bench.path("real/deep"));
    stdfs::create_directory_symlink(bench.path("real/deep"), bench.project() / "link");
    bench.write(bench.path("real/session.jsonl"), Workbench::read(testing::fixture_session()));
    bench.expect(0, {"parse", "link/../session.jsonl"});
    bench.expect(0, {"-C", "link/../deep/../../project", "init", "--no-hook"});
    bench.expect(0, {"capture", "link/../session.jsonl"});
    bench.expect(0, {"export", "--all", "--format", "atif", "-o", "link/../out.json"});
    CHECK(stdfs::exists(bench.path("real/out.json")));
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"remote", "set", "./link/../dataset"});
    bench.expect(0, {"push"});
    CHECK(stdfs::exists(bench.path("real/dataset/README.md")));
    bench.expect(0, {"pull", "./link/../dataset", "-o", "link/../pulled"});
    CHECK(stdfs::exists(bench.path("real/pulled/data")));
}

TEST_CASE("pipes, devices and loops of links are refused at once, wherever a path is named") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    const std::string pipe = (bench.project() / "pipe.jsonl").string();
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    stdfs::create_symlink("loop.jsonl", bench.project() / "loop.jsonl");
    for (const std::string& path :
         {pipe, std::string("/dev/null"), std::string("/dev/zero"), std::string("loop.jsonl")}) {
        for (std::vector<std::string> command : {std::vector<std::string>{"parse"},
                                                 {"scan"},
                                                 {"validate"},
                                                 {"capture"},
                                                 {"import", "--dry-run"},
                                                 {"export", "--format", "atif", "--input"},
                                                 {"assess", "--input"},
                                                 {"assess", "--thresholds"}}) {
            command.push_back(path);
            command.emplace_back("--json");
            const RunResult result = bench.run(command);
            INFO(command.front() << " " << path << "\n" << result.out << result.err);
            CHECK(result.exit != 0);
            CHECK(result.exit < 126);
            const std::string said = result.out + result.err;
            const auto says = [&](const char* what) { return said.find(what) != std::string::npos; };
            CHECK(says(path == "loop.jsonl" ? "symbolic links" : "not a regular file"));
        }
    }
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"export", "--all", "--format", "atif", "--json", "-o", "/dev/null"},
          {"export", "--all", "--format", "atif", "-o", "out.json", "--json", "--report", "/dev/null"},
          {"assess", "--json", "--report", "/dev/null"}}) {
        INFO(command.front());
        CHECK(code_of(bench.run(command)) == "UNSAFE_PATH");
    }
    CHECK(stdfs::is_character_file("/dev/null"));
}

TEST_CASE("a session may be named through a link, without an ending too") {
    Workbench bench;
    const std::string link = bench.path("named").string();
    stdfs::create_symlink(testing::fixture_session(), link);
    const RunResult parsed = bench.expect(0, {"parse", link});
    INFO(parsed.err);
    CHECK(parsed.err.find("not read") == std::string::npos);
}

TEST_CASE("a name that is no UTF-8 is refused where settings would hold it") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook", "--remote", "./dataset"});
    const std::string config = Workbench::read(bench.project() / ".opentraces/config.json");
    const std::string name = "no\xFFtext";
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"remote", "set", "./" + name, "--json"},
          {"remote", "add", name, "./other", "--json"},
          {"config", "set", "--user", "redact", "--json"}}) {
        INFO(command[0] << " " << command[1]);
        CHECK(code_of(bench.expect(2, command, name + "\n")) == "BAD_OPTION");
        CHECK(Workbench::read(bench.project() / ".opentraces/config.json") == config);
        bench.expect(0, {"config", "list"});
    }
}

TEST_CASE("standard input can be read by its name") {
    Workbench bench;
    const std::string session = Workbench::read(testing::fixture_session());
    CHECK(bench.run({"scan", "/dev/stdin"}, "nothing to see\n").exit == 0);
    CHECK(bench.run({"scan", "/dev/fd/0"}, "nothing to see\n").exit == 0);
    CHECK(bench.run({"scan", "/proc/self/fd/0"}, "nothing to see\n").exit == 0);
    CHECK(bench.expect(0, {"parse", "/dev/stdin"}, session).out ==
          bench.expect(0, {"parse", "-"}, session).out);
    for (const std::string name : {"-", "/dev/stdin"})
        CHECK(code_of(bench.expect(2, {"parse", name, name, "--json"}, session)) == "BAD_OPTION");
    // Only what can be read twice is captured.
    bench.expect(0, {"init", "--no-hook"});
    const RunResult captured = bench.expect(5, {"capture", "/dev/stdin"}, session);
    CHECK(captured.err.find("not a regular file") != std::string::npos);
}

TEST_CASE("output is not written through another user's link in a folder that all share") {
    if (::geteuid() != 0) {
        WARN("only root can make another user's link");
        return;
    }
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    stdfs::create_directories(bench.path("shared"));
    stdfs::permissions(bench.path("shared"), static_cast<stdfs::perms>(01777));
    bench.write(bench.path("mine"), "mine");
    const std::string link = bench.path("shared/out.json").string();
    stdfs::create_symlink(bench.path("mine"), link);
    REQUIRE(::lchown(link.c_str(), 12345, 12345) == 0);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"export", "--all", "--format", "atif", "--json", "-o", link},
          {"export", "--all", "--format", "atif", "-o", "out.json", "--json", "--report", link},
          {"assess", "--json", "--report", link}}) {
        INFO(command.front());
        CHECK(code_of(bench.run(command)) == "UNSAFE_PATH");
        CHECK(Workbench::read(bench.path("mine")) == "mine");
    }
}

TEST_CASE("a project may lie deeper than most programs can go") {
    Workbench bench;
    stdfs::path deep = bench.project();
    while (deep.string().size() < 3400)
        deep /= std::string(150, 'd');
    stdfs::create_directories(deep);
    bench.work_in(deep);
    bench.expect(0, {"init", "--no-hook", "--remote", "./dataset", "--review-policy", "auto"});
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.expect(0, {"push"});
    bench.expect(0, {"verify"});
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);
    bench.expect(0, {"remove", "--yes"});
    CHECK_FALSE(stdfs::exists(deep / ".opentraces"));
}
