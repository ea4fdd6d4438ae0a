// Scores as users and scripts ask for them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

std::string golden_line(const std::string& name) {
    const json::Value golden =
        json::parse(Workbench::read(std::filesystem::path(opentraces::testing::source_folder()) /
                                    "tests/fixtures/golden/quality" / (name + ".json")));
    return json::to_compact(golden["record"]) + "\n";
}

double number(const json::Value& value) {
    REQUIRE(value.if_number() != nullptr);
    return value.if_number()->as_double();
}

std::vector<std::string> keys(const json::Value& value) {
    std::vector<std::string> names;
    for (const json::Member& member : *value.if_object())
        names.push_back(member.first);
    return names;
}

void initialise(Workbench& bench) {
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--private", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.expect(0, {"commit", "--all", "-m", "one"});
}

}  // namespace

TEST_CASE("assess --input gives the object that scripts rely on") {
    Workbench bench;
    bench.set("OPENTRACES_NOW", "2026-01-31T10:00:00Z");
    const std::string lines = golden_line("w1-full") + golden_line("w2-question-only");
    const json::Value answer = bench.expect(0, {"assess", "--input", "-", "--json"}, lines).json();
    CHECK(keys(answer) == std::vector<std::string>{"status", "rubric", "mode", "trace_count", "quality",
                                                   "gate", "dataset", "comparison", "failed", "failures"});
    CHECK(answer["rubric"].string_or() == "0.2");
    CHECK(answer["mode"].string_or() == "deterministic");
    CHECK(answer["trace_count"].integer() == 2);
    CHECK(answer["failures"].if_array()->empty());
    CHECK(keys(answer["quality"]) ==
          std::vector<std::string>{"scorer_version", "scoring_mode", "assessed_at", "trace_count",
                                   "persona_scores", "overall_utility", "gate_status", "gate_failures"});
    CHECK(answer["quality"]["assessed_at"].string_or() == "2026-01-31T10:00:00+00:00");
    CHECK(keys(answer["gate"]) == std::vector<std::string>{"passed", "reasons"});
}

TEST_CASE("assess --checks tells every check of every trace") {
    Workbench bench;
    bench.set("USER", "alice");
    const json::Value answer =
        bench.expect(0, {"assess", "--input", "-", "--checks", "--json"}, golden_line("w3-runtime")).json();
    const json::Value& assessment = answer["assessments"].at(0);
    CHECK(number(assessment["overall_utility"]) == 75.1);
    CHECK(number(assessment["personas"]["training"]["total_score"]) == 57.9);
    const json::Value& check = assessment["personas"]["training"]["checks"].at(1);
    CHECK(keys(check) == std::vector<std::string>{"id", "name", "category", "weight", "score", "passed",
                                                  "skipped", "evidence", "note"});
    CHECK(check["id"].string_or() == "T2");
    CHECK(number(check["score"]) == 0.5);
    const json::Value one =
        bench
            .expect(0, {"assess", "--input", "-", "--checks", "--persona", "rl", "--json"},
                    golden_line("w3-runtime"))
            .json();
    CHECK(keys(one["assessments"].at(0)["personas"]) == std::vector<std::string>{"rl"});
    CHECK(keys(one["quality"]["persona_scores"]) == std::vector<std::string>{"rl"});
}

TEST_CASE("a gate with nothing to score does not pass, and says why") {
    Workbench bench;
    const RunResult result = bench.expect(8, {"assess", "--input", "-", "--gate", "--json"}, "");
    CHECK(result.json()["error"]["code"].string_or() == "GATE_FAILED");
    CHECK(result.json()["gate"]["passed"] == json::Value(false));
    CHECK(result.json()["gate"]["reasons"].at(0).string_or() == "there is nothing to score");
    bench.expect(0, {"assess", "--input", "-", "--json"}, "");
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
    CHECK(bench.expect(8, {"assess", "--gate"}).out.find("there is nothing to score") != std::string::npos);
    bench.expect(0, {"assess"});
}

