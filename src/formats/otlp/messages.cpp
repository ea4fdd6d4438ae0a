#include "formats/otlp/messages.hpp"

namespace opentraces::formats {
namespace {

using trace::Step;

void write_text_part(MessageOut& out, std::string_view type, std::string_view text) {
    out.begin_object().member("type", type).member("content", text).end_object();
}

void write_spoken(MessageOut& out, const Step& step, std::string_view role) {
    out.begin_object().member("role", role).key("parts").begin_array();
    write_text_part(out, "text", *step.content);
    out.end_array().end_object();
}

void write_assistant(MessageOut& out, const Step& step, bool as_output) {
    out.begin_object().member("role", "assistant").key("parts").begin_array();
    if (step.reasoning_content) write_text_part(out, "reasoning", *step.reasoning_content);
    if (step.content && !step.content->empty()) write_text_part(out, "text", *step.content);
    for (const trace::ToolCall& call : step.tool_calls) {
        out.begin_object().member("type", "tool_call").member("id", call.tool_call_id);
        out.member("name", call.tool_name).key("arguments").value(call.input).end_object();
    }
    out.end_array();
    if (as_output) out.member("finish_reason", finish_reason(step));
    out.end_object();
}

void write_results(MessageOut& out, const PreparedStep& prepared) {
    for (const Result& result : prepared.results) {
        out.begin_object().member("role", "tool").key("parts").begin_array();
        out.begin_object().member("type", "tool_call_response");
        out.member("id", result.observation->source_call_id).key("response");
        out.value(observation_text_beside_error(result.observation)).end_object();
        out.end_array().end_object();
    }
}

// What `step` contributes to the input of an inference that comes after it.
void write_as_input(MessageOut& out, const PreparedStep& prepared, bool with_output) {
    const Step& step = *prepared.step;
    if (prepared.is_agent()) {
        if (with_output) write_assistant(out, step, false);
    } else if (step.content) {
        write_spoken(out, step, step.role == trace::Role::System ? "system" : "user");
    }
    write_results(out, prepared);
}

bool has_input(const OtelSpan& span, std::size_t first, std::size_t step) {
    for (std::size_t i = first; i < step; ++i) {
        const PreparedStep& prepared = span.run.steps[i];
        const bool whole = span.style.content == OtelContent::Full;
        if (!prepared.results.empty() || (prepared.is_agent() ? whole : prepared.step->content.has_value()))
            return true;
    }
    return false;
}

}  // namespace

std::string_view finish_reason(const Step& step) {
    return step.tool_calls.empty() ? "stop" : "tool_call";
}

bool write_messages(Attributes& attributes, const OtelSpan& span, std::size_t number) {
    const auto& steps = span.run.steps;
    const bool structured = span.style.structured;
    const std::string_view prompt =
        system_prompt(*span.prepared.record, steps[number].step->system_prompt_hash);
    if (!prompt.empty()) {
        attributes.any("gen_ai.system_instructions", [&](JsonOut& out) {
            MessageOut messages(out, structured);
            messages.begin_array();
            write_text_part(messages, "text", prompt);
            messages.end_array();
        });
    }
    const std::size_t first = first_input_step(span, number);
    const bool any = has_input(span, first, number);
    if (any) {
        attributes.any("gen_ai.input.messages", [&](JsonOut& out) {
            MessageOut messages(out, structured);
            messages.begin_array();
            for (std::size_t i = first; i < number; ++i)
                write_as_input(messages, steps[i], span.style.content == OtelContent::Full);
            messages.end_array();
        });
    }
    attributes.any("gen_ai.output.messages", [&](JsonOut& out) {
        MessageOut messages(out, structured);
        messages.begin_array();
        write_assistant(messages, *steps[number].step, true);
        messages.end_array();
    });
    return any;
}

MessageOut::MessageOut(JsonOut& out, bool structured) : m_out(out), m_structured(structured) {
    if (!m_structured) m_out.begin_object().key("stringValue").begin_text();
}

MessageOut::~MessageOut() {
    if (!m_structured) m_out.end_text().end_object();
}

MessageOut& MessageOut::begin_object() {
    if (m_structured)
        m_out.begin_object().key("kvlistValue").begin_object().key("values").begin_array();
    else
        m_out.begin_object();
    m_objects.push_back(true);
    return *this;
}

MessageOut& MessageOut::begin_array() {
    if (m_structured)
        m_out.begin_object().key("arrayValue").begin_object().key("values").begin_array();
    else
        m_out.begin_array();
    m_objects.push_back(false);
    return *this;
}

MessageOut& MessageOut::end_object() {
    return close(true);
}

MessageOut& MessageOut::end_array() {
    return close(false);
}

MessageOut& MessageOut::close(bool object) {
    m_objects.pop_back();
    if (m_structured)
        m_out.end_array().end_object().end_object();
    else if (object)
        m_out.end_object();
    else
        m_out.end_array();
    return done();
}

MessageOut& MessageOut::key(std::string_view name) {
    if (m_structured)
        m_out.begin_object().member("key", name).key("value");
    else
        m_out.key(name);
    return *this;
}

// Structured members are objects of key and value.
MessageOut& MessageOut::done() {
    if (m_structured && !m_objects.empty() && m_objects.back()) m_out.end_object();
    return *this;
}

MessageOut& MessageOut::value(std::string_view text) {
    if (m_structured)
        m_out.begin_object().member("stringValue", text).end_object();
    else
        m_out.value(text);
    return done();
}

MessageOut& MessageOut::value(const Pieces& text) {
    if (m_structured)
        m_out.begin_object().member("stringValue", text).end_object();
    else
        m_out.value(text);
    return done();
}

MessageOut& MessageOut::value(const json::Object& object) {
    begin_object();
    for (const json::Member& entry : object)
        key(entry.first).value(entry.second);
    return end_object();
}

MessageOut& MessageOut::value(const json::Value& any) {
    if (!m_structured) {
        m_out.value(any);
        return done();
    }
    if (const json::Object* object = any.if_object()) return value(*object);
    if (const std::string* text = any.if_string()) return value(std::string_view(*text));
    if (const json::Array* array = any.if_array()) {
        begin_array();
        for (const json::Value& element : *array)
            value(element);
        return end_array();
    }
    m_out.begin_object();
    if (const bool* flag = any.if_bool()) m_out.member("boolValue", *flag);
    if (const json::Number* number = any.if_number()) {
        const auto whole = number->is_float ? std::nullopt : number->as_int64();
        if (whole)
            m_out.member("intValue", std::to_string(*whole));
        else
            write_double_value(m_out, number->as_double());
    }
    m_out.end_object();
    return done();
}

}  // namespace opentraces::formats
