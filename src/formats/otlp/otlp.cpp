// OTLP/JSON lines: a tree of spans for each record. A line can be sent to /v1/traces as it is.
#include "formats/otlp/otlp.hpp"

#include <algorithm>
#include <array>

#include "formats/choices.hpp"
#include "formats/exporters.hpp"

namespace opentraces::formats {
namespace {

using trace::TraceRecord;

constexpr std::array<std::string_view, 3> k_contents{"delta", "none", "full"};
constexpr std::array<std::string_view, 3> k_dialects{"genai", "openinference", "langfuse"};

enum class SpanKind { Internal = 1, Client = 3 };
enum class StatusCode { Unset = 0, Ok = 1, Error = 2 };

StatusCode status_of(const trace::Outcome& outcome) {
    if (outcome.success == false || outcome.terminal_state == trace::TerminalState::Error)
        return StatusCode::Error;
    return outcome.success == true ? StatusCode::Ok : StatusCode::Unset;
}

class TreeWriter {
public:
    TreeWriter(JsonOut& out, const Prepared& prepared, const OtelStyle& style)
        : m_out(out),
          m_prepared(prepared),
          m_style(style),
          m_ids(*prepared.record),
          m_times(span_times(prepared)) {}

    void write() {
        write_run(0, {});
        for (std::size_t run = 1; run < m_prepared.runs.size(); ++run) {
            if (m_prepared.runs[run].parent_step == k_none)
                write_run(run, m_ids.agent(m_prepared.runs.front()));
        }
    }

private:
    void begin_span(const std::string& id, const std::string& parent, std::string_view what,
                    std::string_view name, SpanKind kind, const SpanTime& time) {
        m_out.begin_object().member("traceId", m_ids.trace()).member("spanId", id);
        if (!parent.empty()) m_out.member("parentSpanId", parent);
        m_out.member("name", Pieces{what, name.empty() ? "" : " ", name});
        m_out.member("kind", static_cast<int>(kind));
        m_out.member("startTimeUnixNano", std::to_string(time.start));
        m_out.member("endTimeUnixNano", std::to_string(time.end));
    }

    static void mark_estimated(Attributes& attributes, const SpanTime& time) {
        if (time.estimated) attributes.flag("opentraces.time.estimated", true);
    }

    void write_status(StatusCode code, std::string_view message = {}) {
        if (code == StatusCode::Unset) return;
        m_out.key("status").begin_object().member("code", static_cast<int>(code));
        m_out.optional("message", message).end_object();
    }

    bool in_openinference() const { return m_style.dialect == OtelDialect::OpenInference; }

    void write_run(std::size_t number, const std::string& parent) {
        const Run& run = m_prepared.runs[number];
        const OtelSpan span{m_prepared, run, m_style};
        const SpanTime& time = m_times[number].agent;
        const std::string id = m_ids.agent(run);
        begin_span(id, parent, "invoke_agent", otel_agent_name(span), SpanKind::Internal, time);
        {
            Attributes attributes(m_out);
            if (in_openinference())
                write_openinference_agent(attributes, span);
            else
                write_agent_attributes(attributes, span);
            mark_estimated(attributes, time);
        }
        if (run.is_main()) {
            write_outcome(time);
            write_status(status_of(m_prepared.record->outcome));
        }
        m_out.end_object();
        for (std::size_t step = 0; step < run.steps.size(); ++step)
            write_step(number, step, id);
    }

    void write_outcome(const SpanTime& time) {
        const trace::Outcome& outcome = m_prepared.record->outcome;
        if (!outcome.success && !outcome.reward) return;
        m_out.key("events").begin_array().begin_object();
        m_out.member("timeUnixNano", std::to_string(time.end)).member("name", "gen_ai.evaluation.result");
        {
            Attributes attributes(m_out);
            attributes.text("gen_ai.evaluation.name", "outcome");
            if (outcome.reward) attributes.number("gen_ai.evaluation.score.value", *outcome.reward);
            if (outcome.success)
                attributes.text("gen_ai.evaluation.score.label", *outcome.success ? "success" : "failure");
            if (m_style.content != OtelContent::None)
                attributes.optional("gen_ai.evaluation.explanation", outcome.description);
        }
        m_out.end_object().end_array();
    }

