// Training of rubric 1.
#include <fmt/format.h>

#include <array>

#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"
#include "quality/rubric_1/check.hpp"

namespace opentraces::quality {
namespace {

constexpr std::size_t k_task_length = 10;
constexpr std::size_t k_failing_run = 3;

CheckResult alternation(const StrictSubject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.turns < 2) return not_applicable("fewer than two turns");
    return share(facts.turns - 1 - facts.turn_violations, facts.turns - 1, subject.turn_level ? 0.5 : 0.9);
}

CheckResult answered_calls(const StrictSubject& subject) {
    const std::size_t calls = subject.strict.calls.size();
    if (calls == 0) return not_applicable("no tool calls");
    return share(calls - subject.strict.unanswered_calls, calls, 0.95);
}

CheckResult work(const StrictSubject& subject) {
    const std::size_t agent_steps = subject.facts.agent_steps;
    if (agent_steps == 0) return failed("no agent steps");
    return share(subject.facts.agent_steps_with_content, agent_steps, 0.9);
}

// A placeholder of either kind counts half; both are seen.
CheckResult reasoning(const StrictSubject& subject) {
    std::size_t agents = 0;
    double sum = 0;
    for (const trace::Step& step : subject.record.steps) {
        if (step.role != trace::Role::Agent) continue;
        ++agents;
        if (!has_text(step.reasoning_content)) continue;
        const std::string_view text = strip(*step.reasoning_content);
        sum += text.starts_with("[redacted") || text.starts_with("[encrypted") ? 0.5 : 1.0;
    }
    if (agents == 0) return not_applicable("no agent steps");
    const double ratio = sum / static_cast<double>(agents);
    return graded(ratio >= 0.8, rounded(ratio, 3), fmt::format("{} of {} steps", sum, agents));
}

CheckResult task(const StrictSubject& subject) {
    return stated_task(subject, k_task_length);
}

CheckResult complete_observations(const StrictSubject& subject) {
    const std::size_t observations = subject.facts.observations;
    if (observations == 0) return not_applicable("no observations");
    return share(observations - subject.strict.truncated_observations, observations, 0.9);
}

CheckResult loops(const StrictSubject& subject) {
    const std::size_t calls = subject.strict.calls.size();
    if (calls == 0) return not_applicable("no tool calls");
    return share(calls - subject.strict.repeated_calls, calls, 1.0);
}

CheckResult repeated_failures(const StrictSubject& subject) {
    const std::size_t calls = subject.strict.calls.size();
    if (calls == 0) return not_applicable("no tool calls");
    const std::size_t run = subject.strict.failing_run;
    if (run < k_failing_run) return passed(fmt::format("longest row of failures: {}", run));
    return failed(fmt::format("{} failures of one tool in a row", run),
                  rounded(1 - static_cast<double>(run) / static_cast<double>(calls), 3));
}

CheckResult corrections(const StrictSubject& subject) {
    const std::size_t messages = subject.strict.later_user_steps;
    if (messages == 0) return not_applicable("the user says nothing after the agent has begun");
    return share(messages - subject.strict.corrections, messages, 0.75);
}

CheckResult system_prompt(const StrictSubject& subject) {
    if (subject.record.system_prompts.empty()) return unknown("no system prompt was recorded");
    if (subject.facts.prompt_references == 0) return failed("no step names its prompt", 0.5);
    return passed(fmt::format("{} prompts", subject.record.system_prompts.size()));
}

constexpr std::string_view k_dialogue = "dialogue";
constexpr std::string_view k_content = "content";
constexpr std::string_view k_conduct = "conduct";

constexpr std::array k_rows{
    StrictRow{{"U1", "Roles alternate", k_dialogue, 1.0, "Chat templates expect turns that alternate.",
               "steps[].role", "Join neighbouring steps of one role, or label sub-agent steps."},
              alternation},
    StrictRow{
        {"U2", "Calls are really answered", k_dialogue, 1.0, "A call without result cannot be learned from.",
         "steps[].observations (no_result is no answer)", "Keep the result of every call."},
        answered_calls},
    StrictRow{{"U3", "Agent steps say or do something", k_dialogue, 1.0, "Empty turns teach silence.",
               "steps[].content, steps[].tool_calls", "Leave sessions without work out."},
              work},
    StrictRow{{"U4", "Reasoning is readable", k_content, 1.0, "Actions without reasons are hard to imitate.",
               "steps[].reasoning_content", "Record sessions with thinking visible."},
              reasoning},
    StrictRow{{"U5", "The task is stated", k_content, 0.8, "The task is the prompt of the example.",
               "task.description", "Set task.description to what the user asked, in a sentence."},
              task},
    StrictRow{{"U6", "Observations are complete", k_content, 0.8,
               "A model cannot see what was cut off, but the agent could.", "steps[].observations[].content",
               "Keep whole tool results when capturing."},
              complete_observations},
    StrictRow{{"U7", "System prompt is known and used", k_content, 0.5,
               "The system prompt is part of the behaviour.", "system_prompts, steps[].system_prompt_hash",
               "Record the system prompts of the session."},
              system_prompt},
    StrictRow{
        {"U8", "No loops", k_conduct, 1.0, "Repeating one call is a fault not to be learned.",
         "steps[].tool_calls: three equal calls in a row", "Leave looping sessions out, or cut the loop."},
        loops},
    StrictRow{
        {"U9", "No rows of failures", k_conduct, 0.8, "Failing again and again is a fault not to be learned.",
         "steps[].observations[].error: three of one tool in a row", "Leave such sessions out."},
        repeated_failures},
    StrictRow{{"U10", "Few corrections by the user", k_conduct, 0.8, "Corrections mark what went wrong.",
               "steps[].content of user steps", "Prefer sessions that needed no correction."},
              corrections},
};

}  // namespace

std::span<const StrictRow> strict_training() {
    return k_rows;
}

}  // namespace opentraces::quality
