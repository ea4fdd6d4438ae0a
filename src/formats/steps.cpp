// One flat row for each step, as JSON Lines or CSV (RFC 4180), for DuckDB, pandas and Parquet writers.
#include "formats/steps.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <type_traits>

#include "formats/exporters.hpp"
#include "formats/json_out.hpp"
#include "formats/view/record_head.hpp"
#include "formats/view/remarks.hpp"
#include "formats/view/span_times.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::formats {
namespace {

using trace::TraceRecord;
using Type = StepsType;

constexpr auto k_columns = std::to_array<StepsColumn>({
    {"trace_id", Type::Text, false, "`trace_id`"},
    {"session_id", Type::Text, false, "`session_id`"},
    {"step", Type::Integer, false, "number of the step in the record, from 0; unique within `trace_id`"},
    {"step_index", Type::Integer, false, "`step_index`, as the record numbers its steps"},
    {"agent", Type::Text, false, "`agent.name`"},
    {"task", Type::Text, true, "`task.description`"},
    {"repository", Type::Text, true, "`task.repository`"},
    {"success", Type::Flag, true, "`outcome.success`"},
    {"reward", Type::Real, true, "`outcome.reward`; null when it is not a finite number"},
    {"run_id", Type::Text, true, "the sub-agent's run; null for the main agent"},
    {"parent_call_id", Type::Text, true, "id of the tool call that started the run"},
    {"parent_step", Type::Integer, true, "`parent_step`, a `step_index`"},
    {"subagent_ref", Type::Text, true, "`subagent_trajectory_ref`"},
    {"role", Type::Text, false, "`system`, `user` or `agent`"},
    {"call_type", Type::Text, true, "`main`, `subagent` or `warmup`"},
    {"agent_role", Type::Text, true, "`agent_role`"},
    {"model", Type::Text, true, "`model`"},
    {"timestamp", Type::Time, true, "`timestamp` in UTC, to the microsecond; null when it is not a time"},
    {"content", Type::Text, true, "`content`"},
    {"reasoning_content", Type::Text, true, "`reasoning_content`"},
    {"tool_call_count", Type::Integer, false, "number of tool calls"},
    {"error_count", Type::Integer, false, "number of observations with an `error`"},
    {"tool_calls", Type::Json, false, "array of `{tool_call_id, tool_name, input, duration_ms}`"},
    {"observations", Type::Json, false, "array of `{source_call_id, content, output_summary, error}`"},
    {"snippets", Type::Json, false, "array of snippets; keys without a value are left out"},
    {"tools_available", Type::Json, false, "array of names"},
    {"system_prompt_hash", Type::Text, true, "key into `trace.system_prompts`"},
    {"input_tokens", Type::Integer, true,
     "`token_usage.input_tokens`; null, as the next five, where the step has no count"},
    {"output_tokens", Type::Integer, true, "`token_usage.output_tokens`"},
    {"cache_read_tokens", Type::Integer, true, "`token_usage.cache_read_tokens`"},
    {"cache_write_tokens", Type::Integer, true, "`token_usage.cache_write_tokens`"},
    {"prefix_reuse_tokens", Type::Integer, true, "`token_usage.prefix_reuse_tokens`"},
    {"prompt_tokens", Type::Integer, true,
     "all input of the call, cache included, whichever way it is counted"},
    {"model_ms", Type::Integer, true,
     "milliseconds until the reply was complete, since the step or tool result before it; null where a time "
     "is missing, and for others' steps"},
    {"tools_ms", Type::Integer, true,
     "milliseconds from the reply until its last tool had answered; null where no call has a duration"},
    {"trace", Type::Json, true,
     "in the first row of a trace: everything of the record but its steps, else null"},
});

// A row as an object with every key.
class JsonRow {
public:
    explicit JsonRow(json::Sink& sink) : m_out(sink) {}
    void begin() { m_out.begin_object(); }
    void end() {
        m_out.end_object();
        m_out.end_line();
    }
    void null(std::string_view column) { m_out.key(column).null(); }
    template <class Value>
    void value(std::string_view column, const Value& value) {
        m_out.member(column, value);
    }
    void text(std::string_view column, std::string_view text) { m_out.member(column, text); }

private:
    JsonOut m_out;
};

// A record of RFC 4180. An empty text is "", nothing at all is null.
class CsvRow {
public:
    explicit CsvRow(json::Sink& sink) : m_sink(sink) {}
    void begin() { m_line.clear(); }
    void end() {
        m_line.append("\r\n");
        m_sink.write(m_line);
    }
    void null(std::string_view) { separate(); }
    void value(std::string_view, bool flag) { separate().append(flag ? "true" : "false"); }
    void value(std::string_view, std::int64_t number) { trace::Integer(number).append_to(separate()); }
    void value(std::string_view, const trace::Integer& number) { number.append_to(separate()); }
    void value(std::string_view, double number) { json::append_compact_double(separate(), number); }
    void value(std::string_view, Instant at) { append_instant(separate(), at); }
    void text(std::string_view, std::string_view text) {
        separate();
        if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
            m_line.append(text);
            return;
        }
        m_line.push_back('"');
        for (std::size_t quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"')) {
            m_line.append(text.substr(0, quote + 1)).push_back('"');
            text.remove_prefix(quote + 1);
        }
        m_line.append(text).push_back('"');
    }

private:
    std::string& separate() {
        if (!m_line.empty()) m_line.push_back(',');
        return m_line;
    }
    json::Sink& m_sink;
    std::string m_line;
};

