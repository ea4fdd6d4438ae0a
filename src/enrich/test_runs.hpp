// Runs of test suites among a session's shell calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "enrich/shell_runs.hpp"

namespace opentraces::enrich {

enum class TestOutcome { Passed, Failed, Unknown };
std::string_view name_of(TestOutcome outcome);

struct TestRun {
    std::int64_t step = 0;
    std::string runner;   // empty when a task runner does not show it
    std::string through;  // the task runner, "hook" for those of a commit, empty when run directly
    TestOutcome outcome = TestOutcome::Unknown;
    std::optional<std::int64_t> passed;
    std::optional<std::int64_t> failed;
};

std::vector<TestRun> test_runs_of(const std::vector<ShellRun>& runs);

struct TestProgram {
    std::string runner;
    std::string through;
};
// Which tests the command runs: "npx vitest run", "make test", "python -m pytest".
std::optional<TestProgram> test_program_of(const Command& command);

}  // namespace opentraces::enrich
