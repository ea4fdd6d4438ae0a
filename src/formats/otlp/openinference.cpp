// The same spans in the attributes of OpenInference: messages flattened with indices.
#include "formats/otlp/otlp.hpp"
#include "opentraces/core/sums.hpp"

namespace opentraces::formats {
namespace {

constexpr std::string_view k_json = "application/json";
constexpr std::string_view k_plain = "text/plain";

// Attribute names below "llm.input_messages.3.message".
class FlatMessage {
public:
    FlatMessage(Attributes& attributes, std::string_view list, std::size_t number)
        : m_attributes(attributes),
          m_prefix(std::string(list) + "." + std::to_string(number) + ".message.") {}

    void role(std::string_view role) { m_attributes.text(m_prefix + "role", role); }
    void content(std::string_view text) { m_attributes.text(m_prefix + "content", text); }
    void content(const Pieces& text) { m_attributes.text(m_prefix + "content", text); }
    void answers(std::string_view call_id) { m_attributes.text(m_prefix + "tool_call_id", call_id); }
    void call(std::size_t number, const trace::ToolCall& call) {
        const std::string prefix = m_prefix + "tool_calls." + std::to_string(number) + ".tool_call.";
        m_attributes.text(prefix + "id", call.tool_call_id);
        m_attributes.text(prefix + "function.name", call.tool_name);
        m_attributes.any(prefix + "function.arguments", [&](JsonOut& out) {
            out.begin_object().key("stringValue").begin_text().value(call.input).end_text().end_object();
        });
    }

private:
    Attributes& m_attributes;
    std::string m_prefix;
};

void write_common(Attributes& attributes, const OtelSpan& span, std::string_view kind) {
    attributes.text("openinference.span.kind", kind);
    attributes.text("session.id", span.prepared.record->session_id);
}

void write_assistant(FlatMessage message, const trace::Step& step) {
    message.role("assistant");
    if (step.content) message.content(std::string_view(*step.content));
    for (std::size_t i = 0; i < step.tool_calls.size(); ++i)
        message.call(i, step.tool_calls[i]);
}

void write_input(Attributes& attributes, const OtelSpan& span, std::size_t number) {
    constexpr std::string_view k_list = "llm.input_messages";
    std::size_t written = 0;
    const auto& steps = span.run.steps;
    const std::string_view prompt =
        system_prompt(*span.prepared.record, steps[number].step->system_prompt_hash);
    if (!prompt.empty()) {
        FlatMessage message(attributes, k_list, written++);
        message.role("system");
        message.content(prompt);
    }
    for (std::size_t i = first_input_step(span, number); i < number; ++i) {
        const trace::Step& step = *steps[i].step;
        if (steps[i].is_agent()) {
            if (span.style.content == OtelContent::Full)
                write_assistant(FlatMessage(attributes, k_list, written++), step);
        } else if (step.content) {
            FlatMessage message(attributes, k_list, written++);
            message.role(step.role == trace::Role::System ? "system" : "user");
            message.content(std::string_view(*step.content));
        }
        for (const Result& result : steps[i].results) {
            FlatMessage message(attributes, k_list, written++);
            message.role("tool");
            message.answers(result.observation->source_call_id);
            message.content(observation_text_beside_error(result.observation));
        }
    }
}

}  // namespace

void write_openinference_agent(Attributes& attributes, const OtelSpan& span) {
    const trace::TraceRecord& record = *span.prepared.record;
    write_common(attributes, span, "AGENT");
    if (const std::string_view name = otel_agent_name(span); !name.empty())
        attributes.text("agent.name", name);
    if (!span.run.is_main()) {
        attributes.text("opentraces.subagent.ref", span.run.id);
        return;
    }
    attributes.text("opentraces.trace_id", record.trace_id);
    attributes.optional("opentraces.content_hash", record.content_hash);
    if (record.metrics.estimated_cost_usd)
        attributes.number("llm.cost.total", *record.metrics.estimated_cost_usd);
    if (span.style.content == OtelContent::None) return;
    if (record.task.description) {
        attributes.optional("input.value", record.task.description);
        attributes.text("input.mime_type", k_plain);
    }
}

void write_openinference_chat(Attributes& attributes, const OtelSpan& span, std::size_t number) {
    const trace::Step& step = *span.run.steps[number].step;
    write_common(attributes, span, "LLM");
    const ModelName model = split_model(model_text(step.model));
    if (!model.name.empty()) attributes.text("llm.model_name", model.name);
    if (!model.provider.empty()) attributes.text("llm.provider", model.provider);
    const trace::TokenUsage& usage = step.token_usage;
    if (has_usage(usage)) {
        const std::int64_t prompt = span.prepared.prompt_total(usage);
        attributes.integer("llm.token_count.prompt", prompt);
        attributes.integer("llm.token_count.completion", usage.output_tokens.value());
        attributes.integer("llm.token_count.total", add_clamped(prompt, usage.output_tokens.value()));
        attributes.integer("llm.token_count.prompt_details.cache_read", usage.cache_read_tokens.value());
        attributes.integer("llm.token_count.prompt_details.cache_write", usage.cache_write_tokens.value());
    }
    attributes.integer("opentraces.step_index", step.step_index.value());
    if (span.style.content == OtelContent::None) return;
    write_input(attributes, span, number);
    write_assistant(FlatMessage(attributes, "llm.output_messages", 0), step);
    if (step.content) {
        attributes.optional("output.value", step.content);
        attributes.text("output.mime_type", k_plain);
    }
    for (std::size_t i = 0; i < span.prepared.tools.size(); ++i) {
        std::string schema;
        append_function_form(schema, span.prepared.tools[i]);
        attributes.text("llm.tools." + std::to_string(i) + ".tool.json_schema", schema);
    }
}

void write_openinference_tool(Attributes& attributes, const OtelSpan& span, std::size_t number,
                              std::size_t i) {
    const PreparedStep& prepared = span.run.steps[number];
    const trace::ToolCall& call = prepared.step->tool_calls[i];
    write_common(attributes, span, "TOOL");
    attributes.text("tool.name", call.tool_name);
    attributes.text("tool.id", call.tool_call_id);
    if (span.style.content == OtelContent::None) return;
    attributes.any("input.value", [&](JsonOut& out) {
        out.begin_object().key("stringValue").begin_text().value(call.input).end_text().end_object();
    });
    attributes.text("input.mime_type", k_json);
    const trace::Observation* answer = prepared.answer_of(i);
    if (answer == nullptr || !answer->content) return;
    attributes.optional("output.value", answer->content);
    attributes.text("output.mime_type", k_plain);
}

}  // namespace opentraces::formats