// JSON for a cell.
class Cell {
public:
    Cell() : m_out(m_sink) {}
    JsonOut& out() { return m_out; }
    // Valid until the next cell.
    std::string_view take() {
        m_text.swap(m_sink.text());
        m_sink.text().clear();
        m_out.end_line();
        m_text.append(m_sink.text());
        m_sink.text().clear();
        m_text.pop_back();
        return m_text;
    }

private:
    json::StringSink m_sink;
    JsonOut m_out;
    std::string m_text;
};

template <class Text>
void write_nullable(JsonOut& out, std::string_view key, const std::optional<Text>& value) {
    out.key(key);
    if (value)
        out.value(*value);
    else
        out.null();
}

// Where a step belongs.
struct Place {
    const Run* run = nullptr;
    const PreparedStep* step = nullptr;
    const StepTimes* times = nullptr;
};

std::vector<Place> places(const Prepared& prepared, const std::vector<RunTimes>& times) {
    std::vector<Place> in_order(prepared.record->steps.size());
    for (std::size_t run = 0; run < prepared.runs.size(); ++run) {
        const std::vector<PreparedStep>& steps = prepared.runs[run].steps;
        for (std::size_t i = 0; i < steps.size(); ++i)
            in_order[steps[i].position] = {&prepared.runs[run], &steps[i], &times[run].steps[i]};
    }
    return in_order;
}

std::int64_t milliseconds(const SpanTime& time) {
    return (time.end - time.start) / 1'000'000;
}

std::optional<std::int64_t> model_milliseconds(const Place& place) {
    const SpanTime& chat = place.times->chat;
    if (!place.step->is_agent() || chat.estimated || place.step == &place.run->steps.front())
        return std::nullopt;
    return milliseconds(chat);
}

std::optional<std::int64_t> tools_milliseconds(const Place& place) {
    std::optional<std::int64_t> longest;
    for (std::size_t call = 0; call < place.times->tools.size(); ++call) {
        const std::int64_t took = milliseconds(place.times->tools[call]);
        if (took > 0 || place.step->step->tool_calls[call].duration_ms)
            longest = std::max(longest.value_or(0), took);
    }
    return longest;
}

template <class Row>
class RowsWriter {
public:
    RowsWriter(json::Sink& sink, const Prepared& prepared, Remarks& remarks)
        : m_row(sink), m_prepared(prepared), m_record(*prepared.record), m_remarks(remarks) {}

    void write(const Place& place, bool first) {
        m_column = 0;
        m_row.begin();
        write_trace_columns(place);
        write_run_columns(place);
        write_text_columns(place);
        write_json_columns(*place.step->step);
        write_counters(*place.step->step);
        nullable(model_milliseconds(place));
        nullable(tools_milliseconds(place));
        if (first) {
            write_record_head(m_cell.out(), m_record);
            m_row.text(column(), m_cell.take());
        } else {
            m_row.null(column());
        }
        m_row.end();
    }

private:
    std::string_view column() { return k_columns[m_column++].name; }
    void text(std::string_view text) { m_row.text(column(), text); }
    void number(std::int64_t number) { m_row.value(column(), number); }
    // Counters beyond 64 bits stop at the largest.
    void number(const trace::Integer& number) {
        if (!number.fits()) m_remarks.add("steps", "number beyond 64 bits: the nearest that fits");
        m_row.value(column(), number.value());
    }
    template <class Value>
    void nullable(const std::optional<Value>& value) {
        if (!value)
            m_row.null(column());
        else if constexpr (std::is_same_v<Value, std::string>)
            text(*value);
        else if constexpr (std::is_same_v<Value, trace::Integer>)
            number(*value);
        else
            m_row.value(column(), *value);
    }
    void nullable_text(std::string_view value, bool present) {
        if (present)
            text(value);
        else
            m_row.null(column());
    }