    void write_step(std::size_t run, std::size_t number, const std::string& agent) {
        const PreparedStep& step = m_prepared.runs[run].steps[number];
        if (step.is_agent()) write_chat(run, number, agent);
        std::vector<std::size_t> left = step.subagents;
        for (std::size_t call = 0; call < step.step->tool_calls.size(); ++call) {
            write_tool(run, number, call, agent);
            const std::string id = m_ids.tool(step, call);
            for (const std::size_t child : step.subagents) {
                if (m_prepared.runs[child].parent_call != call) continue;
                write_run(child, id);
                left.erase(std::find(left.begin(), left.end(), child));
            }
        }
        for (const std::size_t child : left)
            write_run(child, agent);
    }

    void write_chat(std::size_t run, std::size_t number, const std::string& agent) {
        const OtelSpan span{m_prepared, m_prepared.runs[run], m_style};
        const PreparedStep& step = span.run.steps[number];
        const SpanTime& time = m_times[run].steps[number].chat;
        const std::string_view model = split_model(model_text(step.step->model)).name;
        begin_span(m_ids.chat(step), agent, "chat", model, SpanKind::Client, time);
        {
            Attributes attributes(m_out);
            if (in_openinference())
                write_openinference_chat(attributes, span, number);
            else
                write_chat_attributes(attributes, span, number);
            mark_estimated(attributes, time);
        }
        m_out.end_object();
    }

    void write_tool(std::size_t run, std::size_t number, std::size_t call, const std::string& agent) {
        const OtelSpan span{m_prepared, m_prepared.runs[run], m_style};
        const PreparedStep& step = span.run.steps[number];
        const SpanTime& time = m_times[run].steps[number].tools[call];
        begin_span(m_ids.tool(step, call), agent, "execute_tool", step.step->tool_calls[call].tool_name,
                   SpanKind::Internal, time);
        {
            Attributes attributes(m_out);
            if (in_openinference())
                write_openinference_tool(attributes, span, number, call);
            else
                write_tool_attributes(attributes, span, number, call);
            mark_estimated(attributes, time);
        }
        const trace::Observation* answer = step.answer_of(call);
        if (answer != nullptr && answer->error) write_status(StatusCode::Error, *answer->error);
        m_out.end_object();
    }

    JsonOut& m_out;
    const Prepared& m_prepared;
    const OtelStyle& m_style;
    SpanIds m_ids;
    std::vector<RunTimes> m_times;
};

void remark(const Prepared& prepared, const OtelStyle& style, Remarks& remarks) {
    for (const Run& run : prepared.runs) {
        for (const PreparedStep& step : run.steps) {
            if (!step.time) remarks.add("step_timestamp", "missing or no time: span times are estimated");
            if (style.content == OtelContent::None) continue;
            for (const Result& result : step.results) {
                if (result.call == k_none)
                    remarks.add("observations", "observation of no call of its step: in the next input only");
                else if (!result.answer)
                    remarks.add("observations", "further observation of a call: in the next input only");
            }
        }
    }
    if (style.content == OtelContent::None)
        remarks.add("content", "written without content: no messages, arguments, results or descriptions");
}

class OtlpExporter final : public Exporter {
public:
    explicit OtlpExporter(const ExportOptions& options) : m_program_version(options.program_version) {
        m_style.content =
            static_cast<OtelContent>(choice(k_contents, options.otel_content, "--otel-content"));
        m_style.dialect =
            static_cast<OtelDialect>(choice(k_dialects, options.otel_dialect, "--otel-dialect"));
        m_style.structured = options.otel_structured;
    }

