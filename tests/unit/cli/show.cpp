// What is shown of one trace.
#include "catch.hpp"
#include "cli/outline.hpp"
#include "doubles/trace_bench.hpp"
#include "golden.hpp"

using namespace opentraces;
using testing::BufferTerminal;

namespace {

trace::ToolCall call(const std::string& id, const std::string& tool, const std::string& key,
                     const std::string& value) {
    trace::ToolCall made;
    made.tool_call_id = id;
    made.tool_name = tool;
    made.input.append(key, value);
    return made;
}

trace::Observation result(const std::string& id, const std::string& text, const std::string& error = {}) {
    trace::Observation made;
    made.source_call_id = id;
    made.content = text;
    if (!error.empty()) made.error = error;
    return made;
}

// A session that asks twice, changes two files, fails its tests once, and commits.
trace::TraceRecord session() {
    trace::TraceRecord record =
        testing::sample_record("outlined", "Implement the following plan:\n\n# Count to three");
    record.steps.resize(1);
    trace::Step work;
    work.step_index = 1;
    work.role = trace::Role::Agent;
    work.reasoning_content = "Let me see.";
    work.timestamp = "2026-01-01T10:00:30Z";
    work.token_usage.cache_read_tokens = 70'000;
    work.token_usage.cache_write_tokens = 3'000;
    work.tool_calls = {call("a", "Edit", "file_path", "/home/x/app/src/count.cpp"),
                       call("b", "Bash", "command", "cd build && CI=1 ctest -R count"),
                       call("c", "Write", "file_path", "/home/x/app/broken.txt")};
    work.observations = {result("a", "ok"), result("b", "1 test failed\x1b[2J", "Exit code 8"),
                         result("c", "", "no permission")};
    trace::Step again = testing::sample_record("x", "And now to \u56db").steps.front();
    again.step_index = 2;
    again.timestamp = "2026-01-01T10:30:00Z";
    trace::Step rest;
    rest.step_index = 3;
    rest.role = trace::Role::Agent;
    rest.call_type = trace::CallType::Subagent;
    rest.content = std::string(600, 'x');
    rest.tool_calls = {call("d", "Edit", "file_path", "/home/x/app/src/count.cpp"),
                       call("e", "Bash", "command", "pytest"),
                       call("f", "Bash", "command", "git add . && git commit -m 'Count'\n")};
    rest.observations = {result("d", "ok"), result("e", "passed"), result("f", "[main 0a1b2c3] Count")};
    record.steps.insert(record.steps.end(), {work, again, rest});
    record.outcome.success = true;
    record.outcome.committed = true;
    record.outcome.commit_sha = "0a1b2c3";
    record.metrics.total_duration_s = 3660;
    trace::Attribution attribution;
    attribution.files.push_back({"src/count.cpp", {}});
    attribution.files.push_back({"src/four.cpp", {}});
    record.attribution = std::move(attribution);
    return record;
}

class ShowBench : public testing::TraceBench {
public:
    ShowBench() { stage_record(session()); }

    std::string on_terminal(int columns, bool colours, std::vector<std::string> more) {
        BufferTerminal terminal({}, true);
        terminal.columns = columns;
        terminal.colours = colours;
        more.insert(more.begin(), {"show", "outlined"});
        return run_at(terminal, more).out;
    }
};

}  // namespace

TEST_CASE("show: the whole trace and its outline at 80 and 120 columns, with and without colours") {
    ShowBench bench;
    for (const int columns : {80, 120}) {
        for (const bool colours : {false, true}) {
            const std::string name = "-" + std::to_string(columns) + (colours ? "-colour.txt" : ".txt");
            testing::check_golden("show/whole" + name, bench.on_terminal(columns, colours, {}));
            testing::check_golden("show/outline" + name, bench.on_terminal(columns, colours, {"--outline"}));
        }
    }
}