    void write_trace_columns(const Place& place) {
        const trace::Outcome& outcome = m_record.outcome;
        text(m_record.trace_id);
        text(m_record.session_id);
        number(static_cast<std::int64_t>(place.step->position));
        number(place.step->step->step_index);
        text(m_record.agent.name);
        nullable(m_record.task.description);
        nullable(m_record.task.repository);
        nullable(outcome.success);
        nullable(outcome.reward && std::isfinite(*outcome.reward) ? outcome.reward : std::nullopt);
    }

    void write_run_columns(const Place& place) {
        const trace::Step& step = *place.step->step;
        nullable_text(place.run->id, !place.run->is_main());
        const trace::ToolCall* call = m_prepared.spawning_call(*place.run);
        nullable_text(call == nullptr ? std::string_view() : call->tool_call_id, call != nullptr);
        nullable(step.parent_step);
        nullable(step.subagent_trajectory_ref);
        text(trace::name_of(step.role));
        nullable_text(step.call_type ? trace::name_of(*step.call_type) : "", step.call_type.has_value());
        nullable(step.agent_role);
    }

    void write_text_columns(const Place& place) {
        const trace::Step& step = *place.step->step;
        nullable(step.model);
        nullable(place.step->time);
        if (step.timestamp && !place.step->time) m_remarks.add("step_timestamp", "not a time: left out");
        nullable(step.content);
        nullable(step.reasoning_content);
        number(static_cast<std::int64_t>(step.tool_calls.size()));
        std::int64_t errors = 0;
        for (const trace::Observation& observation : step.observations)
            errors += observation.error ? 1 : 0;
        number(errors);
    }

    void write_json_columns(const trace::Step& step) {
        JsonOut& out = m_cell.out();
        out.begin_array();
        for (const trace::ToolCall& call : step.tool_calls) {
            out.begin_object().member("tool_call_id", call.tool_call_id).member("tool_name", call.tool_name);
            out.member("input", call.input);
            write_nullable(out, "duration_ms", call.duration_ms);
            out.end_object();
        }
        out.end_array();
        text(m_cell.take());
        out.begin_array();
        for (const trace::Observation& observation : step.observations) {
            out.begin_object().member("source_call_id", observation.source_call_id);
            write_nullable(out, "content", observation.content);
            write_nullable(out, "output_summary", observation.output_summary);
            write_nullable(out, "error", observation.error);
            out.end_object();
        }
        out.end_array();
        text(m_cell.take());
        out.begin_array();
        for (const trace::Snippet& snippet : step.snippets) {
            m_part.clear();
            trace::append_sparse(m_part, snippet);
            out.raw(m_part);
        }
        out.end_array();
        text(m_cell.take());
        out.begin_array();
        for (const std::string& tool : step.tools_available)
            out.value(tool);
        out.end_array();
        text(m_cell.take());
    }

    void write_counters(const trace::Step& step) {
        const trace::TokenUsage& usage = step.token_usage;
        nullable(step.system_prompt_hash);
        const bool known = has_usage(usage);
        for (const trace::Integer& count :
             {usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens,
              usage.prefix_reuse_tokens, trace::Integer(m_prepared.prompt_total(usage))})
            nullable(known ? std::optional(count) : std::nullopt);
    }

    Row m_row;
    Cell m_cell;
    std::string m_part;
    const Prepared& m_prepared;
    const TraceRecord& m_record;
    Remarks& m_remarks;
    std::size_t m_column = 0;
};

std::string csv_header() {
    std::string header;
    for (const StepsColumn& column : k_columns)
        header.append(header.empty() ? "" : ",").append(column.name);
    return header + "\r\n";
}

template <class Row>
class StepsExporter final : public Exporter {
public:
    explicit StepsExporter(bool subagents) : m_subagents(subagents) {}

    std::string_view preamble() const override {
        static const std::string k_header = csv_header();
        return std::is_same_v<Row, CsvRow> ? std::string_view(k_header) : std::string_view();
    }
    std::string_view extension() const override {
        return std::is_same_v<Row, CsvRow> ? ".steps.csv" : std::string_view();
    }