    Converted write(const TraceRecord& record, Documents& documents) const override {
        const Prepared prepared = prepare(record);
        Remarks remarks;
        remark(prepared, m_style, remarks);
        JsonOut out(documents.begin(file_stem(record.session_id)));
        out.begin_object().key("resourceSpans").begin_array().begin_object();
        write_resource(out, record);
        out.key("scopeSpans").begin_array().begin_object();
        out.key("scope").begin_object().member("name", "opentraces").member("version", m_program_version);
        out.end_object().key("spans").begin_array();
        TreeWriter(out, prepared, m_style).write();
        out.end_array().end_object().end_array().end_object().end_array().end_object();
        out.end_line();
        documents.end();
        return {Fate::Written, {}, remarks.take()};
    }

private:
    static void write_resource(JsonOut& out, const TraceRecord& record) {
        out.key("resource").begin_object();
        {
            Attributes attributes(out);
            attributes.text("service.name", record.agent.name);
            attributes.optional("service.version", record.agent.version);
            attributes.optional("os.type", record.environment.os);
        }
        out.end_object();
    }

    OtelStyle m_style;
    std::string m_program_version;
};

}  // namespace

constexpr Mappings k_otlp_mappings = keeps({
    {"schema_version", Coverage::Extension, "opentraces.schema_version of the root span"},
    {"trace_id", Coverage::Full, "traceId; opentraces.trace_id"},
    {"session_id", Coverage::Full, "gen_ai.conversation.id"},
    {"content_hash", Coverage::Extension, "opentraces.content_hash"},
    {"timestamps", Coverage::Partial, "startTimeUnixNano, endTimeUnixNano of the root span, from its steps"},
    {"execution_context", Coverage::Extension, "opentraces.execution_context"},
    {"task", Coverage::Partial, "opentraces.task.description, opentraces.vcs.repository, .base_commit"},
    {"agent", Coverage::Full,
     "service.name, service.version; gen_ai.agent.name, .version; gen_ai.request.model"},
    {"environment", Coverage::Partial, "os.type"},
    {"vcs", Coverage::Partial, "opentraces.vcs.base_commit, .branch"},
    {"system_prompts", Coverage::Full, "gen_ai.system_instructions"},
    {"tool_definitions", Coverage::Partial, "gen_ai.tool.definitions: names; all with --otel-content full"},
    {"steps", Coverage::Full, "spans in order; opentraces.step_index"},
    {"content", Coverage::Full, "gen_ai.input.messages, gen_ai.output.messages: text parts"},
    {"reasoning_content", Coverage::Full, "gen_ai.output.messages: reasoning parts"},
    {"step_model", Coverage::Full, "gen_ai.provider.name, gen_ai.request.model, gen_ai.response.model"},
    {"step_timestamp", Coverage::Full, "endTimeUnixNano of the chat span"},
    {"agent_role", Coverage::Full, "gen_ai.agent.name of sub-agents; opentraces.agent_role"},
    {"call_type", Coverage::Extension, "opentraces.call_type"},
    {"subagents", Coverage::Full,
     "invoke_agent spans below their execute_tool span; opentraces.subagent.ref"},
    {"tool_calls", Coverage::Full,
     "execute_tool spans: gen_ai.tool.call.id, gen_ai.tool.name, .call.arguments"},
    {"durations", Coverage::Full, "startTimeUnixNano, endTimeUnixNano of execute_tool spans"},
    {"observations", Coverage::Full, "gen_ai.tool.call.result; tool_call_response parts of the next input"},
    {"errors", Coverage::Full, "error.type and status of the execute_tool span"},
    {"token_usage", Coverage::Full, "gen_ai.usage.input_tokens (cache included), .output_tokens"},
    {"cache_read", Coverage::Full, "gen_ai.usage.cache_read.input_tokens"},
    {"cache_write", Coverage::Full, "gen_ai.usage.cache_write.input_tokens"},
    {"metrics", Coverage::Partial, "opentraces.cost_usd; sums of the spans' usage"},
    {"outcome", Coverage::Partial, "status, gen_ai.evaluation.result event, opentraces.outcome.*"},
    {"dependencies", Coverage::Extension, "opentraces.dependencies"},
    {"security", Coverage::Partial, "opentraces.security.redactions_applied"},
});

std::unique_ptr<Exporter> open_otlp(const ExportOptions& options) {
    return std::make_unique<OtlpExporter>(options);
}

}  // namespace opentraces::formats
