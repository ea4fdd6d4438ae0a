// Reinforcement learning of rubric 0.2.
#include <fmt/format.h>

#include <array>

#include "quality/rubric_0_2/check.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

using trace::SignalConfidence;

constexpr double k_tokens = 0.8;
constexpr double k_hierarchy = 0.9;
constexpr double k_models = 0.5;

double share(std::size_t part, std::size_t total) {
    return static_cast<double>(part) / static_cast<double>(total);
}

CheckResult grounded_at_runtime(const trace::Outcome& outcome) {
    if (outcome.reward) return passed(fmt::format("reward {}", *outcome.reward));
    if (!outcome.terminal_state) return failed("neither reward nor terminal_state");
    const bool reached = outcome.terminal_state == trace::TerminalState::GoalReached;
    return passed("terminal_state " + std::string(name_of(*outcome.terminal_state)), reached ? 0.8 : 0.6);
}

CheckResult grounded_at_devtime(const trace::Outcome& outcome) {
    if (outcome.committed) return passed("committed");
    if (is_given(outcome.commit_sha) || is_given(outcome.patch))
        return failed("a patch or commit id, but not committed", 0.3);
    if (outcome.success == false) return passed("success is false", 0.6);
    return failed("no commit");
}

CheckResult grounded_outcome(const Subject& subject) {
    const trace::Outcome& outcome = subject.record.outcome;
    const bool by_state = !subject.record.execution_context && outcome.terminal_state;
    return subject.runtime || by_state ? grounded_at_runtime(outcome) : grounded_at_devtime(outcome);
}

CheckResult signal_confidence(const Subject& subject) {
    const trace::Outcome& outcome = subject.record.outcome;
    const SignalConfidence confidence = outcome.signal_confidence;
    if (outcome.committed) return passed("committed");
    if (confidence == SignalConfidence::Annotated) return passed("annotated");
    if (confidence == SignalConfidence::Derived && outcome.success) return passed("derived success", 0.8);
    if (outcome.reward && is_given(outcome.reward_source))
        return passed("reward from " + *outcome.reward_source, 0.9);
    if (confidence == SignalConfidence::Inferred && outcome.terminal_state)
        return passed("inferred terminal_state", 0.6);
    if (confidence == SignalConfidence::Inferred && outcome.success) return passed("inferred success", 0.5);
    return failed(std::string(name_of(confidence)) + " without a signal");
}

CheckResult patch_when_committed(const Subject& subject) {
    const trace::Outcome& outcome = subject.record.outcome;
    if (!outcome.committed) return with_note(passed("not committed"), "not applicable");
    const bool patch = has_text(outcome.patch);
    return all_or_nothing(patch, patch ? "patch present" : "committed without a patch");
}

CheckResult step_tokens(const Subject& subject) {
    if (subject.turn_level) return not_applicable("conversation turns have no token counts");
    const TraceFacts& facts = subject.facts;
    if (facts.agent_steps == 0) return passed("no agent steps");
    const double ratio = share(facts.agent_steps_with_tokens, facts.agent_steps);
    return graded(ratio >= k_tokens, rounded(ratio, 3),
                  part_with_percent(facts.agent_steps_with_tokens, facts.agent_steps));
}

CheckResult subagent_hierarchy(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.subagent_steps == 0) return passed("no sub-agent steps");
    const double ratio = share(facts.subagent_steps_with_parent, facts.subagent_steps);
    return graded(ratio >= k_hierarchy, rounded(ratio, 3),
                  part_with_percent(facts.subagent_steps_with_parent, facts.subagent_steps));
}

CheckResult outcome_success(const Subject& subject) {
    const trace::Outcome& outcome = subject.record.outcome;
    if (outcome.success) return passed(*outcome.success ? "success true" : "success false");
    if (outcome.terminal_state)
        return passed("terminal_state " + std::string(name_of(*outcome.terminal_state)), 0.8);
    if (outcome.reward) return passed(fmt::format("reward {}", *outcome.reward));
    return failed("none");
}

constexpr std::string_view k_category = "rl";

constexpr std::array k_rows{
    CheckRow{
        {"RL1", "RL1: Grounded outcome signal", k_category, 1.0, "A reward must rest on something.",
         "outcome, execution_context", "Capture after the commit, or record a reward or terminal state."},
        grounded_outcome},
    CheckRow{
        {"RL2", "RL2: Signal confidence set", k_category, 1.0, "Rewards are weighed by how they were found.",
         "outcome.signal_confidence", "Record success with its origin, or annotate the outcome."},
        signal_confidence},
    CheckRow{{"RL3", "RL3: Patch when committed", k_category, 0.9, "The patch is what can be tested again.",
              "outcome.patch", "Store the commit's diff in outcome.patch."},
             patch_when_committed},
    CheckRow{{"RL4", "RL4: Per-step token usage", k_category, 0.8, "Cost penalties need counts per step.",
              "steps[].token_usage", "Record the token counts of agent steps."},
             step_tokens},
    CheckRow{{"RL5", "RL5: Estimated cost > 0", k_category, 0.7, "Cost is a penalty.",
              "metrics.estimated_cost_usd", "Record token counts and the model, so that the cost is known."},
             estimated_cost_is_positive},
    CheckRow{
        {"RL6", "RL6: Sub-agent hierarchy", k_category, 0.7, "Credit flows along the tree of sub-agents.",
         "steps[].parent_step", "Name the step that started each sub-agent."},
        subagent_hierarchy},
    CheckRow{{"RL7", "RL7: Outcome success set", k_category, 0.4, "A label makes the trace usable as is.",
              "outcome", "Record success, a terminal state or a reward."},
             outcome_success},
    CheckRow{{"RL8", "RL8: Model on agent steps", k_category, 0.3, "Policies differ by model.",
              "steps[].model", "Record the model of every agent step."},
             agent_steps_name_the_model},
};

}  // namespace

CheckResult agent_steps_name_the_model(const Subject& subject) {
    const TraceFacts& facts = subject.facts;
    if (facts.agent_steps == 0) return passed("no agent steps");
    const double ratio = share(facts.agent_steps_with_model, facts.agent_steps);
    return graded(ratio >= k_models, rounded(ratio, 3),
                  part_with_percent(facts.agent_steps_with_model, facts.agent_steps));
}

std::span<const CheckRow> compatible_rl() {
    return k_rows;
}

}  // namespace opentraces::quality
