// Training of rubric 0.2.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "quality/rubric_0_2/check.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

constexpr double k_alternation = 0.9;
constexpr double k_alternation_of_turns = 0.5;
constexpr double k_pairing = 0.95;
constexpr double k_content = 0.9;
constexpr double k_reasoning = 0.8;
constexpr double k_no_warmup = 0.5;
constexpr double k_late_warmup = 0.3;

double ratio_of(double part, std::size_t total) {
    return part / static_cast<double>(total);
}

CheckResult alternating_roles(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.steps < 2 || facts.turns < 2) return passed("fewer than two turns");
    const std::size_t transitions = facts.turns - 1;
    const double ratio = 1 - ratio_of(static_cast<double>(facts.turn_violations), transitions);
    return graded(ratio >= (subject.turn_level ? k_alternation_of_turns : k_alternation), rounded(ratio, 3),
                  fmt::format("{} violations in {} transitions", facts.turn_violations, transitions));
}

CheckResult calls_are_answered(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.call_ids == 0) return passed("no tool calls");
    const double ratio = 1 - ratio_of(static_cast<double>(facts.call_ids_unanswered), facts.call_ids);
    return graded(
        ratio >= k_pairing, rounded(ratio, 3),
        fmt::format("{} of {} calls without observation", facts.call_ids_unanswered, facts.call_ids));
}

CheckResult no_dangling_observations(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.source_ids == 0) return passed("no observations");
    const double ratio = 1 - ratio_of(static_cast<double>(facts.source_ids_unknown), facts.source_ids);
    return graded(
        ratio >= k_pairing, rounded(ratio, 3),
        fmt::format("{} of {} observations without call", facts.source_ids_unknown, facts.source_ids));
}

CheckResult prompts_in_table(const Subject& subject) {
    const std::size_t prompts = subject.record.system_prompts.size();
    return all_or_nothing(prompts > 0, fmt::format("{} system prompts", prompts));
}

CheckResult agent_content(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.agent_steps == 0) return passed("no agent steps");
    const double ratio = ratio_of(static_cast<double>(facts.agent_steps_with_content), facts.agent_steps);
    return graded(ratio >= k_content, rounded(ratio, 3),
                  part_of(facts.agent_steps_with_content, facts.agent_steps));
}

CheckResult reasoning_coverage(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.calling_steps == 0) return passed("no agent steps with tool calls");
    const double sum = static_cast<double>(facts.calling_steps_readable) +
                       0.5 * static_cast<double>(facts.calling_steps_redacted);
    const double ratio = ratio_of(sum, facts.calling_steps);
    return with_note(
        graded(ratio >= k_reasoning, rounded(std::min(ratio, 1.0), 3),
               fmt::format("{} readable and {} redacted of {} ({})", facts.calling_steps_readable,
                           facts.calling_steps_redacted, facts.calling_steps, percent(ratio))),
        "80% is asked for; redacted reasoning counts half");
}

CheckResult reasoning_present(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.agent_steps == 0) return passed("no agent steps");
    const std::size_t any = facts.agent_steps_reasoning_full + facts.agent_steps_reasoning_encrypted;
    const double sum = static_cast<double>(facts.agent_steps_reasoning_full) +
                       0.5 * static_cast<double>(facts.agent_steps_reasoning_encrypted);
    return graded(any > 0, rounded(std::min(ratio_of(sum, facts.agent_steps), 1.0), 3),
                  fmt::format("{} full and {} encrypted of {}", facts.agent_steps_reasoning_full,
                              facts.agent_steps_reasoning_encrypted, facts.agent_steps));
}

CheckResult task_description(const Subject& subject) {
    const trace::OptText& task = subject.record.task.description;
    return all_or_nothing(has_text(task), std::string(first_code_points(text_or(task, "missing"), 80)));
}

CheckResult outcome_signals(const Subject& subject) {
    const trace::Outcome& outcome = subject.record.outcome;
    std::string signals;
    const auto add = [&](bool found, std::string_view name) {
        if (found) signals += (signals.empty() ? "" : ", ") + std::string(name);
    };
    add(outcome.committed, "committed");
    add(outcome.success.has_value(), "success");
    add(outcome.terminal_state.has_value(), "terminal_state");
    add(outcome.reward.has_value(), "reward");
    return all_or_nothing(!signals.empty(), signals.empty() ? "none" : signals);
}

CheckResult warmups_labelled(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.steps == 0) return passed("no steps");
    if (subject.turn_level) return not_applicable("conversation turns have no call type");
    if (facts.steps_with_call_type == 0) return failed("no step has a call type");
    if (facts.warmup_steps == 0) return passed("no warm-up steps", k_no_warmup);
    const std::string evidence = fmt::format("{} warm-up steps", facts.warmup_steps);
    if (!facts.has_work_step || facts.warmup_first) return passed(evidence);
    return failed(evidence + ", one after the work has begun", k_late_warmup);
}

constexpr std::string_view k_category = "training";

constexpr std::array k_rows{
    CheckRow{{"T1", "T1: Alternating user/agent roles", k_category, 1.0,
              "Chat templates expect turns that alternate.", "steps[].role",
              "Join neighbouring steps of one role, or label sub-agent steps."},
             alternating_roles},
    CheckRow{{"T2", "T2: Tool call/observation pairing", k_category, 1.0,
              "A call without result cannot be learned from.", "steps[].tool_calls, steps[].observations",
              "Keep the result of every call."},
             calls_are_answered},
    CheckRow{
        {"T3", "T3: No dangling observations", k_category, 0.9, "A result without call confuses templates.",
         "steps[].tool_calls, steps[].observations", "Keep the call of every result."},
        no_dangling_observations},
    CheckRow{{"T4", "T4: System prompts deduplicated", k_category, 0.7,
              "The system prompt is part of the behaviour.", "system_prompts",
              "Record the system prompts of the session."},
             prompts_in_table},
    CheckRow{{"T5", "T5: Agent steps have content", k_category, 0.8, "Empty turns teach silence.",
              "steps[].content, steps[].tool_calls", "Drop agent steps that say and do nothing."},
             agent_content},
    CheckRow{{"T6", "T6: Reasoning coverage >= 80%", k_category, 0.8,
              "Actions without reasons are hard to imitate.", "steps[].reasoning_content",
              "Record sessions with thinking visible."},
             reasoning_coverage},
    CheckRow{{"T7", "T7: Reasoning content present", k_category, 0.5,
              "Actions without reasons are hard to imitate.", "steps[].reasoning_content",
              "Record sessions with thinking visible."},
             reasoning_present},
    CheckRow{{"T8", "T8: Task description present", k_category, 0.6, "The task is the prompt of the example.",
              "task.description", "Set task.description to what the user asked."},
             task_description},
    CheckRow{
        {"T9", "T9: Outcome signals present", k_category, 0.7, "Good examples must be told from bad ones.",
         "outcome", "Record a commit, success, a terminal state or a reward."},
        outcome_signals},
    CheckRow{{"T10", "T10: Warmup steps labeled", k_category, 0.5, "Warm-up calls are noise for training.",
              "steps[].call_type", "Set call_type on every step."},
             warmups_labelled},
};

}  // namespace

std::span<const CheckRow> compatible_training() {
    return k_rows;
}

}  // namespace opentraces::quality
