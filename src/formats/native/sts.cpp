// STS-Format, the Hugging Face Session Trace Simple Format: a JSON Lines file for each run, opened by the
// Hub's trace viewer (https://huggingface.co/docs/hub/session-traces-format, July 2026).
#include <algorithm>
#include <memory>

#include "formats/exporters.hpp"
#include "formats/json_out.hpp"
#include "formats/native/native.hpp"

namespace opentraces::formats {
namespace {

using trace::TraceRecord;

std::string_view role_name(trace::Role role) {
    switch (role) {
        case trace::Role::System:
            return "system";
        case trace::Role::User:
            return "user";
        case trace::Role::Agent:
            break;
    }
    return "assistant";
}

class StsRun {
public:
    StsRun(json::Sink& sink, const Prepared& prepared, const Run& run, const ExportOptions& options,
           Remarks& remarks)
        : m_out(sink), m_prepared(prepared), m_run(run), m_options(options), m_calls(remarks) {}

    // `mark`: an assistant message says that it has no calls.
    void write(const std::vector<ShownPrompt>& prompts, bool mark) {
        m_mark = mark;
        write_header();
        auto prompt = prompts.begin();
        for (std::size_t i = 0; i < m_run.steps.size(); ++i) {
            const PreparedStep& step = m_run.steps[i];
            for (; prompt != prompts.end() && prompt->before_step == i; ++prompt)
                write_text("system", prompt->text, step.time);
            if (is_shown(step)) write_step(step);
        }
    }

private:
    void write_header() {
        const TraceRecord& record = *m_prepared.record;
        m_out.begin_object().member("type", "session");
        m_out.member("harness", native_harness(m_prepared, m_options));
        m_out.member("id", native_session_id(m_prepared, m_run));
        m_out.optional("name", std::string_view(native_title(m_prepared, m_run)));
        m_out.member("traceId", record.trace_id).member("schemaVersion", record.schema_version);
        m_out.optional("agentVersion", record.agent.version);
        if (!m_run.is_main()) {
            m_out.member("parentSession", native_session_id(m_prepared, m_prepared.runs[m_run.parent]));
            if (const trace::ToolCall* call = m_prepared.spawning_call(m_run))
                m_out.member("parentToolCallId", call->tool_call_id);
        }
        m_out.member("exporter", "opentraces").end_object();
        m_out.end_line();
    }

    // An open message; the line's own time is what the `datasets` library reads as the time of sending.
    void begin_message(std::string_view role, const std::optional<Instant>& time) {
        m_out.begin_object().member("type", "message");
        if (time) m_out.member("timestamp", *time);
        m_out.key("message").begin_object().member("role", role);
    }

    void end_message(const std::optional<Instant>& time, std::string_view model = {}) {
        if (time) m_out.member("timestamp", to_milliseconds(*time));
        m_out.optional("model", model).end_object().end_object();
        m_out.end_line();
    }

    void write_text(std::string_view role, std::string_view text, const std::optional<Instant>& time) {
        begin_message(role, time);
        m_out.member("content", text);
        end_message(time);
    }

    void write_step(const PreparedStep& prepared) {
        const trace::Step& step = *prepared.step;
        begin_message(role_name(step.role), prepared.time);
        m_out.member("content", step.content ? std::string_view(*step.content) : std::string_view());
        m_out.optional("reasoningContent", step.reasoning_content);
        if (prepared.is_agent()) write_calls(prepared);
        end_message(prepared.time, model_text(step.model));
        if (!prepared.is_agent() && !step.tool_calls.empty()) {
            begin_message("assistant", prepared.time);
            m_out.member("content", "");
            write_calls(prepared);
            end_message(prepared.time);
        }
        for (const NativeAnswer& answer : m_calls.answers(prepared))
            write_answer(answer);
    }

    void write_calls(const PreparedStep& prepared) {
        const auto& ids = m_calls.name(prepared);
        const auto& calls = prepared.step->tool_calls;
        if (calls.empty() && !m_mark) return;
        m_mark = false;
        m_out.key("toolCalls").begin_array();
        for (std::size_t i = 0; i < calls.size(); ++i) {
            m_out.begin_object().member("id", ids[i]).key("function").begin_object();
            m_out.member("name", calls[i].tool_name).key("arguments").begin_text();
            m_out.value(calls[i].input).end_text();
            m_out.end_object().end_object();
        }
        m_out.end_array();
    }