TEST_CASE("lines that are no TraceRecord are reported and make the exit status 8") {
    Workbench bench;
    bench.write(bench.project() / "part.jsonl", golden_line("w1-full") + "\n{\"trace_id\":1}\nnot JSON\n");
    const RunResult result = bench.expect(8, {"assess", "--input", "part.jsonl", "--json"});
    const json::Value answer = result.json();
    CHECK(answer["status"].string_or() == "error");
    CHECK(answer["trace_count"].integer() == 1);
    REQUIRE(answer["failures"].if_array()->size() == 2);
    CHECK(answer["failures"].at(0)["path"].string_or() == "part.jsonl");
    CHECK(answer["failures"].at(0)["line"].integer() == 3);
    CHECK(answer["failures"].at(1)["line"].integer() == 4);
    bench.expect(0, {"assess", "--input", "part.jsonl", "--keep-going", "--json"});
}

TEST_CASE("the gate decides the exit status when it is asked") {
    Workbench bench;
    const std::string line = golden_line("w3-runtime");
    const json::Value lenient = bench.expect(0, {"assess", "--input", "-", "--json"}, line).json();
    CHECK(lenient["gate"]["passed"].bool_or(true) == false);
    bench.expect(8, {"assess", "--input", "-", "--gate", "--json"}, line);
    bench.write(
        bench.project() / "low.json",
        R"({"conformance":{"individual":0,"average":0},"analytics":{"individual":null,"average":10}})");
    bench.expect(0, {"assess", "--input", "-", "--gate", "--thresholds", "low.json", "--json"}, line);
    bench.write(bench.project() / "bad.json", R"({"analytic":{}})");
    bench.expect(3, {"assess", "--input", "-", "--thresholds", "bad.json", "--json"}, line);
}

TEST_CASE("partial results add up to the whole, in any order") {
    Workbench bench;
    bench.set("OPENTRACES_NOW", "2026-01-31T10:00:00Z");
    const std::vector<std::string> names{"w1-full", "w2-question-only", "w3-runtime"};
    std::string all;
    for (const std::string& name : names) {
        all += golden_line(name);
        bench.write(bench.project() / (name + ".jsonl"), golden_line(name));
        bench.expect(0, {"assess", "--input", name + ".jsonl", "--partial", name + ".scores", "--json"});
    }
    const std::string whole = bench.expect(0, {"assess", "--input", "-", "--json"}, all).out;
    std::vector<std::string> order{"w1-full.scores", "w2-question-only.scores", "w3-runtime.scores"};
    do {
        CHECK(bench.expect(0, {"assess", "--merge", order[0], order[1], order[2], "--json"}).out == whole);
    } while (std::next_permutation(order.begin(), order.end()));
    bench.expect(0, {"assess", "--merge", order[0], order[1], "--partial", "two.scores", "--json"});
    CHECK(bench.expect(0, {"assess", "--merge", "two.scores", order[2], "--json"}).out == whole);
    bench.write(bench.project() / "no.scores", "{}");
    bench.expect(5, {"assess", "--merge", "no.scores", "--json"});
}

TEST_CASE("the stricter rubric has checks of its own") {
    Workbench bench;
    const json::Value answer =
        bench
            .expect(0, {"assess", "--input", "-", "--rubric", "1", "--checks", "--json"},
                    golden_line("w1-full"))
            .json();
    CHECK(answer["rubric"].string_or() == "1");
    CHECK(answer["quality"]["scorer_version"].string_or() == "opentraces-rubric-1");
    CHECK(answer["assessments"].at(0)["personas"]["conformance"]["checks"].at(0)["id"].string_or() == "S1");
}

TEST_CASE("the report is Markdown and the table is for people") {
    Workbench bench;
    const RunResult result =
        bench.expect(0, {"assess", "--input", "-", "--report", "report.md"}, golden_line("w3-runtime"));
    CHECK(result.out.find("What would help most") != std::string::npos);
    CHECK(result.out.find("Lowest traces") != std::string::npos);
    const std::string report = Workbench::read(bench.project() / "report.md");
    CHECK(report.starts_with("# Trace Quality Assessment Report"));
    CHECK(report.find("FAIL: T2: Tool call/observation pairing") != std::string::npos);
}

