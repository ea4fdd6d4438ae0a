#include "catch.hpp"
#include "enrich/test_output.hpp"
#include "unit/enrich/sessions.hpp"

namespace {

using namespace opentraces;
using testing::ShellCall;
using testing::ShellSession;

// "runner through outcome passed failed" of each run.
std::vector<std::string> tests_of(const std::vector<ShellCall>& calls) {
    ShellSession session(calls);
    const json::Value* noted = session.completed().metadata.find("opentraces_tests");
    std::vector<std::string> list;
    if (noted == nullptr) return list;
    const auto number = [](const json::Value& value) {
        return value.integer() ? std::to_string(*value.integer()) : "-";
    };
    for (const json::Value& run : *noted->if_array()) {
        list.push_back(std::string(run["runner"].string_or("-")) + " " +
                       std::string(run["through"].string_or("-")) + " " +
                       std::string(run["outcome"].string_or()) + " " + number(run["passed"]) + " " +
                       number(run["failed"]));
    }
    return list;
}

using List = std::vector<std::string>;

TEST_CASE("test runners are known through wrappers and task runners", "[enrich]") {
    const auto runs = [](const std::string& command) {
        const List list = tests_of({{command, ""}});
        return list.empty() ? "" : list[0].substr(0, list[0].find(" passed"));
    };
    CHECK(runs("go test ./...") == "go -");
    CHECK(runs("cd src && env CI=1 time go test ./...") == "go -");
    CHECK(runs("timeout 60 python3 -m pytest -q tests") == "pytest -");
    CHECK(runs("uv run pytest") == "pytest -");
    CHECK(runs("npx -y vitest run") == "vitest -");
    CHECK(runs("pnpm exec playwright test") == "playwright -");
    CHECK(runs("./node_modules/.bin/jest") == "jest -");
    CHECK(runs("cargo nextest run") == "nextest -");
    CHECK(runs("./mvnw -q verify") == "maven -");
    CHECK(runs("./gradlew :app:test") == "gradle -");
    CHECK(runs("dotnet test") == "dotnet -");
    CHECK(runs("bundle exec rspec spec/a_spec.rb") == "rspec -");
    CHECK(runs("vendor/bin/phpunit") == "phpunit -");
    CHECK(runs("npm test") == "- npm");
    CHECK(runs("npm run test:unit -- --watch=false") == "- npm run");
    CHECK(runs("pnpm --filter web test") == "- pnpm");
    CHECK(runs("make -C build check") == "- make");
    CHECK(runs("just test") == "- just");
    CHECK(runs("mise run test:ci") == "- mise");
    CHECK(runs("task unit-test") == "- task");
    CHECK(runs("bun run test") == "- bun run");
    for (const char* command :
         {"npm install vitest", "cat tests/a_test.go", "go build ./...", "npm run lint", "yarn add jest",
          "grep -rn test .", "pytest --version", "echo pytest", "make latest", "git commit -m 'go test'"}) {
        INFO(command);
        CHECK(runs(command).empty());
    }
}

TEST_CASE("what a run printed decides where a pipe hides its exit status", "[enrich]") {
    CHECK(tests_of({{"go test ./... | tail -5", "ok  \ta\t0.1s"}}) == List{"go - passed - -"});
    CHECK(tests_of({{"go test ./... | tail -5", "FAIL\ta [build failed]\nFAIL"}}) == List{"go - failed - -"});
    CHECK(tests_of({{"go test ./... | grep x", ""}}) == List{"go - unknown - -"});
    CHECK(tests_of({{"go test -v ./a",
                     "=== RUN   TestA\n--- PASS: TestA (0.0s)\n    --- PASS: TestA/b\n--- FAIL: TestB\nFAIL",
                     "exit_code:1"}}) == List{"go - failed 1 1"});
    CHECK(tests_of({{"go test -v ./a | tail -2", "--- FAIL: TestB\nFAIL"}}) == List{"go - failed - -"});
    CHECK(tests_of({{"pytest", "Exit code 5", "exit_code:5"}}) == List{"pytest - failed - -"});
    CHECK(tests_of({{"npm test", "> vitest run\n\n Test Files  1 passed (1)\n      Tests  5 passed (5)"}}) ==
          List{"vitest npm passed 5 0"});
    // Never started, not reached, refused, without a result.
    CHECK(tests_of({{"rtk bun run test", "error: unrecognized subcommand 'bun'", "exit_code:2"}}).empty());
    CHECK(tests_of({{"go build ./... && go test ./...", "a.go:1: syntax error", "exit_code:1"}}).empty());
    CHECK(tests_of({{"go test", "The user doesn't want to proceed with this tool use.", "tool_error"}})
              .empty());
    CHECK(tests_of({{"go test", "", "no_result"}}) == List{"go - unknown - -"});
    CHECK(tests_of({{"git commit -m x",
                     "$ bun test\nbun test v1.3.5 (1)\n 12 pass\n 0 fail\nRan 12 tests across 2 "
                     "files.\n[main abc1234] x"}}) == List{"bun hook passed 12 0"});
}

TEST_CASE("counts of each runner", "[enrich]") {
    const auto counts = [](std::string_view runner, std::string_view output) -> std::string {
        const auto result = enrich::test_result_in(output, runner, false);
        if (!result) return "none";
        const auto number = [](std::optional<std::int64_t> value) {
            return value ? std::to_string(*value) : "-";
        };
        return std::string(result->passed_all ? (*result->passed_all ? "passed " : "failed ") : "? ") +
               number(result->passed) + " " + number(result->failed);
    };
    CHECK(counts("pytest", "==== 1 failed, 5 passed, 2 skipped, 1 error in 1.20s ====") == "failed 5 2");
    CHECK(counts("pytest", "5 passed in 0.10s") == "passed 5 0");
    CHECK(counts("unittest", "Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=1)") == "failed 3 2");
    CHECK(counts("jest", "Tests:       1 failed, 5 passed, 6 total") == "failed 5 1");
    CHECK(counts("vitest", "      Tests  1 failed | 5 passed (6)") == "failed 5 1");
    CHECK(counts("playwright", "  1 failed\n    a.spec.ts\n  5 passed (3.2s)") == "failed 5 1");
    CHECK(counts("mocha", "  5 passing (20ms)\n  1 failing") == "failed 5 1");
    CHECK(counts("node", "# pass 5\n# fail 1") == "failed 5 1");
    CHECK(counts("cargo",
                 "test result: ok. 5 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed; 0 "
                 "ignored") == "failed 6 2");
    CHECK(counts("nextest", "     Summary [   0.1s] 5 tests run: 4 passed, 1 failed, 0 skipped") ==
          "failed 4 1");
    CHECK(counts("ctest", "92% tests passed, 1 tests failed out of 12") == "failed 11 1");
    CHECK(counts("maven",
                 "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s\n"
                 "[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 1") == "failed 2 2");
    CHECK(counts("gradle", "5 tests completed, 1 failed\nBUILD FAILED in 2s") == "failed 4 1");
    CHECK(counts("gradle", "BUILD SUCCESSFUL in 2s") == "passed - -");
    CHECK(counts("dotnet", "Passed!  - Failed:     0, Passed:     5, Skipped:     0, Total:     5") ==
          "passed 5 0");
    CHECK(counts("rspec", "12 examples, 1 failure, 2 pending") == "failed 9 1");
    CHECK(counts("minitest", "10 runs, 20 assertions, 1 failures, 0 errors, 2 skips") == "failed 7 1");
    CHECK(counts("phpunit", "OK (5 tests, 10 assertions)") == "passed 5 0");
    CHECK(counts("phpunit", "Tests: 5, Assertions: 10, Failures: 1.") == "failed 4 1");
    CHECK(counts("pest", "  Tests:    1 failed, 5 passed (12 assertions)") == "failed 5 1");
    CHECK(counts("mix", "5 doctests, 306 tests, 1 failure") == "failed 310 1");
    CHECK(counts("bun", "bun test v1.3.5\n 12 pass\n 1 fail\n") == "failed 12 1");
    CHECK(counts("deno", "FAILED | 5 passed | 1 failed (20ms)") == "failed 5 1");
    CHECK(counts("swift", "Executed 5 tests, with 1 failure (0 unexpected) in 0.1 seconds") == "failed 4 1");
    CHECK(counts("dart", "00:03 +5 -1: Some tests failed.") == "failed 5 1");
    CHECK(counts("", "hello") == "none");
}

TEST_CASE("the last run after the last edit decides, and is named as the signal", "[enrich]") {
    ShellSession session({{"go test ./...", "FAIL\ta\t0.1s", "exit_code:1"},
                          {"sed -i s/a/b/ a.go", ""},
                          {"go test ./...", "ok  \ta\t0.1s"}});
    const trace::TraceRecord& record = session.completed();
    CHECK(record.outcome.success == true);
    CHECK(record.outcome.signal_source == "tests");
    CHECK(record.outcome.signal_confidence == trace::SignalConfidence::Inferred);
    CHECK(record.metadata.find("opentraces_last_test")->string_or() == "passed");
    session.record.outcome = {};
    session.add({"echo x > b.txt", ""});
    CHECK_FALSE(session.completed().outcome.success);
    CHECK(record.metadata.find("opentraces_last_test")->string_or() == "none");
}

TEST_CASE("how a session ended", "[enrich]") {
    const auto end = [](auto change) {
        ShellSession session(std::vector<ShellCall>{{"ls", "a"}});
        trace::Step& reply = session.record.steps.emplace_back();
        reply.role = trace::Role::Agent;
        reply.content = "Done.";
        change(session);
        const json::Value* noted = session.completed().metadata.find("opentraces_terminal_state");
        const auto state = session.record.outcome.terminal_state;
        return std::string(noted == nullptr ? "-" : noted->string_or()) + " " +
               std::string(state ? name_of(*state) : "-");
    };
    const auto say = [](ShellSession& session, trace::Role role, const char* text) {
        trace::Step& step = session.record.steps.emplace_back();
        step.role = role;
        step.content = text;
    };
    CHECK(end([](ShellSession&) {}) == "completed goal_reached");
    CHECK(end([&](ShellSession& s) { say(s, trace::Role::User, "<command-name>/exit</command-name>"); }) ==
          "completed goal_reached");
    CHECK(end([&](ShellSession& s) { say(s, trace::Role::User, "and now?"); }) == "- -");
    CHECK(end([&](ShellSession& s) { say(s, trace::Role::User, "[Request interrupted by user]"); }) ==
          "interrupted interrupted");
    CHECK(end([](ShellSession& s) { s.add({"ls", "", "no_result"}); }) == "- -");
    CHECK(end([](ShellSession& s) { s.add({"ls", "a"}); }) == "- -");
    CHECK(end([](ShellSession& s) {
              s.add({"ls", "a"}), s.evidence.turn_ended = true;
          }) == "completed goal_reached");
    CHECK(end([](ShellSession& s) { s.evidence.final_error = "API Error: 529 overloaded"; }) ==
          "api_error error");
    CHECK(end([](ShellSession& s) { s.evidence.final_error = "Prompt is too long"; }) ==
          "context_exhausted error");
    CHECK(end([](ShellSession& s) { s.record.metadata.set("stop_reason", "max_tokens"); }) == "- -");
    CHECK(end([](ShellSession& s) { s.record.outcome.success = false; }) == "completed -");
}

}  // namespace