    void write_answer(const NativeAnswer& answer) {
        begin_message("tool", answer.time);
        m_out.member("toolCallId", answer.call_id).member("content", observation_text(answer.observation));
        end_message(answer.time);
    }

    JsonOut m_out;
    const Prepared& m_prepared;
    const Run& m_run;
    const ExportOptions& m_options;
    NativeCalls m_calls;
    bool m_mark = false;
};

// The Hub takes a file for a session only when its messages differ in their keys.
struct KeySets {
    bool differ = false;
    bool has_assistant = false;
    std::size_t messages = 0;
};

KeySets key_sets(const Run& run, const std::vector<ShownPrompt>& prompts) {
    KeySets sets;
    unsigned first = 0;
    const auto add = [&](bool time, bool reasoning, bool model) {
        const unsigned keys = (time ? 1U : 0U) | (reasoning ? 2U : 0U) | (model ? 4U : 0U);
        if (sets.messages++ == 0) first = keys;
        sets.differ = sets.differ || keys != first;
    };
    for (const ShownPrompt& prompt : prompts)
        add(run.steps[prompt.before_step].time.has_value(), false, false);
    for (const PreparedStep& step : run.steps) {
        if (!is_shown(step)) continue;
        add(step.time.has_value(), step.step->reasoning_content.has_value(),
            !model_text(step.step->model).empty());
        sets.differ = sets.differ || !step.step->tool_calls.empty();
        sets.has_assistant = sets.has_assistant || step.is_agent();
    }
    return sets;
}

class StsExporter final : public Exporter {
public:
    explicit StsExporter(const ExportOptions& options) : m_options(options) {}

    Converted write(const TraceRecord& record, Documents& documents) const override {
        return write_native_runs(record, m_options,
                                 [&](const Prepared& prepared, const Run& run, Remarks& remarks) {
                                     return write_run(prepared, run, documents, remarks);
                                 });
    }

private:
    bool write_run(const Prepared& prepared, const Run& run, Documents& documents, Remarks& remarks) const {
        const auto prompts = shown_prompts(*prepared.record, run);
        const KeySets sets = key_sets(run, prompts);
        if (sets.messages == 0) return false;
        if (!sets.differ && (sets.messages == 1 || !sets.has_assistant))
            remarks.add("steps", "session of equal messages: the Hub does not recognise it");
        StsRun(documents.begin(native_stem(prepared, run)), prepared, run, m_options, remarks)
            .write(prompts, !sets.differ);
        documents.end();
        return true;
    }

    ExportOptions m_options;
};

}  // namespace

constexpr Mappings k_sts_mappings = keeps({
    {"schema_version", Coverage::Extension, "header schemaVersion"},
    {"trace_id", Coverage::Extension, "header traceId"},
    {"session_id", Coverage::Full, "header id"},
    {"task", Coverage::Partial, "header name: the description"},
    {"agent", Coverage::Full, "header harness, agentVersion; message.model"},
    {"system_prompts", Coverage::Full, "message of role system where the prompt comes into force"},
    {"steps", Coverage::Full, "message.role and the order of lines"},
    {"content", Coverage::Full, "message.content"},
    {"reasoning_content", Coverage::Full, "message.reasoningContent"},
    {"step_model", Coverage::Full, "message.model"},
    {"step_timestamp", Coverage::Full, "message.timestamp in milliseconds; timestamp of the line"},
    {"agent_role", Coverage::Partial, "header name of a sub-agent's file"},
    {"subagents", Coverage::Partial, "a file for each; header parentSession, parentToolCallId"},
    {"tool_calls", Coverage::Full, "message.toolCalls[].id, .function.name, .function.arguments"},
    {"durations", Coverage::Partial, "time of the message of role tool"},
    {"observations", Coverage::Full, "message of role tool: toolCallId, content"},
    {"errors", Coverage::Partial, "\"[error: …]\" in front of the content"},
});

std::unique_ptr<Exporter> open_sts(const ExportOptions& options) {
    return std::make_unique<StsExporter>(options);
}

}  // namespace opentraces::formats
