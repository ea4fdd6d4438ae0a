#include "opentraces/shard/stats.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "opentraces/core/clock.hpp"
#include "shard/facts.hpp"

namespace opentraces::shard {
namespace {

using Counts = std::map<std::string, std::int64_t>;

void merge_counts(Counts& into, const Counts& from) {
    for (const auto& [name, count] : from)
        into[name] += count;
}

void widen(DatasetStats& stats, std::int64_t first, std::int64_t last) {
    stats.first_ms = std::min(stats.first_ms.value_or(first), first);
    stats.last_ms = std::max(stats.last_ms.value_or(last), last);
}

void add_time(DatasetStats& stats, const std::optional<std::string>& text) {
    if (!text) return;
    if (const auto at = parse_iso8601(*text)) {
        const std::int64_t milliseconds = at->time_since_epoch().count();
        widen(stats, milliseconds, milliseconds);
    }
}

NanoDollars nano_dollars(double cost) {
    return std::llrint(cost * 1e9);  // half to even: nobody changes the rounding mode
}

std::int64_t steps_of(const trace::TraceRecord& record, RecordFacts& facts) {
    const trace::Integer& total = record.metrics.total_steps;
    if (total == trace::Integer(0)) return static_cast<std::int64_t>(record.steps.size());
    return plausible(total.value(), facts);
}

}  // namespace

std::int64_t plausible(std::int64_t count, RecordFacts& facts) {
    if (count >= -k_max_count && count <= k_max_count) return count;
    ++facts.implausible;
    return 0;
}

std::optional<double> plausible_cost(std::optional<double> cost, RecordFacts& facts) {
    if (!cost || std::abs(*cost) <= k_max_cost_usd) return cost;
    ++facts.implausible;
    return std::nullopt;
}

RecordFacts facts_of(const trace::TraceRecord& record) {
    RecordFacts facts;
    facts.schema_version = record.schema_version;
    facts.steps = steps_of(record, facts);
    facts.input_tokens = plausible(record.metrics.total_input_tokens.value(), facts);
    facts.output_tokens = plausible(record.metrics.total_output_tokens.value(), facts);
    for (const trace::Step& step : record.steps) {
        facts.tool_calls += static_cast<std::int64_t>(step.tool_calls.size());
        facts.cache_read_tokens += plausible(step.token_usage.cache_read_tokens.value(), facts);
        facts.cache_write_tokens += plausible(step.token_usage.cache_write_tokens.value(), facts);
    }
    facts.cost_usd = plausible_cost(record.metrics.estimated_cost_usd, facts);
    facts.success = record.outcome.success;
    facts.redactions = plausible(record.security.redactions_applied.value(), facts);
    facts.scanned = record.security.scanned;
    facts.agent = record.agent.name;
    facts.model = record.agent.model;
    facts.started = record.timestamp_start;
    facts.ended = record.timestamp_end;
    facts.dependencies = record.dependencies;
    facts.languages = record.environment.language_ecosystem;
    return facts;
}

void DatasetStats::add(const trace::TraceRecord& record) {
    add(facts_of(record));
}

void DatasetStats::add(const RecordFacts& facts) {
    ++traces;
    steps += facts.steps;
    tool_calls += facts.tool_calls;
    input_tokens += facts.input_tokens;
    output_tokens += facts.output_tokens;
    cache_read_tokens += facts.cache_read_tokens;
    cache_write_tokens += facts.cache_write_tokens;
    cost += facts.cost_usd ? nano_dollars(*facts.cost_usd) : 0;
    traces_with_cost += facts.cost_usd ? 1 : 0;
    traces_with_outcome += facts.success ? 1 : 0;
    successes += facts.success.value_or(false) ? 1 : 0;
    redactions += facts.redactions;
    traces_redacted += facts.redactions > 0 ? 1 : 0;
    traces_scanned += facts.scanned ? 1 : 0;
    implausible += facts.implausible;
    if (facts.model && !facts.model->empty()) ++models[*facts.model];
    ++agents[facts.agent];
    ++schema_versions[facts.schema_version];
    for (const std::string& name : facts.dependencies)
        ++dependencies[name];
    for (const std::string& name : facts.languages)
        ++languages[name];
    add_time(*this, facts.started);
    add_time(*this, facts.ended);
}

void DatasetStats::merge(const DatasetStats& other) {
    traces += other.traces;
    steps += other.steps;
    tool_calls += other.tool_calls;
    input_tokens += other.input_tokens;
    output_tokens += other.output_tokens;
    cache_read_tokens += other.cache_read_tokens;
    cache_write_tokens += other.cache_write_tokens;
    cost += other.cost;
    traces_with_cost += other.traces_with_cost;
    traces_with_outcome += other.traces_with_outcome;
    successes += other.successes;
    redactions += other.redactions;
    traces_redacted += other.traces_redacted;
    traces_scanned += other.traces_scanned;
    implausible += other.implausible;
    merge_counts(models, other.models);
    merge_counts(agents, other.agents);
    merge_counts(dependencies, other.dependencies);
    merge_counts(languages, other.languages);
    merge_counts(schema_versions, other.schema_versions);
    if (other.first_ms && other.last_ms) widen(*this, *other.first_ms, *other.last_ms);
}

}  // namespace opentraces::shard
