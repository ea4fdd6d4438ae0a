#include "opentraces/shard/stats.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "opentraces/core/clock.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/marks.hpp"
#include "shard/facts.hpp"

namespace opentraces::shard {
namespace {

using Counts = std::map<std::string, std::int64_t>;

void add_to(std::int64_t& sum, std::int64_t number) {
    sum = std::clamp(sum + number, -k_max_sum, k_max_sum);
}

void merge_counts(Counts& into, const Counts& from) {
    for (const auto& [name, count] : from)
        add_to(into[name], count);
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

// Of what another record counts, not more than there is.
void leave_out(std::int64_t& count, const json::Value& copied) {
    count -= std::clamp<std::int64_t>(copied.integer().value_or(0), 0, std::max<std::int64_t>(count, 0));
}

void leave_out_copies(const json::Object& metadata, RecordFacts& facts) {
    const json::Value* copied = metadata.find(k_copied_key);
    if (copied == nullptr) return;
    facts.copied_replies =
        std::clamp<std::int64_t>((*copied)["replies"].integer().value_or(0), 0, k_max_count);
    if (facts.copied_replies == 0) return;
    leave_out(facts.input_tokens, (*copied)["input_tokens"]);
    leave_out(facts.output_tokens, (*copied)["output_tokens"]);
    leave_out(facts.cache_read_tokens, (*copied)["cache_read_tokens"]);
    leave_out(facts.cache_write_tokens, (*copied)["cache_write_tokens"]);
    const json::Number* cost = (*copied)["cost_usd"].if_number();
    if (facts.cost_usd && cost != nullptr && cost->as_double() > 0)
        facts.cost_usd = std::max(*facts.cost_usd - cost->as_double(), 0.0);
}

void add_marks(MarkStats& marks, const RecordFacts& facts) {
    ++marks.known;
    marks.costs_lower_bound += facts.cost_is_lower_bound ? 1 : 0;
    if (facts.active_s) {
        ++marks.traces_with_active_time;
        add_to(marks.active_ms, std::llrint(*facts.active_s * 1e3));
    }
    marks.traces_cut += facts.texts_cut > 0 ? 1 : 0;
    add_to(marks.texts_cut, facts.texts_cut);
    marks.traces_without_usage += facts.usage_is_unknown ? 1 : 0;
}

void merge_marks(MarkStats& into, const MarkStats& from) {
    add_to(into.known, from.known);
    add_to(into.costs_lower_bound, from.costs_lower_bound);
    add_to(into.active_ms, from.active_ms);
    add_to(into.traces_with_active_time, from.traces_with_active_time);
    add_to(into.traces_cut, from.traces_cut);
    add_to(into.texts_cut, from.texts_cut);
    add_to(into.traces_without_usage, from.traces_without_usage);
}

}  // namespace

void take_marks(const json::Object& metadata, RecordFacts& facts) {
    const trace::Marks marks = trace::marks_of(metadata);
    facts.cache_read_tokens = std::max(facts.cache_read_tokens, marks.session_cache_read);
    facts.cache_write_tokens = std::max(facts.cache_write_tokens, marks.session_cache_written);
    facts.usage_is_unknown = trace::knows_no_usage(
        marks, {facts.input_tokens, facts.output_tokens, facts.cache_read_tokens, facts.cache_write_tokens});
    leave_out_copies(metadata, facts);
    facts.cost_is_lower_bound = facts.cost_usd && marks.cost_is_lower_bound;
    if (facts.copied_replies == 0) facts.active_s = marks.active_s;
    facts.texts_cut = marks.texts_cut;
}

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
    take_marks(record.metadata, facts);
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
    add_to(steps, facts.steps);
    add_to(tool_calls, facts.tool_calls);
    add_to(input_tokens, facts.input_tokens);
    add_to(output_tokens, facts.output_tokens);
    add_to(cache_read_tokens, facts.cache_read_tokens);
    add_to(cache_write_tokens, facts.cache_write_tokens);
    add_to(cost, facts.cost_usd ? nano_dollars(*facts.cost_usd) : 0);
    traces_with_cost += facts.cost_usd ? 1 : 0;
    traces_with_outcome += facts.success ? 1 : 0;
    successes += facts.success.value_or(false) ? 1 : 0;
    add_to(redactions, facts.redactions);
    traces_redacted += facts.redactions > 0 ? 1 : 0;
    traces_scanned += facts.scanned ? 1 : 0;
    add_to(implausible, facts.implausible);
    traces_with_copies += facts.copied_replies > 0 ? 1 : 0;
    if (facts.model && !facts.model->empty()) ++models[*facts.model];
    ++agents[facts.agent];
    ++schema_versions[facts.schema_version];
    for (const std::string& name : facts.dependencies)
        ++dependencies[name];
    for (const std::string& name : facts.languages)
        ++languages[name];
    add_time(*this, facts.started);
    add_time(*this, facts.ended);
    add_marks(marks, facts);
}

void DatasetStats::merge(const DatasetStats& other) {
    add_to(traces, other.traces);
    add_to(steps, other.steps);
    add_to(tool_calls, other.tool_calls);
    add_to(input_tokens, other.input_tokens);
    add_to(output_tokens, other.output_tokens);
    add_to(cache_read_tokens, other.cache_read_tokens);
    add_to(cache_write_tokens, other.cache_write_tokens);
    add_to(cost, other.cost);
    add_to(traces_with_cost, other.traces_with_cost);
    add_to(traces_with_outcome, other.traces_with_outcome);
    add_to(successes, other.successes);
    add_to(redactions, other.redactions);
    add_to(traces_redacted, other.traces_redacted);
    add_to(traces_scanned, other.traces_scanned);
    add_to(implausible, other.implausible);
    add_to(traces_with_copies, other.traces_with_copies);
    merge_counts(models, other.models);
    merge_counts(agents, other.agents);
    merge_counts(dependencies, other.dependencies);
    merge_counts(languages, other.languages);
    merge_counts(schema_versions, other.schema_versions);
    if (other.first_ms && other.last_ms) widen(*this, *other.first_ms, *other.last_ms);
    merge_marks(marks, other.marks);
}

const std::string* later_schema(const DatasetStats& stats) {
    for (const auto& [version, traces] : stats.schema_versions)
        if (trace::is_newer_schema(version)) return &version;
    return nullptr;
}

}  // namespace opentraces::shard
