#include "json_out.hpp"

#include <utility>

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
    if (m_out.size() >= k_buffer && m_outer.empty()) {
        m_sink.write(m_out);
        m_out.clear();
    }
    return *this;
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
    json::append_compact_string(separated(), name);
    m_out.push_back(':');
    m_comma = false;
    return *this;
}

JsonOut& JsonOut::value(std::string_view text) {
    json::append_compact_string(separated(), text);
    return done();
}

JsonOut& JsonOut::value(const Pieces& pieces) {
    separated().push_back('"');
    for (const std::string_view piece : pieces)
        json::append_compact_escaped(m_out, piece);
    m_out.push_back('"');
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
    json::append_compact(separated(), any);
    return done();
}

JsonOut& JsonOut::value(const json::Object& object) {
    begin_object();
    for (const json::Member& entry : object)
        member(entry.first, entry.second);
    return end_object();
}

JsonOut& JsonOut::value(Instant at) {
    separated().push_back('"');
    append_instant(m_out, at);
    m_out.push_back('"');
    return done();
}

JsonOut& JsonOut::raw(std::string_view text) {
    separated().append(text);
    return done();
}

JsonOut& JsonOut::begin_text() {
    separated();
    m_outer.push_back(std::move(m_out));
    m_out.clear();
    m_comma = false;
    return *this;
}

JsonOut& JsonOut::words(std::string_view text) {
    m_out.append(text);
    m_comma = false;
    return *this;
}

JsonOut& JsonOut::end_text() {
    const std::string text = std::exchange(m_out, std::move(m_outer.back()));
    m_outer.pop_back();
    json::append_compact_string(m_out, text);
    return done();
}

void JsonOut::end_line() {
    m_out.push_back('\n');
    m_sink.write(m_out);
    m_out.clear();
    m_comma = false;
}

}  // namespace opentraces::formats