TEST_CASE("committed traces of a project are scored, and a dataset incrementally") {
    Workbench bench;
    initialise(bench);
    CHECK(bench.expect(0, {"assess", "--json"}).json()["trace_count"].integer() == 1);
    bench.expect(0, {"push"});
    CHECK(bench.expect(0, {"assess", "--json"}).json()["trace_count"].integer() == 0);
    const json::Value dry =
        bench.expect(0, {"assess", "--dataset", "./dataset", "--dry-run", "--json"}).json();
    CHECK(dry["trace_count"].integer() == 1);
    CHECK_FALSE(std::filesystem::exists(bench.project() / "dataset/quality.json"));
    const json::Value first = bench.expect(0, {"assess", "--dataset", "./dataset", "--json"}).json();
    const json::Value published = json::parse(Workbench::read(bench.project() / "dataset/quality.json"));
    CHECK(published == first["quality"]);
    const json::Value second =
        bench.expect(0, {"assess", "--dataset", "./dataset", "--compare-remote", "--dry-run", "--json"})
            .json();
    CHECK(second["dataset"]["shards_read"].integer() == 0);
    CHECK(second["comparison"]["published"].bool_or(false));
    CHECK(number(second["comparison"]["personas"]["training"]["delta"]) == 0);
    bench.expect(2, {"assess", "--dataset", "./dataset", "--rubric", "1", "--json"});
    bench.expect(0, {"assess", "--dataset", "./dataset", "--rubric", "1", "--dry-run", "--json"});
}

TEST_CASE("push --assess brings the scores with the traces, and the gate stops it before") {
    Workbench bench;
    initialise(bench);
    bench.write(bench.project() / "high.json", R"({"training":{"average":100}})");
    const RunResult stopped =
        bench.expect(8, {"push", "--assess", "--gate", "--thresholds", "high.json", "--json"});
    CHECK(stopped.json()["error"]["code"].string_or() == "GATE_FAILED");
    CHECK_FALSE(std::filesystem::exists(bench.project() / "dataset/data"));
    const json::Value pushed = bench.expect(0, {"push", "--assess", "--json"}).json();
    const json::Value published = json::parse(Workbench::read(bench.project() / "dataset/quality.json"));
    CHECK(published == pushed["quality"]);
    CHECK(published["trace_count"].integer() == 1);
    const std::string card = Workbench::read(bench.project() / "dataset/README.md");
    CHECK(card.find("conformance_score") != std::string::npos);
}

TEST_CASE("contradicting sources are refused") {
    Workbench bench;
    bench.expect(2, {"assess", "--input", "-", "--dataset", "./dataset", "--json"});
    bench.expect(2, {"assess", "--merge", "a", "--checks", "--json"});
    bench.expect(2, {"assess", "--persona", "nobody", "--json"});
    bench.expect(6, {"assess", "--input", "missing.jsonl", "--json"});
    bench.expect(3, {"assess", "--json"});
}

TEST_CASE("the ways to spread the work that docs/scale.md shows") {
    Workbench bench;
    for (const char* name : {"w1-full", "w2-question-only", "w3-runtime"})
        bench.write(bench.project() / "data" / (std::string(name) + ".jsonl"), golden_line(name));
    const std::string program = opentraces::testing::program_to_test();
    const std::string folder = bench.project().string();
    const auto shell = [&](const std::string& script) {
        return std::system(("cd '" + folder + "' && " + script).c_str());
    };
    REQUIRE(shell("find data -name '*.jsonl' -print0 | xargs -0 -P 2 -I{} " + program +
                  " assess --input {} --partial {}.scores --quiet > /dev/null") == 0);
    REQUIRE(shell("mkdir scores; ls data/*.jsonl > shards.txt; for SLURM_ARRAY_TASK_ID in 0 1 2; do "
                  "SHARD=$(sed -n \"$((SLURM_ARRAY_TASK_ID + 1))p\" shards.txt); " +
                  program +
                  " assess --input \"$SHARD\" --partial \"scores/$SLURM_ARRAY_TASK_ID.scores\" "
                  "--quiet > /dev/null; done") == 0);
    REQUIRE(shell("mkdir piped; for part in data/*.jsonl; do cat $part | sh -c '" + program +
                  " assess --input - --partial piped/$(cat /proc/sys/kernel/random/uuid).scores --quiet > "
                  "/dev/null'; done") == 0);
    REQUIRE(shell(program + " assess --merge data/*.scores --partial a > /dev/null && " + program +
                  " assess --merge scores/*.scores --partial b > /dev/null && " + program +
                  " assess --merge piped/*.scores --partial c > /dev/null && cmp a b && cmp a c") == 0);
}
