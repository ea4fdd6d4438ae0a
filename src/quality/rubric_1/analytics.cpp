// Analytics of rubric 1: numbers must be there and must agree.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "opentraces/core/clock.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"
#include "quality/rubric_1/check.hpp"

namespace opentraces::quality {
namespace {

constexpr double k_token_tolerance = 0.01;
constexpr double k_rate_tolerance = 0.01;
constexpr double k_time_tolerance = 0.05;
constexpr double k_least_seconds = 2;

bool agree(double said, double found, double tolerance, double least = 0) {
    return std::abs(said - found) <= std::max(least, tolerance * std::max(std::abs(said), std::abs(found)));
}

CheckResult cost(const StrictSubject& subject) {
    const auto& cost = subject.record.metrics.estimated_cost_usd;
    if (!cost) return unknown("no cost was estimated");
    return all_or_nothing(std::isfinite(*cost) && *cost > 0, fmt::format("{} USD", *cost));
}

CheckResult duration(const StrictSubject& subject) {
    const auto& said = subject.record.metrics.total_duration_s;
    if (!said) return unknown("no duration");
    if (!std::isfinite(*said) || *said <= 0) return failed(fmt::format("{} s", *said));
    const auto time_of = [](const trace::OptText& text) {
        return text ? parse_iso8601(*text) : std::nullopt;
    };
    const auto start = time_of(subject.record.timestamp_start);
    const auto end = time_of(subject.record.timestamp_end);
    if (!start || !end) return failed("the times it should agree with are missing", 0.5);
    const double found = static_cast<double>((*end - *start).count()) / 1000;
    return graded(agree(*said, found, k_time_tolerance, k_least_seconds),
                  agree(*said, found, k_time_tolerance, k_least_seconds) ? 1.0 : 0.3,
                  fmt::format("{} s said, {} s found", *said, found));
}

CheckResult step_times(const StrictSubject& subject) {
    if (subject.turn_level) return not_applicable("conversation turns have no times");
    if (subject.facts.steps == 0) return not_applicable("no steps");
    std::size_t good = 0;
    std::optional<TimePoint> before;
    for (const trace::Step& step : subject.record.steps) {
        const auto at = step.timestamp ? parse_iso8601(*step.timestamp) : std::nullopt;
        if (!at) continue;
        // Sub-agents run beside their parent.
        const bool parallel = step.call_type == trace::CallType::Subagent;
        if (parallel || !before || *at >= *before) ++good;
        if (!parallel) before = at;
    }
    return share(good, subject.facts.steps, 0.8);
}

CheckResult token_breakdown(const StrictSubject& subject) {
    if (subject.turn_level) return not_applicable("conversation turns have no token counts");
    if (subject.facts.agent_steps == 0) return not_applicable("no agent steps");
    return share(subject.facts.agent_steps_with_both_tokens, subject.facts.agent_steps, 0.8);
}

CheckResult token_totals(const StrictSubject& subject) {
    if (subject.turn_level) return not_applicable("conversation turns have no token counts");
    const TokenSums sums = token_sums(subject.record);
    const auto input = static_cast<double>(subject.record.metrics.total_input_tokens.value());
    const auto output = static_cast<double>(subject.record.metrics.total_output_tokens.value());
    if (!sums.any() || (input == 0 && output == 0)) return unknown("no token counts to compare");
    const bool holds =
        agree(input, sums.input, k_token_tolerance) && agree(output, sums.output, k_token_tolerance);
    return all_or_nothing(holds,
                          fmt::format("{}+{} said, {}+{} found", input, output, sums.input, sums.output));
}

CheckResult cache_rate(const StrictSubject& subject) {
    if (subject.turn_level) return not_applicable("conversation turns have no token counts");
    const auto& rate = subject.record.metrics.cache_hit_rate;
    if (!rate) return unknown("no cache rate");
    const TokenSums sums = token_sums(subject.record);
    const double all = sums.input + sums.cache_read;
    if (all == 0) return unknown("no token counts to compare");
    const double found = rounded(sums.cache_read / all, 4);
    return all_or_nothing(std::abs(*rate - found) <= k_rate_tolerance,
                          fmt::format("{} said, {} found", *rate, found));
}

CheckResult call_types(const StrictSubject& subject) {
    if (subject.turn_level) return not_applicable("conversation turns have no call type");
    if (subject.facts.agent_steps == 0) return not_applicable("no agent steps");
    return share(subject.facts.agent_steps_with_call_type, subject.facts.agent_steps, 0.8);
}

CheckResult model(const StrictSubject& subject) {
    const bool named = has_text(subject.record.agent.model) || subject.facts.agent_steps_with_model > 0;
    return all_or_nothing(named, named ? "named" : "missing");
}

constexpr std::string_view k_totals = "totals";
constexpr std::string_view k_detail = "detail";

constexpr std::array k_rows{
    StrictRow{{"N1", "Cost is known", k_totals, 1.0, "Cost is the first question of every analysis.",
               "metrics.estimated_cost_usd", "Record token counts and the model, so that the cost is known."},
              cost},
    StrictRow{{"N2", "Duration agrees with the times", k_totals, 0.8, "Time is the second question.",
               "metrics.total_duration_s, timestamp_start, timestamp_end", "Compute the duration again."},
              duration},
    StrictRow{
        {"N3", "Token totals agree with the steps", k_totals, 1.0, "Totals must agree with what they sum up.",
         "metrics, steps[].token_usage", "Compute the metrics again from the steps."},
        token_totals},
    StrictRow{{"N4", "Cache rate agrees with the steps", k_totals, 0.5, "Cost depends on the cache.",
               "metrics.cache_hit_rate, steps[].token_usage", "Compute the metrics again from the steps."},
              cache_rate},
    StrictRow{{"N5", "Steps are dated in order", k_detail, 1.0, "Latency is measured between steps.",
               "steps[].timestamp", "Record the time of every step."},
              step_times},
    StrictRow{{"N6", "Input and output tokens per step", k_detail, 0.8, "Input and output cost differently.",
               "steps[].token_usage", "Record input and output tokens of agent steps."},
              token_breakdown},
    StrictRow{{"N7", "Agent steps have a call type", k_detail, 0.4, "Warm-up calls distort averages.",
               "steps[].call_type of agent steps", "Set call_type on agent steps."},
              call_types},
    StrictRow{{"N8", "A model is named", k_detail, 0.6, "Prices differ by model.",
               "agent.model, steps[].model", "Record the model."},
              model},
};

}  // namespace

std::span<const StrictRow> strict_analytics() {
    return k_rows;
}

}  // namespace opentraces::quality
