#include "opentraces/enrich/enrich.hpp"

#include <algorithm>

#include "enrich/attribution.hpp"
#include "enrich/ending.hpp"
#include "enrich/file_replay.hpp"
#include "enrich/history.hpp"
#include "enrich/languages.hpp"
#include "enrich/patch.hpp"
#include "enrich/shell_edits.hpp"
#include "enrich/shell_runs.hpp"
#include "enrich/test_runs.hpp"

namespace opentraces::enrich {
namespace {

json::Value text_or_null(const std::string& text) {
    return text.empty() ? json::Value() : json::Value(text);
}

json::Array listed(const std::vector<SessionCommit>& commits) {
    json::Array list;
    for (const SessionCommit& commit : commits) {
        json::Object entry;
        entry.set("sha", text_or_null(commit.sha));
        entry.set("branch", text_or_null(commit.branch));
        entry.set("subject", text_or_null(commit.subject));
        entry.set("step", commit.step);
        if (commit.rewritten) entry.set("rewritten", true);
        list.emplace_back(std::move(entry));
    }
    return list;
}

void fill_commits(trace::TraceRecord& record, const SessionHistory& history) {
    trace::Outcome& outcome = record.outcome;
    if (const SessionCommit* commit = history.last_surviving()) {
        outcome.committed = true;
        if (!commit->sha.empty()) outcome.commit_sha = commit->sha;
        if (!outcome.description && !commit->subject.empty()) outcome.description = commit->subject;
    }
    const bool knows = history.uses_shell && history.complete;
    if (knows || !history.commits.empty()) record.metadata.set("opentraces_commits", listed(history.commits));
    if (history.failed_commits > 0)
        record.metadata.set("opentraces_failed_commits", static_cast<std::int64_t>(history.failed_commits));
}

// What the agent program recorded itself stays; the branch is that of the last commit.
void fill_repository(trace::TraceRecord& record, const SessionHistory& history) {
    trace::Vcs& vcs = record.environment.vcs;
    if (!history.branch.empty()) vcs.branch = history.branch;
    if (!history.branch_at_start.empty() && history.branch_at_start != vcs.branch)
        record.metadata.set("opentraces_branch_at_start", history.branch_at_start);
    if (!record.task.repository && !history.repository.empty()) record.task.repository = history.repository;
    if (!record.task.base_commit && !history.base_commit.empty())
        record.task.base_commit = history.base_commit;
    if (!vcs.base_commit) vcs.base_commit = record.task.base_commit;
    const bool shows_git = !history.commits.empty() || vcs.base_commit || vcs.branch;
    if (shows_git) vcs.type = trace::VcsType::Git;
}

json::Array listed(const std::vector<TestRun>& tests) {
    json::Array list;
    for (const TestRun& test : tests) {
        json::Object entry;
        entry.set("step", test.step);
        entry.set("runner", text_or_null(test.runner));
        if (!test.through.empty()) entry.set("through", test.through);
        entry.set("outcome", name_of(test.outcome));
        if (test.passed) entry.set("passed", *test.passed);
        if (test.failed) entry.set("failed", *test.failed);
        list.emplace_back(std::move(entry));
    }
    return list;
}

std::int64_t last_edit_of(const Evidence& evidence, const std::vector<ShellRun>& runs) {
    std::int64_t last = 0;
    for (const FileChange& change : evidence.changes) {
        if (path_in_project(change.path, evidence.working_directory))
            last = std::max(last, change.step_index);
    }
    for (const ShellRun& run : runs)
        if (edits_files(run)) last = std::max(last, run.step);
    return last;
}

// The last run after the last edit; those in hooks come with a commit, which decides nothing.
const TestRun* deciding_run(const std::vector<TestRun>& tests, std::int64_t last_edit) {
    const auto run = std::find_if(tests.rbegin(), tests.rend(),
                                  [](const TestRun& test) { return test.through != "hook"; });
    return run == tests.rend() || run->step < last_edit ? nullptr : &*run;
}

void fill_tests(trace::TraceRecord& record, const Evidence& evidence, const std::vector<ShellRun>& runs) {
    const std::vector<TestRun> tests = test_runs_of(runs);
    if (tests.empty()) return;
    record.metadata.set("opentraces_tests", listed(tests));
    const TestRun* last = deciding_run(tests, last_edit_of(evidence, runs));
    record.metadata.set("opentraces_last_test", last == nullptr ? "none" : name_of(last->outcome));
    trace::Outcome& outcome = record.outcome;
    if (last == nullptr || last->outcome == TestOutcome::Unknown || outcome.success) return;
    outcome.success = last->outcome == TestOutcome::Passed;
    outcome.signal_source = "tests";
    outcome.signal_confidence = trace::SignalConfidence::Inferred;
}

// "Goal reached" says no more than that the agent ended its turn and nothing in the log speaks against it.
void fill_ending(trace::TraceRecord& record, const Evidence& evidence) {
    const auto end = ending_of(record, evidence);
    if (!end) return;
    record.metadata.set("opentraces_terminal_state", name_of(*end));
    trace::Outcome& outcome = record.outcome;
    if (outcome.terminal_state) return;
    if (*end == SessionEnd::Interrupted) outcome.terminal_state = trace::TerminalState::Interrupted;
    if (*end == SessionEnd::ApiError || *end == SessionEnd::ContextExhausted)
        outcome.terminal_state = trace::TerminalState::Error;
    if (*end == SessionEnd::Completed && outcome.success != false)
        outcome.terminal_state = trace::TerminalState::GoalReached;
}

void fill_changes(trace::TraceRecord& record, const Replayed& replayed) {
    if (!record.outcome.patch) {
        std::string patch = patch_of(replayed);
        if (!patch.empty()) record.outcome.patch = std::move(patch);
        json::Object notes = patch_notes(replayed);
        if (!notes.empty()) record.metadata.set("opentraces_patch", std::move(notes));
    }
    if (!record.attribution) record.attribution = attribution_of(record, replayed);
}

}  // namespace

void complete(trace::TraceRecord& record, const Evidence& evidence) {
    const std::vector<ShellRun> runs = shell_runs_of(record.steps, evidence.working_directory);
    fill_metrics(record, evidence);
    const SessionHistory history = history_of(record, evidence, runs);
    fill_commits(record, history);
    fill_repository(record, history);
    if (record.environment.language_ecosystem.empty())
        record.environment.language_ecosystem = languages_of(record, evidence, runs);
    if (record.dependencies.empty()) record.dependencies = dependencies_of(record);
    fill_tests(record, evidence, runs);
    fill_ending(record, evidence);
    fill_changes(record, replay(evidence, shell_edits_of(runs)));
}

}  // namespace opentraces::enrich
