// OTLP/JSON spans of the OpenTelemetry GenAI conventions: what their parts share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/json_out.hpp"
#include "formats/view/prepared.hpp"
#include "formats/view/remarks.hpp"
#include "formats/view/span_times.hpp"

namespace opentraces::formats {

enum class OtelContent { Delta, None, Full };
enum class OtelDialect { GenAi, OpenInference, Langfuse };

struct OtelStyle {
    OtelContent content = OtelContent::Delta;
    OtelDialect dialect = OtelDialect::GenAi;
    bool structured = false;  // messages as values instead of JSON text
};

// Ids that are the same wherever and whenever the record is exported.
class SpanIds {
public:
    explicit SpanIds(const trace::TraceRecord& record);
    const std::string& trace() const { return m_trace; }
    std::string agent(const Run& run) const;
    std::string chat(const PreparedStep& step) const;
    std::string tool(const PreparedStep& step, std::size_t call) const;

private:
    std::string number_of(const PreparedStep& step) const;
    std::string span(std::string_view kind, const std::string& key) const;

    std::string m_trace;  // 32 hex digits
    bool m_by_position = false;
};

// gen_ai.provider.name of a record's provider; "unknown" for none.
std::string_view otel_provider(std::string_view provider);

// The member of a value; what JSON has no number for is a text in OTLP/JSON.
void write_double_value(JsonOut& out, double number);

// Writes attributes and their values.
class Attributes {
public:
    explicit Attributes(JsonOut& out) : m_out(out) { m_out.key("attributes").begin_array(); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { m_out.end_array(); }

    void text(std::string_view name, std::string_view text);
    void text(std::string_view name, const Pieces& text);
    void optional(std::string_view name, const trace::OptText& value) {
        if (value) text(name, std::string_view(*value));
    }
    void integer(std::string_view name, std::int64_t number);
    void number(std::string_view name, double number);
    void flag(std::string_view name, bool flag);
    void texts(std::string_view name, const std::vector<std::string>& texts);
    // A value of any form, written by `write` between begin and end of the attribute.
    template <class Write>
    void any(std::string_view name, const Write& write) {
        begin(name);
        write(m_out);
        m_out.end_object();
    }

private:
    void begin(std::string_view name) { m_out.begin_object().member("key", name).key("value"); }

    JsonOut& m_out;
};

struct OtelSpan {
    const Prepared& prepared;
    const Run& run;
    const OtelStyle& style;
};

void write_agent_attributes(Attributes& attributes, const OtelSpan& span);
void write_chat_attributes(Attributes& attributes, const OtelSpan& span, std::size_t step);
void write_tool_attributes(Attributes& attributes, const OtelSpan& span, std::size_t step, std::size_t call);
// The same three in the words of OpenInference.
void write_openinference_agent(Attributes& attributes, const OtelSpan& span);
void write_openinference_chat(Attributes& attributes, const OtelSpan& span, std::size_t step);
void write_openinference_tool(Attributes& attributes, const OtelSpan& span, std::size_t step,
                              std::size_t call);

// The name of the agent whose run it is.
std::string_view otel_agent_name(const OtelSpan& span);

// Steps [first, step) that an inference got as input: all of them in `full` content since the last
// compaction, else those since the run's inference before.
std::size_t first_input_step(const OtelSpan& span, std::size_t step);

}  // namespace opentraces::formats
