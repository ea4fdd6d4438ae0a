// The export command on files, projects, folders and pipes.
#include <algorithm>
#include <filesystem>

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

std::size_t entries(const stdfs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(stdfs::directory_iterator(folder), stdfs::directory_iterator()));
}

}  // namespace

TEST_CASE("export reads standard input and writes standard output, without a project") {
    Workbench bench;
    bench.work_in(bench.home());
    const RunResult result = bench.run({"export", "--format", "atif", "--input", "-"}, worked_line());
    CHECK(result.exit == 0);
    CHECK(result.json()["schema_version"].string_or() == "ATIF-v1.7");
    CHECK(result.err.find("1 of 1 record as atif: 1 document") != std::string::npos);
}

TEST_CASE("export says with --json on standard error what became of every line") {
    Workbench bench;
    bench.write(bench.path("in.jsonl"), worked_line() + "{}\n\nnot json\n" + worked_line());
    const RunResult result =
        bench.run({"export", "--format", "atif", "--input", bench.path("in.jsonl"), "--json"});
    CHECK(result.exit == 8);
    const json::Value answer = json::parse(result.err);
    CHECK(answer["status"].string_or() == "error");
    CHECK(answer["written"].integer() == 2);
    CHECK(answer["broken_lines"].integer() == 2);
    CHECK(answer["failures"].at(0)["line"].integer() == 2);
    CHECK(answer["failures"].at(1)["line"].integer() == 4);
    CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 2);
    CHECK(bench.run({"export", "--format", "atif", "--input", bench.path("in.jsonl"), "--keep-going"}).exit ==
          0);
}

TEST_CASE("export to a folder makes a file for each trace and never overwrites its own") {
    Workbench bench;
    bench.write(bench.path("in.jsonl"), worked_line() + worked_line());
    const stdfs::path folder = bench.path("out");
    const RunResult result = bench.run({"export", "--format", "atif", "--input", bench.path("in.jsonl"), "-o",
                                        folder, "--split-by", "trace", "--json"});
    CHECK(result.exit == 0);
    CHECK(result.json()["documents"].integer() == 2);
    CHECK(stdfs::exists(folder / "demo-session-01.trajectory.json"));
    CHECK(stdfs::exists(folder / "demo-session-01~2.trajectory.json"));
    CHECK(entries(folder) == 2);
}

TEST_CASE("export leaves nothing under the final name when there is nothing to write or no place") {
    Workbench bench;
    bench.write(bench.path("broken.jsonl"), "{}\n");
    bench.write(bench.path("empty.jsonl"), "\n");
    const stdfs::path out = bench.path("out.jsonl");
    const auto run = [&](const std::string& input, const std::string& output) {
        return bench.run({"export", "--format", "atif", "--input", input, "-o", output});
    };
    CHECK(run(bench.path("broken.jsonl"), out).exit == 8);
    CHECK(run(bench.path("empty.jsonl"), out).exit == 6);
    CHECK(run(bench.path("missing.jsonl"), out).exit == 6);
    CHECK_FALSE(stdfs::exists(out));
    CHECK(run(bench.path("broken.jsonl"), bench.path("no/such/folder/out.jsonl")).exit == 6);
    for (const auto& entry : stdfs::directory_iterator(bench.path("")))
        CHECK(entry.path().filename().string().find("out.jsonl") == std::string::npos);
}

TEST_CASE("export refuses what cannot be meant") {
    Workbench bench;
    const RunResult unknown = bench.run({"export", "--format", "docx", "--input", "-"}, worked_line());
    CHECK(unknown.exit == 2);
    CHECK(unknown.err.find("atif") != std::string::npos);
    CHECK(bench.run({"export", "--input", "-"}, worked_line()).exit == 2);
    CHECK(bench.run({"export", "--format", "atif", "--input", "-", "--all"}, worked_line()).exit == 2);
    CHECK(bench.run({"export", "--format", "atif", "--input", "-", "--split-by", "trace"}, worked_line())
              .exit == 2);
    CHECK(bench.run({"export", "--format", "atif", "--format-version", "9", "--input", "-"}, worked_line())
              .exit == 2);
}

TEST_CASE("export writes committed traces of the project, the inbox only when asked") {
    Workbench bench;
    bench.expect(0, {"init"});
    bench.expect(0, {"capture", testing::fixture_session()});
    CHECK(bench.run({"export", "--format", "atif"}).exit == 6);
    CHECK(bench.expect(0, {"export", "--format", "atif", "--all"}).out.find("ATIF") != std::string::npos);
    CHECK(bench.expect(0, {"export", "--format", "atif", "--stage", "inbox", "-q"}).err.empty());
    const std::string id =
        bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or().data();
    bench.expect(0, {"commit", "--all"});
    const std::string all = bench.expect(0, {"export", "--format", "atif"}).out;
    CHECK(bench.expect(0, {"export", "--format", "atif", id.substr(0, 8)}).out == all);
}

TEST_CASE("export writes every trace of a dataset folder") {
    Workbench bench;
    bench.expect(0, {"init"});
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push", "--repo", "./dataset"});
    const std::string stored = bench.expect(0, {"export", "--format", "atif"}).out;
    CHECK(bench.expect(0, {"export", "--format", "atif", "--dataset", "./dataset"}).out == stored);
    CHECK(bench.run({"export", "--format", "atif", "--dataset", "./nothing"}).exit == 6);
}

TEST_CASE("export shows before and after what a format keeps") {
    Workbench bench;
    const json::Value list = bench.expect(0, {"export", "--list", "--json"}).json();
    CHECK(list["formats"].at(0)["coverage"].at(0)["group"].string_or() == "schema_version");
    CHECK(bench.expect(0, {"export", "--list"}).out.find("reasoning_content") != std::string::npos);
    const RunResult dry =
        bench.expect(0, {"export", "--format", "atif", "--input", "-", "--dry-run"}, worked_line());
    CHECK(dry.out.find("errors") != std::string::npos);
    const stdfs::path report = bench.path("report.json");
    bench.expect(0, {"export", "--format", "atif", "--input", "-", "--report", report}, worked_line());
    const json::Value written = json::parse(Workbench::read(report));
    CHECK(written["format"].string_or() == "atif");
    CHECK(written["coverage"].at(13)["values"].integer() == 6);
}
