#include "formats/json_out.hpp"

#include "opentraces/json/nested_text.hpp"

namespace opentraces::formats {
namespace {

constexpr std::size_t k_buffer = std::size_t{64} << 10;

}  // namespace

JsonOut::JsonOut(json::Sink& sink) : m_sink(sink) {
    m_out.reserve(2 * k_buffer);
}

std::string& JsonOut::separated() {
    if (m_comma) m_out.push_back(',');
    return m_out;
}

JsonOut& JsonOut::done() {
    m_comma = true;
    if (m_out.size() >= k_buffer) {
        m_sink.write(m_out);
        m_out.clear();
    }
    return *this;
}

void JsonOut::quote() {
    m_out.append(m_in_text ? "\\\"" : "\"");
}

void JsonOut::escaped(std::string_view text) {
    if (m_in_text)
        json::append_compact_escaped_twice(m_out, text);
    else
        json::append_compact_escaped(m_out, text);
}

JsonOut& JsonOut::open(char bracket) {
    separated().push_back(bracket);
    m_comma = false;
    return *this;
}

JsonOut& JsonOut::close(char bracket) {
    m_out.push_back(bracket);
    return done();
}

JsonOut& JsonOut::key(std::string_view name) {
    separated();
    quote();
    escaped(name);
    quote();
    m_out.push_back(':');
    m_comma = false;
    return *this;
}

JsonOut& JsonOut::value(std::string_view text) {
    separated();
    quote();
    escaped(text);
    quote();
    return done();
}

JsonOut& JsonOut::value(const Pieces& pieces) {
    separated();
    quote();
    for (const std::string_view piece : pieces)
        escaped(piece);
    quote();
    return done();
}

JsonOut& JsonOut::value(std::int64_t number) {
    trace::Integer(number).append_to(separated());
    return done();
}

JsonOut& JsonOut::value(double number) {
    json::append_compact_double(separated(), number);
    return done();
}

JsonOut& JsonOut::value(const trace::Integer& number) {
    number.append_to(separated());
    return done();
}

JsonOut& JsonOut::value(const json::Value& any) {
    if (const std::string* text = any.if_string()) return value(std::string_view(*text));
    if (const json::Object* object = any.if_object()) return value(*object);
    if (const json::Array* array = any.if_array()) {
        begin_array();
        for (const json::Value& element : *array)
            value(element);
        return end_array();
    }
    json::append_compact(separated(), any);  // no quotation marks: the same inside of a text
    return done();
}

JsonOut& JsonOut::value(const json::Object& object) {
    begin_object();
    for (const json::Member& entry : object)
        member(entry.first, entry.second);
    return end_object();
}

JsonOut& JsonOut::value(Instant at) {
    separated();
    quote();
    append_instant(m_out, at);
    quote();
    return done();
}

JsonOut& JsonOut::raw(std::string_view text) {
    separated();
    if (m_in_text)
        json::append_compact_escaped(m_out, text);
    else
        m_out.append(text);
    return done();
}

JsonOut& JsonOut::begin_text() {
    separated().push_back('"');
    m_in_text = true;
    m_comma = false;
    return *this;
}

JsonOut& JsonOut::words(std::string_view text) {
    json::append_compact_escaped(m_out, text);
    m_comma = false;
    return *this;
}

JsonOut& JsonOut::end_text() {
    m_in_text = false;
    m_out.push_back('"');
    return done();
}

void JsonOut::end_line() {
    m_out.push_back('\n');
    m_sink.write(m_out);
    m_out.clear();
    m_comma = false;
}

}  // namespace opentraces::formats
