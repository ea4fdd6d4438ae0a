#include "enrich/test_runs.hpp"

#include <algorithm>
#include <initializer_list>

#include "enrich/git_text.hpp"
#include "enrich/test_output.hpp"

namespace opentraces::enrich {
namespace {

std::int64_t lines_in(std::string_view text) {
    return std::count(text.begin(), text.end(), '\n') + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

// The number of "-20", "-n 20", "-n20"; 10 without one.
std::int64_t asked_lines(const Command& words) {
    for (std::size_t at = 1; at < words.size(); ++at) {
        std::string_view word = words[at];
        if (word == "-n" && at + 1 < words.size()) word = words[at + 1];
        const std::size_t digit = word.find_first_of("0123456789");
        if (digit != std::string_view::npos && digit <= 2)
            return std::atoll(std::string(word.substr(digit)).c_str());
    }
    return 10;
}

struct Pipe {
    bool piped = false;
    bool cut = false;  // lines of the output are, or may be, missing
};

Pipe pipe_after(const ShellRun& run, std::size_t at) {
    Pipe pipe;
    for (std::size_t next = at + 1; next < run.commands.size() && run.commands[next].joint == Joint::Pipe;
         ++next) {
        pipe.piped = true;
        const Command& words = run.commands[next].words;
        const std::string_view program = words.empty() ? std::string_view{} : std::string_view(words.front());
        if (program == "cat" || program == "tee") continue;
        const bool short_enough =
            (program == "tail" || program == "head") && lines_in(run.output) < asked_lines(words);
        // What asks for failures leaves them whole.
        const bool keeps_failures =
            program == "grep" && std::any_of(words.begin(), words.end(), [](const std::string& word) {
                return word.find("FAIL:") != std::string::npos;
            });
        pipe.cut |= !short_enough && !keeps_failures;
    }
    return pipe;
}

bool says_not_started(std::string_view output) {
    for (const std::string_view words :
         {"command not found", "unrecognized subcommand", "Missing script", "Script not found",
          "No module named pytest", "No rule to make target", "is not recognized as", "no task",
          "no such command", "Cannot find module", "Could not open requirements", "missing script"}) {
        if (output.find(words) != std::string_view::npos) return true;
    }
    return false;
}

// Is the exit status of the whole line that of this command?
bool decides_status(const ShellRun& run, std::size_t at) {
    for (std::size_t next = at + 1; next < run.commands.size(); ++next) {
        if (run.commands[next].joint == Joint::Pipe) return false;
        if (run.commands[next].joint != Joint::And) return false;
        if (run.failed) return false;
    }
    return true;
}

TestOutcome outcome_of(const ShellRun& run, std::size_t at, const Pipe& pipe,
                       const std::optional<TestResult>& result) {
    const bool decides = decides_status(run, at) && !pipe.piped;
    if (result && result->passed_all) {
        const bool last = at + 1 == run.commands.size();
        if (*result->passed_all && run.failed && last) return TestOutcome::Failed;
        return *result->passed_all ? TestOutcome::Passed : TestOutcome::Failed;
    }
    if (!decides) return TestOutcome::Unknown;
    return run.failed ? TestOutcome::Failed : TestOutcome::Passed;
}

// Of a chain of "&&" that failed, a command that printed nothing of its own may not have been reached.
bool may_be_unreached(const ShellRun& run, std::size_t at) {
    bool others = false;
    for (std::size_t before = 0; before < at; ++before) {
        const Command& words = run.commands[before].words;
        const bool silent =
            words.empty() || words.front() == "cd" || words.front() == "export" || words.front() == "source";
        others |= !silent;
    }
    return run.failed && others && run.commands[at].joint == Joint::And;
}

std::optional<TestRun> run_at(const ShellRun& run, std::size_t at) {
    const auto program = test_program_of(run.commands[at].words);
    if (!program || !run.started) return std::nullopt;
    TestRun test{run.step, program->runner, program->through, TestOutcome::Unknown, {}, {}};
    if (!run.has_result) return test;
    const Pipe pipe = pipe_after(run, at);
    const auto result = test_result_in(run.output, program->runner, pipe.cut);
    if (!result && (says_not_started(run.output) || may_be_unreached(run, at))) return std::nullopt;
    test.outcome = outcome_of(run, at, pipe, result);
    if (result) {
        if (test.runner.empty()) test.runner = result->runner;
        test.passed = result->passed;
        test.failed = result->failed;
    }
    return test;
}

// Tests in the hook of a commit or push.
std::optional<TestRun> run_in_hook(const ShellRun& run) {
    const bool commits =
        std::any_of(run.commands.begin(), run.commands.end(), [](const ShellCommand& command) {
            const auto git = git_command_of(command.words);
            return git && (git->verb == "commit" || git->verb == "push");
        });
    if (!commits || !run.has_result) return std::nullopt;
    const auto result = test_result_in(run.output, {}, false);
    if (!result || !result->passed_all) return std::nullopt;
    return TestRun{run.step,       std::string(result->runner),
                   "hook",         *result->passed_all ? TestOutcome::Passed : TestOutcome::Failed,
                   result->passed, result->failed};
}

}  // namespace

std::string_view name_of(TestOutcome outcome) {
    if (outcome == TestOutcome::Passed) return "passed";
    return outcome == TestOutcome::Failed ? "failed" : "unknown";
}

std::vector<TestRun> test_runs_of(const std::vector<ShellRun>& runs) {
    std::vector<TestRun> tests;
    for (const ShellRun& run : runs) {
        const std::size_t before = tests.size();
        for (std::size_t at = 0; at < run.commands.size(); ++at) {
            if (auto test = run_at(run, at)) tests.push_back(std::move(*test));
        }
        if (tests.size() > before) continue;
        if (auto test = run_in_hook(run)) tests.push_back(std::move(*test));
    }
    return tests;
}

}  // namespace opentraces::enrich
