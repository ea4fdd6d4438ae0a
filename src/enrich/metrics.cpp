#include <algorithm>
#include <chrono>
#include <cmath>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

constexpr std::chrono::minutes k_idle{10};

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

std::optional<double> active_seconds_of(const std::vector<trace::Step>& steps) {
    struct Event {
        TimePoint at;
        bool by_person;
    };
    std::vector<Event> events;
    for (const trace::Step& step : steps) {
        const auto at = step.timestamp ? parse_iso8601(*step.timestamp) : std::nullopt;
        if (!at) continue;
        events.push_back({*at, step.role == trace::Role::User});
        for (const trace::ToolCall& call : step.tool_calls) {
            if (!call.duration_ms) continue;
            const bool asks = call.tool_name == "AskUserQuestion" || call.tool_name == "ExitPlanMode";
            events.push_back({*at + std::chrono::milliseconds(call.duration_ms->value()), asks});
        }
    }
    if (events.empty()) return std::nullopt;
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& one, const Event& other) { return one.at < other.at; });
    std::chrono::milliseconds active{0};
    for (std::size_t next = 1; next < events.size(); ++next) {
        const auto gap =
            std::chrono::duration_cast<std::chrono::milliseconds>(events[next].at - events[next - 1].at);
        if (!events[next].by_person && gap <= k_idle) active += gap;
    }
    if (events.front().at == events.back().at) return std::nullopt;
    return round_to(static_cast<double>(active.count()) / 1000, 100);
}

namespace {

void price_copied(trace::TraceRecord& record, const Evidence& evidence, const PriceTable& prices) {
    json::Value* const copied = record.metadata.find("opentraces_copied");
    if (copied == nullptr || copied->if_object() == nullptr || evidence.copied.empty()) return;
    if (const auto cost = prices.cost_of(evidence.copied))
        copied->if_object()->set("cost_usd", *cost);
    else
        copied->if_object()->erase("cost_usd");
}

}  // namespace

void price(trace::TraceRecord& record, const Evidence& evidence) {
    const PriceTable& prices = evidence.prices != nullptr ? *evidence.prices : PriceTable::standard();
    json::Object notes;
    if (evidence.actual_cost_usd) {
        record.metrics.estimated_cost_usd = evidence.actual_cost_usd;
        notes.set("source", "agent");
    } else {
        record.metrics.estimated_cost_usd = prices.cost_of(evidence.usage);
        notes.set("source", prices.source_of(evidence.usage));
        if (evidence.tokens_are_lower_bound) notes.set("lower_bound", true);
    }
    if (record.metrics.estimated_cost_usd)
        record.metadata.set("opentraces_cost", std::move(notes));
    else
        record.metadata.erase("opentraces_cost");
    price_copied(record, evidence, prices);
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
    if (const auto active = active_seconds_of(record.steps))
        record.metadata.set("opentraces_active_s", *active);
    metrics.cache_hit_rate = hit_rate(evidence.usage);
    price(record, evidence);
}

}  // namespace opentraces::enrich
