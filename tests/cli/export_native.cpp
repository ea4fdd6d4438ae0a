// Native sessions, rows and pages through the real binary.
#include <algorithm>
#include <filesystem>
#include <set>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;
namespace stdfs = std::filesystem;

namespace {

std::string worked_line() {
    const stdfs::path path =
        stdfs::path(opentraces::testing::source_folder()) / "tests/fixtures/export/worked/trace-record.json";
    return json::to_compact(json::parse(Workbench::read(path))) + "\n";
}

std::set<std::string> names_in(const stdfs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : stdfs::directory_iterator(folder))
        names.insert(entry.path().filename());
    return names;
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("export of native sessions and pages makes a file for each run or trace") {
    Workbench bench;
    bench.work_in(bench.home());
    bench.write(bench.path("in.jsonl"), worked_line());
    const auto files = [&](const std::string& format) {
        const std::string folder = bench.path(format).string() + "/";
        bench.expect(0, {"export", "--format", format, "--input", bench.path("in.jsonl"), "-o", folder});
        return names_in(folder);
    };
    for (const char* format : {"sts", "pi"})
        CHECK(files(format) == Names{"demo-session-01.jsonl", "demo-session-01.agent-7f3c.jsonl"});
    CHECK(files("html") == Names{"demo-session-01.html"});
    CHECK(files("markdown") == Names{"demo-session-01.md"});
    CHECK(files("steps") == Names{"demo-session-01.steps.jsonl"});
    const std::string first = Workbench::read(bench.path("sts") / "demo-session-01.jsonl");
    files("sts");
    CHECK(Workbench::read(bench.path("sts") / "demo-session-01.jsonl") == first);
}

TEST_CASE("export of a session with sub-agents to one file is refused, and leaves no file") {
    Workbench bench;
    bench.write(bench.path("in.jsonl"), worked_line());
    const std::string target = bench.path("one.jsonl");
    const RunResult refused =
        bench.run({"export", "--format", "sts", "--input", bench.path("in.jsonl"), "-o", target});
    CHECK(refused.exit == 2);
    CHECK(refused.err.find("-o FOLDER/") != std::string::npos);
    CHECK_FALSE(stdfs::exists(target));
    const RunResult main_run = bench.expect(0, {"export", "--format", "sts", "--no-subagents", "--harness",
                                                "x", "--input", bench.path("in.jsonl"), "-o", "-"});
    CHECK(main_run.out.starts_with(R"({"type":"session","harness":"x","id":"demo-session-01",)"));
    CHECK(std::count(main_run.out.begin(), main_run.out.end(), '\n') == 11);
}

TEST_CASE("export of steps as CSV writes one header for a file, and one for each file of a folder") {
    Workbench bench;
    bench.write(bench.path("in.jsonl"), worked_line() + worked_line());
    const RunResult all = bench.expect(
        0, {"export", "--format", "steps", "--steps-as", "csv", "--input", bench.path("in.jsonl")});
    CHECK(all.out.starts_with("trace_id,session_id,step,"));
    CHECK(all.out.find("\r\ntrace_id,") == std::string::npos);
    const std::string folder = bench.path("out").string() + "/";
    bench.expect(0, {"export", "--format", "steps", "--steps-as", "csv", "--input", bench.path("in.jsonl"),
                     "-o", folder});
    CHECK(names_in(folder) == Names{"demo-session-01.steps.csv", "demo-session-01~2.steps.csv"});
    for (const auto& name : names_in(folder))
        CHECK(Workbench::read(bench.path("out") / name).starts_with("trace_id,"));
    const RunResult wrong =
        bench.run({"export", "--format", "steps", "--steps-as", "xls", "--input", bench.path("in.jsonl")});
    CHECK(wrong.exit == 2);
    CHECK(wrong.err.find("jsonl or csv") != std::string::npos);
    CHECK(bench.run({"export", "--format", "html", "--steps-as", "csv", "--input", bench.path("in.jsonl")})
              .exit == 2);
}

TEST_CASE("export lists native formats with what they keep") {
    Workbench bench;
    const json::Value list = bench.expect(0, {"export", "--list", "--json"}).json();
    Names names;
    for (const json::Value& format : *list["formats"].if_array())
        names.insert(std::string(format["name"].string_or()));
    for (const char* name : {"sts", "pi", "steps", "markdown", "html"})
        CHECK(names.contains(name));
    bench.write(bench.path("in.jsonl"), worked_line());
    const RunResult dry =
        bench.expect(0, {"export", "--format", "pi", "--dry-run", "--input", bench.path("in.jsonl")});
    CHECK(dry.out.find("outcome             dropped") != std::string::npos);
}
