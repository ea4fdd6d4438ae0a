// Analytics of rubric 0.2.
#include <fmt/format.h>

#include <array>

#include "quality/rubric_0_2/check.hpp"
#include "quality/rubric_0_2/rounding.hpp"

namespace opentraces::quality {
namespace {

constexpr double k_timestamps = 0.8;
constexpr double k_breakdown = 0.8;
constexpr double k_call_types = 0.5;
constexpr std::string_view k_turns = "conversation turns have no such detail";

CheckResult share_of(std::size_t part, std::size_t total, double least) {
    const double ratio = static_cast<double>(part) / static_cast<double>(total);
    return graded(ratio >= least, rounded(ratio, 3), part_with_percent(part, total));
}

CheckResult cache_hit_rate(const Subject& subject) {
    if (subject.runtime) return not_applicable("runtime");
    const auto& rate = subject.record.metrics.cache_hit_rate;
    return all_or_nothing(rate && *rate >= 0 && *rate <= 1, rate ? fmt::format("{}", *rate) : "missing");
}

CheckResult duration(const Subject& subject) {
    if (subject.runtime) return not_applicable("runtime");
    const auto& duration = subject.record.metrics.total_duration_s;
    return all_or_nothing(duration && *duration > 0, duration ? fmt::format("{} s", *duration) : "missing");
}

CheckResult step_timestamps(const Subject& subject) {
    if (subject.turn_level) return not_applicable(std::string(k_turns));
    if (subject.facts.steps == 0) return passed("no steps");
    return share_of(subject.facts.steps_with_timestamp, subject.facts.steps, k_timestamps);
}

CheckResult token_breakdown(const Subject& subject) {
    if (subject.turn_level) return not_applicable(std::string(k_turns));
    if (subject.facts.agent_steps == 0) return passed("no agent steps");
    return share_of(subject.facts.agent_steps_with_both_tokens, subject.facts.agent_steps, k_breakdown);
}

CheckResult total_steps(const Subject& subject) {
    const trace::Integer& total = subject.record.metrics.total_steps;
    const bool equal = total == trace::Integer(static_cast<std::int64_t>(subject.facts.steps));
    return all_or_nothing(equal, fmt::format("{} said, {} found", total.text(), subject.facts.steps));
}

CheckResult call_types(const Subject& subject) {
    if (subject.turn_level) return not_applicable(std::string(k_turns));
    if (subject.facts.steps == 0) return passed("no steps");
    return share_of(subject.facts.steps_with_call_type, subject.facts.steps, k_call_types);
}

constexpr std::string_view k_category = "analytics";

constexpr std::array k_rows{
    CheckRow{{"A1", "A1: Cache hit rate computed", k_category, 1.0, "Cost depends on the cache.",
              "metrics.cache_hit_rate", "Record cache_read_tokens; the rate follows."},
             cache_hit_rate},
    CheckRow{
        {"A2", "A2: Estimated cost > 0", k_category, 0.9, "Cost is the first question of every analysis.",
         "metrics.estimated_cost_usd", "Record token counts and the model, so that the cost is known."},
        estimated_cost_is_positive},
    CheckRow{{"A3", "A3: Total duration > 0", k_category, 0.8, "Time is the second.",
              "metrics.total_duration_s", "Record step times; the duration follows."},
             duration},
    CheckRow{{"A4", "A4: Step timestamps", k_category, 0.7, "Latency is measured between steps.",
              "steps[].timestamp", "Record the time of every step."},
             step_timestamps},
    CheckRow{{"A5", "A5: Token breakdown per step", k_category, 0.8, "Input and output cost differently.",
              "steps[].token_usage", "Record input and output tokens of agent steps."},
             token_breakdown},
    CheckRow{{"A6", "A6: Agent model on steps", k_category, 0.6, "Prices differ by model.", "steps[].model",
              "Record the model of every agent step."},
             agent_steps_name_the_model},
    CheckRow{{"A7", "A7: Total steps consistent", k_category, 0.5, "Totals must agree with what they sum up.",
              "metrics.total_steps, steps", "Compute the metrics again from the steps."},
             total_steps},
    CheckRow{{"A8", "A8: Warmup/real distinction", k_category, 0.4, "Warm-up calls distort averages.",
              "steps[].call_type", "Set call_type on every step."},
             call_types},
};

}  // namespace

std::span<const CheckRow> compatible_analytics() {
    return k_rows;
}

}  // namespace opentraces::quality