TEST_CASE("show: the outline for programs") {
    ShowBench bench;
    const json::Value answer = bench.run({"show", "outlined", "--outline", "--json"}).json();
    const json::Value& outline = answer["outline"];
    CHECK(outline["prompts"].if_array()->size() == 2);
    CHECK(outline["prompts"].at(1)["step"].string_or() == "2");
    CHECK(outline["changed_files"].if_array()->size() == 2);
    CHECK(outline["changed_files"].at(0)["changes"].integer() == 2);
    CHECK(outline["changed_files"].at(1)["path"].string_or() == "src/four.cpp");
    CHECK(outline["commits"].if_array()->size() == 1);
    CHECK_FALSE(outline["tests"].at(0)["success"].bool_or(true));
    CHECK(outline["tests"].at(1)["success"].bool_or(false));
    CHECK(answer["trace"].is_null());
}

TEST_CASE("show: Markdown is what the export writes") {
    ShowBench bench;
    const std::string shown = bench.run({"show", "outlined", "--markdown"}).out;
    CHECK(shown == bench.run({"export", "--format", "markdown", "outlined", "-q"}).out);
    CHECK(shown.find("Count to three") != std::string::npos);
    CHECK(bench.run({"show", "outlined", "--markdown", "--json"}).json()["markdown"].string_or() == shown);
}

TEST_CASE("show: times are those of the clock on the wall, in a pipe as they were written") {
    ShowBench bench;
    BufferTerminal terminal({}, true);
    terminal.before_utc = std::chrono::hours(-11);
    CHECK(bench.run_at(terminal, {"show", "outlined"})
              .out.find("2025-12-31 23:00 to 2026-01-01 00:01 (1h 1m)") != std::string::npos);
    CHECK(bench.run({"show", "outlined"}).out.find("2026-01-01T10:00:00Z to 2026-01-01T11:0") !=
          std::string::npos);
}

TEST_CASE("outline: commands that commit or test, wherever they stand in a line") {
    for (const char* command : {"git commit -m x", "cd a && git commit",
                                "git add .; GIT_EDITOR=true git commit --amend", "make\ngit commit -am y"})
        CHECK(cli::makes_commit(command));
    for (const char* command : {"git commit-tree x", "echo git commit", "git log", ""})
        CHECK_FALSE(cli::makes_commit(command));
    for (const char* command : {"go test ./...", "CI=1 npm test", "cd x && cargo test | tee log", "pytest"})
        CHECK(cli::runs_tests(command));
    for (const char* command : {"go testing", "cat pytest.ini", "npm install"})
        CHECK_FALSE(cli::runs_tests(command));
}

TEST_CASE("show: findings by rule, place and length, or that nobody knows them") {
    testing::TraceBench bench;
    bench.stage({.session = "marked", .text = testing::text_with_token()});
    bench.stage({.session = "clean"});
    const json::Value answer = bench.run({"show", "marked", "--findings", "--json"}).json();
    REQUIRE(answer["findings"].if_array() != nullptr);
    const json::Value& found = answer["findings"].at(0);
    CHECK(found["rule"].string_or() == "github_token");
    CHECK(found["field"].string_or() == "task.description");
    CHECK(found["step_index"].is_null());
    CHECK(found["length"].integer() == 40);
    CHECK(found["layer"].string_or() == "plain");
    CHECK(found["redacted"].bool_or(false));
    CHECK(answer["findings_omitted"].integer() == 0);
    CHECK(answer["trace"].is_null());
    CHECK(bench.run({"show", "marked", "--json"}).json()["findings"].is_null());
    const std::string text = bench.run({"show", "marked", "--findings"}).out;
    CHECK(text.find("github_token") != std::string::npos);
    CHECK(text.find(testing::text_with_token().substr(8, 12)) == std::string::npos);
    CHECK(bench.run({"show", "clean", "--findings"}).out == "Nothing was found in this trace.\n");
    CHECK(bench.run({"show", "clean", "--findings", "--json"}).json()["findings"].if_array()->empty());
    // What came scrubbed has lost what nobody here has seen.
    trace::TraceRecord scrubbed = security::scrub(testing::sample_record("scrubbed"), {}).record();
    bench.stage_record(scrubbed);
    CHECK(bench.run({"show", "scrubbed", "--findings"}).out.starts_with("Nobody knows"));
    CHECK(bench.run({"show", "scrubbed", "--findings", "--json"}).json()["findings"].is_null());
}
