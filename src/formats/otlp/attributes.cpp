// Attributes of the GenAI conventions (gen_ai-dev 1.42) and what both dialects need of a record.
#include <array>
#include <cmath>
#include <utility>

#include "formats/otlp/messages.hpp"
#include "formats/otlp/otlp.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/trace/compaction.hpp"

namespace opentraces::formats {
namespace {

using trace::Step;
using trace::TraceRecord;

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> k_providers{{
    {"google", "gcp.gemini"},
    {"mistral", "mistral_ai"},
    {"mistralai", "mistral_ai"},
    {"xai", "x_ai"},
    {"x-ai", "x_ai"},
    {"moonshot", "moonshot_ai"},
    {"moonshotai", "moonshot_ai"},
    {"bedrock", "aws.bedrock"},
    {"amazon", "aws.bedrock"},
    {"azure", "azure.ai.openai"},
    {"", "unknown"},
}};

constexpr char k_separator = '\x1F';

bool has_zeros_only(std::string_view digits) {
    return digits.find_first_not_of('0') == std::string_view::npos;
}

// The digits of a UUID; empty when it is none, or all zero.
std::string uuid_digits(const std::string& text) {
    const auto bytes = uuid_bytes(text);
    std::string digits = bytes ? hex(*bytes) : "";
    return has_zeros_only(digits) ? std::string() : digits;
}

std::string_view provider_of(const OtelSpan& span, std::string_view model) {
    std::string_view provider = split_model(model).provider;
    if (provider.empty()) provider = split_model(span.run.model).provider;
    if (provider.empty()) provider = split_model(model_text(span.prepared.record->agent.model)).provider;
    return otel_provider(provider);
}

void write_definitions(Attributes& attributes, const OtelSpan& span) {
    if (span.prepared.tools.empty()) return;
    attributes.any("gen_ai.tool.definitions", [&](JsonOut& out) {
        MessageOut messages(out, span.style.structured);
        messages.begin_array();
        for (const ToolDefinition& tool : span.prepared.tools) {
            messages.begin_object().member("type", "function").member("name", tool.name);
            if (span.style.content == OtelContent::Full) {
                if (tool.description != nullptr) messages.key("description").value(*tool.description);
                if (tool.parameters != nullptr) messages.key("parameters").value(*tool.parameters);
            }
            messages.end_object();
        }
        messages.end_array();
    });
}

void write_record_attributes(Attributes& attributes, const OtelSpan& span) {
    const TraceRecord& record = *span.prepared.record;
    attributes.text("opentraces.trace_id", record.trace_id);
    attributes.text("opentraces.schema_version", record.schema_version);
    attributes.optional("opentraces.content_hash", record.content_hash);
    if (record.execution_context)
        attributes.text("opentraces.execution_context", trace::name_of(*record.execution_context));
    if (span.style.content != OtelContent::None)
        attributes.optional("opentraces.task.description", record.task.description);
    attributes.optional("opentraces.vcs.base_commit", record.environment.vcs.base_commit
                                                          ? record.environment.vcs.base_commit
                                                          : record.task.base_commit);
    attributes.optional("opentraces.vcs.branch", record.environment.vcs.branch);
    if (!record.dependencies.empty()) attributes.texts("opentraces.dependencies", record.dependencies);
    attributes.integer("opentraces.security.redactions_applied", record.security.redactions_applied.value());
    if (record.outcome.success) attributes.flag("opentraces.outcome.success", *record.outcome.success);
    if (record.outcome.terminal_state)
        attributes.text("opentraces.outcome.terminal_state", trace::name_of(*record.outcome.terminal_state));
    attributes.optional("opentraces.outcome.commit_sha", record.outcome.commit_sha);
    attributes.optional("opentraces.vcs.repository", record.task.repository);
    if (record.metrics.estimated_cost_usd)
        attributes.number("opentraces.cost_usd", *record.metrics.estimated_cost_usd);
}

void write_usage(Attributes& attributes, const OtelSpan& span, const trace::TokenUsage& usage) {
    if (!has_usage(usage)) return;
    attributes.integer("gen_ai.usage.input_tokens", span.prepared.prompt_total(usage));
    attributes.integer("gen_ai.usage.output_tokens", usage.output_tokens.value());
    if (usage.cache_read_tokens.value() != 0)
        attributes.integer("gen_ai.usage.cache_read.input_tokens", usage.cache_read_tokens.value());
    if (usage.cache_write_tokens.value() == 0) return;
    attributes.integer("gen_ai.usage.cache_write.input_tokens", usage.cache_write_tokens.value());
    // What readers of before autumn 2026 know.
    attributes.integer("gen_ai.usage.cache_creation.input_tokens", usage.cache_write_tokens.value());
}

void write_langfuse(Attributes& attributes, const OtelSpan& span, std::string_view type) {
    if (span.style.dialect != OtelDialect::Langfuse) return;
    attributes.text("session.id", span.prepared.record->session_id);
    attributes.text("langfuse.observation.type", type);
}

}  // namespace

void write_double_value(JsonOut& out, double number) {
    out.key("doubleValue");
    if (std::isfinite(number))
        out.value(number);
    else
        out.value(std::isnan(number) ? "NaN" : number < 0 ? "-Infinity" : "Infinity");
}

void Attributes::text(std::string_view name, std::string_view text) {
    begin(name);
    m_out.begin_object().member("stringValue", text).end_object().end_object();
}

void Attributes::text(std::string_view name, const Pieces& text) {
    begin(name);
    m_out.begin_object().member("stringValue", text).end_object().end_object();
}

void Attributes::integer(std::string_view name, std::int64_t number) {
    begin(name);
    m_out.begin_object().member("intValue", std::to_string(number)).end_object().end_object();
}

void Attributes::number(std::string_view name, double number) {
    begin(name);
    m_out.begin_object();
    write_double_value(m_out, number);
    m_out.end_object().end_object();
}

void Attributes::flag(std::string_view name, bool flag) {
    begin(name);
    m_out.begin_object().member("boolValue", flag).end_object().end_object();
}

void Attributes::texts(std::string_view name, const std::vector<std::string>& texts) {
    begin(name);
    m_out.begin_object().key("arrayValue").begin_object().key("values").begin_array();
    for (const std::string& text : texts)
        m_out.begin_object().member("stringValue", text).end_object();
    m_out.end_array().end_object().end_object().end_object();
}

SpanIds::SpanIds(const TraceRecord& record) : m_trace(uuid_digits(record.trace_id)) {
    if (m_trace.empty())
        m_trace =
            sha256_hex(std::string("opentraces.trace.v1") + k_separator + record.trace_id).substr(0, 32);
    std::unordered_set<std::string> seen;
    for (const Step& step : record.steps)
        m_by_position = !seen.insert(step.step_index.text()).second || m_by_position;
}

std::string SpanIds::span(std::string_view kind, const std::string& key) const {
    std::string text = "opentraces.span.v1";
    text.append(1, k_separator).append(m_trace).append(1, k_separator).append(kind);
    text.append(1, k_separator).append(key);
    std::string digits = sha256_hex(text).substr(0, 16);
    if (has_zeros_only(digits)) digits.back() = '1';
    return digits;
}

std::string SpanIds::number_of(const PreparedStep& step) const {
    return m_by_position ? std::to_string(step.position) : step.step->step_index.text();
}

std::string SpanIds::agent(const Run& run) const {
    return span("agent", run.is_main() ? "root" : run.id);
}

std::string SpanIds::chat(const PreparedStep& step) const {
    return span("chat", number_of(step));
}

std::string SpanIds::tool(const PreparedStep& step, std::size_t call) const {
    return span("tool", number_of(step) + k_separator + std::to_string(call) + k_separator +
                            step.step->tool_calls[call].tool_call_id);
}

std::string_view otel_provider(std::string_view provider) {
    for (const auto& [known, name] : k_providers) {
        if (known == provider) return name;
    }
    return provider;
}

std::string_view otel_agent_name(const OtelSpan& span) {
    return span.run.is_main() ? std::string_view(span.prepared.record->agent.name) : span.run.role;
}

std::size_t first_input_step(const OtelSpan& span, std::size_t step) {
    const auto& steps = span.run.steps;
    std::size_t first = step;
    while (first > 0) {
        const PreparedStep& before = steps[first - 1];
        --first;
        const bool whole = span.style.content == OtelContent::Full;
        if (whole ? trace::is_compaction_summary(*before.step) : before.is_agent()) break;
    }
    return first;
}

void write_agent_attributes(Attributes& attributes, const OtelSpan& span) {
    const TraceRecord& record = *span.prepared.record;
    const std::string_view model = span.run.is_main() ? model_text(record.agent.model) : std::string_view();
    attributes.text("gen_ai.operation.name", "invoke_agent");
    attributes.text("gen_ai.provider.name", provider_of(span, model));
    if (const std::string_view name = otel_agent_name(span); !name.empty())
        attributes.text("gen_ai.agent.name", name);
    attributes.text("gen_ai.conversation.id", record.session_id);
    if (!span.run.is_main()) {
        attributes.text("opentraces.subagent.ref", span.run.id);
    } else {
        attributes.optional("gen_ai.agent.version", record.agent.version);
        const std::string_view name = split_model(model.empty() ? span.run.model : model).name;
        if (!name.empty()) attributes.text("gen_ai.request.model", name);
        write_record_attributes(attributes, span);
        write_definitions(attributes, span);
    }
    write_langfuse(attributes, span, "agent");
}

void write_chat_attributes(Attributes& attributes, const OtelSpan& span, std::size_t number) {
    const Step& step = *span.run.steps[number].step;
    const std::string_view model = model_text(step.model);
    attributes.text("gen_ai.operation.name", "chat");
    attributes.text("gen_ai.provider.name", provider_of(span, model));
    if (!model.empty()) {
        attributes.text("gen_ai.request.model", split_model(model).name);
        attributes.text("gen_ai.response.model", split_model(model).name);
    }
    attributes.text("gen_ai.conversation.id", span.prepared.record->session_id);
    if (const std::string_view name = otel_agent_name(span); !name.empty())
        attributes.text("gen_ai.agent.name", name);
    attributes.texts("gen_ai.response.finish_reasons", {std::string(finish_reason(step))});
    write_usage(attributes, span, step.token_usage);
    const bool delta = span.style.content == OtelContent::Delta;
    const bool said = span.style.content != OtelContent::None && write_messages(attributes, span, number);
    attributes.integer("opentraces.step_index", step.step_index.value());
    if (step.call_type) attributes.text("opentraces.call_type", trace::name_of(*step.call_type));
    attributes.optional("opentraces.agent_role", step.agent_role);
    if (delta && said) attributes.text("opentraces.input_messages.mode", "delta");
    write_langfuse(attributes, span, "generation");
}

void write_tool_attributes(Attributes& attributes, const OtelSpan& span, std::size_t number, std::size_t i) {
    const PreparedStep& prepared = span.run.steps[number];
    const trace::ToolCall& call = prepared.step->tool_calls[i];
    const trace::Observation* answer = prepared.answer_of(i);
    attributes.text("gen_ai.operation.name", "execute_tool");
    attributes.text("gen_ai.tool.name", call.tool_name);
    attributes.text("gen_ai.tool.call.id", call.tool_call_id);
    attributes.text("gen_ai.tool.type", "function");
    if (const std::string_view name = otel_agent_name(span); !name.empty())
        attributes.text("gen_ai.agent.name", name);
    attributes.text("gen_ai.conversation.id", span.prepared.record->session_id);
    if (span.style.content != OtelContent::None) {
        attributes.any("gen_ai.tool.call.arguments", [&](JsonOut& out) {
            MessageOut messages(out, span.style.structured);
            messages.value(call.input);
        });
        if (answer != nullptr && answer->content)
            attributes.text("gen_ai.tool.call.result", std::string_view(*answer->content));
    }
    if (answer != nullptr && answer->error) {
        const std::string_view error = *answer->error;
        attributes.text("error.type", error.substr(0, error.find(':')));
    }
    write_langfuse(attributes, span, "tool");
}

}  // namespace opentraces::formats
