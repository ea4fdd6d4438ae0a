#include <algorithm>
#include <array>
#include <cmath>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

struct PriceRow {
    std::string_view part;  // of the model name
    double input;
    double output;
};

// A part that ends in '$' must end the name. Cache reads cost a tenth of input, cache writes 1.25 times
// (5 minutes) or twice (1 hour) of it.
constexpr std::array<PriceRow, 23> k_claude_prices = {{
    {"opus-4-5", 5, 25},    {"opus-4-6", 5, 25},   {"opus-4-7", 5, 25},     {"opus-4-8", 5, 25},
    {"opus-4-20", 15, 75},  {"opus-4-0", 15, 75},  {"opus-4-1", 15, 75},    {"opus-4$", 15, 75},
    {"3-opus", 15, 75},     {"haiku-4-5", 1, 5},   {"3-5-haiku", 0.8, 4},   {"3-haiku", 0.25, 1.25},
    {"sonnet-4-20", 3, 15}, {"sonnet-4-0", 3, 15}, {"sonnet-4-5", 3, 15},   {"sonnet-4-6", 3, 15},
    {"sonnet-4$", 3, 15},   {"3-7-sonnet", 3, 15}, {"3-5-sonnet", 3, 15},   {"3-sonnet", 3, 15},
    {"opus-3", 15, 75},     {"sonnet-3", 3, 15},   {"haiku-3", 0.25, 1.25},
}};

double round_to(double value, double scale) {
    return std::round(value * scale) / scale;
}

std::optional<double> hit_rate(const std::vector<ModelUsage>& usage) {
    std::int64_t input = 0;
    std::int64_t read = 0;
    for (const ModelUsage& one : usage) {
        input = add_clamped(input, one.input_tokens);
        read = add_clamped(read, one.cache_read_tokens);
    }
    if (input <= 0 && read <= 0) return std::nullopt;
    return round_to(static_cast<double>(read) / static_cast<double>(add_clamped(input, read)), 1e4);
}

}  // namespace

std::optional<Price> price_of(std::string_view model) {
    const std::string name = to_lower_ascii(model);
    if (name.find("claude") == std::string::npos) return std::nullopt;
    const std::string ended = name + "$";
    const auto* row =
        std::find_if(k_claude_prices.begin(), k_claude_prices.end(),
                     [&ended](const PriceRow& known) { return ended.find(known.part) != std::string::npos; });
    if (row == k_claude_prices.end()) return std::nullopt;
    return Price{row->input, row->output, row->input * 0.1, row->input * 1.25, row->input * 2};
}

std::optional<double> cost_of(const std::vector<ModelUsage>& usage) {
    double dollars = 0;
    for (const ModelUsage& one : usage) {
        if (one.input_tokens == 0 && one.output_tokens == 0 && one.cache_read_tokens == 0 &&
            one.cache_write_tokens == 0)
            continue;
        const auto price = price_of(one.model);
        if (!price) return std::nullopt;
        const std::int64_t short_write =
            std::max<std::int64_t>(one.cache_write_tokens - one.long_cache_write_tokens, 0);
        dollars += static_cast<double>(one.input_tokens) * price->input +
                   static_cast<double>(one.output_tokens) * price->output +
                   static_cast<double>(one.cache_read_tokens) * price->cache_read +
                   static_cast<double>(short_write) * price->cache_write +
                   static_cast<double>(one.long_cache_write_tokens) * price->long_cache_write;
    }
    if (dollars == 0) return std::nullopt;
    return round_to(dollars / 1e6, 1e6);
}

std::optional<double> duration_of(const std::vector<trace::Step>& steps) {
    std::optional<TimePoint> first;
    std::optional<TimePoint> last;
    for (const trace::Step& step : steps) {
        const auto at = step.timestamp ? parse_iso8601(*step.timestamp) : std::nullopt;
        if (!at) continue;
        if (!first || *at < *first) first = at;
        if (!last || *at > *last) last = at;
    }
    if (!first || *first == *last) return std::nullopt;
    return round_to(static_cast<double>((*last - *first).count()) / 1000, 100);
}

void fill_metrics(trace::TraceRecord& record, const Evidence& evidence) {
    trace::Metrics& metrics = record.metrics;
    metrics.total_steps = static_cast<std::int64_t>(record.steps.size());
    std::int64_t input = 0;
    std::int64_t output = 0;
    for (const ModelUsage& one : evidence.usage) {
        input = add_clamped(input, one.input_tokens);
        output = add_clamped(output, one.output_tokens);
    }
    metrics.total_input_tokens = input;
    metrics.total_output_tokens = output;
    metrics.total_duration_s = duration_of(record.steps);
    if (!metrics.total_duration_s) metrics.total_duration_s = evidence.reported_duration_s;
    metrics.cache_hit_rate = hit_rate(evidence.usage);
    metrics.estimated_cost_usd =
        evidence.actual_cost_usd ? evidence.actual_cost_usd : cost_of(evidence.usage);
}

}  // namespace opentraces::enrich
