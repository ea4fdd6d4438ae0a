// Reinforcement learning of rubric 1: can the outcome be believed?
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "opentraces/core/hex.hpp"
#include "quality/rubric_0_2/white_space.hpp"
#include "quality/rubric_1/check.hpp"

namespace opentraces::quality {
namespace {

using trace::Outcome;
using trace::TerminalState;

bool is_hex_id(std::string_view id) {
    if (id.size() < 7 || id.size() > 64) return false;
    return std::all_of(id.begin(), id.end(), [](char c) { return hex_digit(c) >= 0; });
}

// Any context may have any signal; the strongest one counts.
CheckResult grounded(const StrictSubject& subject) {
    const Outcome& outcome = subject.record.outcome;
    if (outcome.reward && std::isfinite(*outcome.reward) && has_text(outcome.reward_source))
        return passed("reward with a source");
    if (outcome.committed && has_text(outcome.commit_sha)) return passed("committed");
    if (outcome.terminal_state) return passed("terminal state", 0.8);
    if (outcome.success && outcome.signal_confidence == trace::SignalConfidence::Annotated)
        return passed("annotated success");
    if (outcome.success) return failed("success without anything behind it", 0.4);
    return failed("no signal");
}

CheckResult consistent(const StrictSubject& subject) {
    const Outcome& outcome = subject.record.outcome;
    if (!outcome.success) return unknown("success is not said");
    const bool reached = outcome.terminal_state == TerminalState::GoalReached;
    if (*outcome.success && outcome.terminal_state && !reached) return failed("success, but not at the goal");
    if (!*outcome.success && reached) return failed("no success, but at the goal");
    return passed(*outcome.success ? "success" : "no success");
}

CheckResult tests_after_edit(const StrictSubject& subject) {
    const StrictFacts& strict = subject.strict;
    if (!strict.last_edit) return not_applicable("no edits");
    if (!strict.last_test) return unknown("no tests were run");
    if (*strict.last_test < *strict.last_edit) return failed("edited after the last test run", 0.3);
    switch (test_result_of(strict.calls[*strict.last_test])) {
        case TestResult::Green:
            return passed("green after the last edit");
        case TestResult::Red:
            return failed("red after the last edit");
        default:
            return unknown("the result of the tests cannot be read");
    }
}

CheckResult commit_survives(const StrictSubject& subject) {
    const StrictFacts& strict = subject.strict;
    const Outcome& outcome = subject.record.outcome;
    if (!strict.last_edit && !outcome.committed) return not_applicable("no edits");
    if (subject.runtime) return not_applicable("runtime");
    if (!outcome.committed) return failed("edits were not committed");
    if (!has_text(outcome.commit_sha) || !is_hex_id(*outcome.commit_sha)) return failed("no commit id", 0.3);
    if (strict.last_undo && (!strict.last_commit || *strict.last_undo > *strict.last_commit))
        return failed("undone after the commit", 0.2);
    return passed("committed and not undone in the session");
}

CheckResult patch(const StrictSubject& subject) {
    const Outcome& outcome = subject.record.outcome;
    if (!outcome.committed) return not_applicable("not committed");
    if (!has_text(outcome.patch)) return failed("no patch");
    const bool diff = outcome.patch->find("@@") != std::string::npos;
    return diff ? passed("a unified diff") : failed("the patch is no diff", 0.3);
}

CheckResult step_tokens(const StrictSubject& subject) {
    if (subject.turn_level) return not_applicable("conversation turns have no token counts");
    if (subject.facts.agent_steps == 0) return not_applicable("no agent steps");
    return share(subject.facts.agent_steps_with_tokens, subject.facts.agent_steps, 0.8);
}

CheckResult step_signals(const StrictSubject& subject) {
    const std::size_t calls = subject.strict.calls.size();
    if (calls == 0) return not_applicable("no tool calls");
    return share(calls - subject.strict.unanswered_calls, calls, 0.9);
}

CheckResult policy(const StrictSubject& subject) {
    if (subject.facts.agent_steps == 0) return not_applicable("no agent steps");
    if (subject.facts.agent_steps_with_model == 0 && has_text(subject.record.agent.model))
        return failed("only the session names its model", 0.5);
    return share(subject.facts.agent_steps_with_model, subject.facts.agent_steps, 0.9);
}

constexpr std::string_view k_outcome = "outcome";
constexpr std::string_view k_steps = "steps";

constexpr std::array k_rows{
    StrictRow{
        {"R1", "Outcome rests on something", k_outcome, 1.5, "A reward must rest on something.", "outcome",
         "Capture after the commit, or record a reward with its source or a terminal state."},
        grounded},
    StrictRow{
        {"R2", "Outcome does not contradict itself", k_outcome, 0.8, "Contradictions make noisy labels.",
         "outcome.success, outcome.terminal_state", "Correct the wrong one of the two."},
        consistent},
    StrictRow{{"R3", "Tests are green after the last edit", k_outcome, 1.5, "Tests are the cheapest proof.",
               "steps[].tool_calls and their results", "Run the tests at the end of the session."},
              tests_after_edit},
    StrictRow{
        {"R4", "The commit is there and survives", k_outcome, 1.2, "Work that was undone did not succeed.",
         "outcome.committed, outcome.commit_sha, later git commands", "Commit the work, then capture."},
        commit_survives},
    StrictRow{{"R5", "The patch is stored", k_outcome, 0.8, "The patch is what can be tested again.",
               "outcome.patch", "Store the commit's diff in outcome.patch."},
              patch},
    StrictRow{{"R6", "Tokens per step", k_steps, 0.7, "Cost penalties need counts per step.",
               "steps[].token_usage", "Record the token counts of agent steps."},
              step_tokens},
    StrictRow{{"R7", "Steps have results", k_steps, 0.8, "Credit flows along observed results.",
               "steps[].observations", "Keep the result of every call."},
              step_signals},
    StrictRow{{"R8", "The policy is named on the steps", k_steps, 0.5, "Policies differ by model.",
               "steps[].model", "Record the model of every agent step."},
              policy},
};

}  // namespace

std::span<const StrictRow> strict_rl() {
    return k_rows;
}

}  // namespace opentraces::quality