    Converted write(const TraceRecord& record, Documents& documents) const override {
        if (record.steps.empty()) return skipped("the record has no steps, and a row is a step");
        const Prepared prepared = prepare(record);
        Remarks remarks;
        RowsWriter<Row> writer(documents.begin(file_stem(record.session_id)), prepared, remarks);
        bool first = true;
        const std::vector<RunTimes> times = span_times(prepared);
        for (const Place& place : places(prepared, times)) {
            if (!place.run->is_main() && !m_subagents) {
                remarks.add("subagents", "step of a sub-agent: left out as asked");
                continue;
            }
            writer.write(place, first);
            first = false;
        }
        documents.end();
        return {Fate::Written, {}, remarks.take()};
    }

private:
    bool m_subagents;
};

}  // namespace

std::string_view name_of(StepsType type) {
    constexpr std::array<std::string_view, 6> k_names{"text", "int64", "double", "bool", "timestamp", "json"};
    return k_names[static_cast<std::size_t>(type)];
}

std::span<const StepsColumn> steps_columns() {
    return k_columns;
}

constexpr Mappings k_steps_mappings = keeps({
    {"schema_version", Coverage::Extension, "trace.schema_version"},
    {"trace_id", Coverage::Full, "trace_id"},
    {"session_id", Coverage::Full, "session_id"},
    {"content_hash", Coverage::Extension, "trace.content_hash"},
    {"timestamps", Coverage::Extension, "trace.timestamp_start, .timestamp_end"},
    {"execution_context", Coverage::Extension, "trace.execution_context"},
    {"task", Coverage::Full, "task, repository; trace.task"},
    {"agent", Coverage::Full, "agent; trace.agent"},
    {"environment", Coverage::Extension, "trace.environment"},
    {"vcs", Coverage::Extension, "trace.environment.vcs"},
    {"system_prompts", Coverage::Full, "system_prompt_hash; trace.system_prompts"},
    {"tool_definitions", Coverage::Extension, "trace.tool_definitions"},
    {"steps", Coverage::Full, "step, step_index, role"},
    {"content", Coverage::Full, "content"},
    {"reasoning_content", Coverage::Full, "reasoning_content"},
    {"step_model", Coverage::Full, "model"},
    {"step_timestamp", Coverage::Full, "timestamp"},
    {"agent_role", Coverage::Full, "agent_role"},
    {"call_type", Coverage::Full, "call_type"},
    {"subagents", Coverage::Full, "run_id, parent_call_id, parent_step, subagent_ref"},
    {"tools_available", Coverage::Full, "tools_available"},
    {"tool_calls", Coverage::Full, "tool_calls[].tool_call_id, .tool_name, .input; tool_call_count"},
    {"durations", Coverage::Full, "tool_calls[].duration_ms; tools_ms"},
    {"observations", Coverage::Full, "observations[].source_call_id, .content"},
    {"errors", Coverage::Full, "observations[].error; error_count"},
    {"output_summaries", Coverage::Full, "observations[].output_summary"},
    {"snippets", Coverage::Full, "snippets"},
    {"token_usage", Coverage::Full, "input_tokens, output_tokens; prompt_tokens (cache included)"},
    {"cache_read", Coverage::Full, "cache_read_tokens"},
    {"cache_write", Coverage::Full, "cache_write_tokens"},
    {"prefix_reuse", Coverage::Full, "prefix_reuse_tokens"},
    {"metrics", Coverage::Extension, "trace.metrics"},
    {"outcome", Coverage::Full, "success, reward; trace.outcome"},
    {"dependencies", Coverage::Extension, "trace.dependencies"},
    {"security", Coverage::Extension, "trace.security"},
    {"attribution", Coverage::Extension, "trace.attribution"},
    {"metadata", Coverage::Extension, "trace.metadata"},
});

std::unique_ptr<Exporter> open_steps(const ExportOptions& options) {
    if (options.steps_as.empty() || options.steps_as == "jsonl")
        return std::make_unique<StepsExporter<JsonRow>>(options.subagents);
    if (options.steps_as == "csv") return std::make_unique<StepsExporter<CsvRow>>(options.subagents);
    throw Error(ErrorCode::BadOption, "steps are not written as '" + options.steps_as + "'",
                "Choose jsonl or csv.");
}

}  // namespace opentraces::formats
