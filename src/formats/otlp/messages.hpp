// Messages as attribute values: JSON text, or the same structure in OTLP's own values.
#pragma once

#include <string_view>
#include <vector>

#include "formats/otlp/otlp.hpp"

namespace opentraces::formats {

class MessageOut {
public:
    MessageOut(JsonOut& out, bool structured);
    MessageOut(const MessageOut&) = delete;
    MessageOut& operator=(const MessageOut&) = delete;
    ~MessageOut();

    MessageOut& begin_object();
    MessageOut& end_object();
    MessageOut& begin_array();
    MessageOut& end_array();
    MessageOut& key(std::string_view name);
    MessageOut& value(std::string_view text);
    MessageOut& value(const Pieces& text);
    MessageOut& value(const json::Value& value);
    MessageOut& value(const json::Object& object);
    MessageOut& member(std::string_view name, std::string_view text) { return key(name).value(text); }

private:
    MessageOut& done();
    MessageOut& close(bool object);

    JsonOut& m_out;
    bool m_structured;
    std::vector<bool> m_objects;  // containers being written, true for objects
};

std::string_view finish_reason(const trace::Step& step);

// Instructions, input and output of one inference; false when there was no input to write.
bool write_messages(Attributes& attributes, const OtelSpan& span, std::size_t step);

}  // namespace opentraces::formats
