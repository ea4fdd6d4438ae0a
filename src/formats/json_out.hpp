// JSON text straight into a sink: nothing is built up in memory except a buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/view/prepared.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/trace/integer.hpp"

namespace opentraces::formats {

// Compact form (json::append_compact_string). Places commas; the caller keeps objects and arrays balanced.
class JsonOut {
public:
    explicit JsonOut(json::Sink& sink);
    JsonOut(const JsonOut&) = delete;
    JsonOut& operator=(const JsonOut&) = delete;

    JsonOut& begin_object() { return open('{'); }
    JsonOut& end_object() { return close('}'); }
    JsonOut& begin_array() { return open('['); }
    JsonOut& end_array() { return close(']'); }
    JsonOut& key(std::string_view name);
    JsonOut& null() { return raw("null"); }
    JsonOut& value(std::string_view text);
    JsonOut& value(const std::string& text) { return value(std::string_view(text)); }
    JsonOut& value(const char* text) { return value(std::string_view(text)); }
    JsonOut& value(const Pieces& pieces);
    JsonOut& value(bool flag) { return raw(flag ? "true" : "false"); }
    JsonOut& value(int number) { return value(static_cast<std::int64_t>(number)); }
    JsonOut& value(std::int64_t number);
    JsonOut& value(std::size_t number) { return value(static_cast<std::int64_t>(number)); }
    JsonOut& value(double number);
    JsonOut& value(const trace::Integer& number);
    JsonOut& value(const json::Value& any);
    JsonOut& value(const json::Object& object);
    JsonOut& value(Instant at);  // as text
    // `text` is a whole JSON value.
    JsonOut& raw(std::string_view text);
    template <class Value>
    JsonOut& member(std::string_view name, const Value& value_of_it) {
        return key(name).value(value_of_it);
    }
    // Members that are left out when there is no value.
    template <class Value>
    JsonOut& optional(std::string_view name, const std::optional<Value>& value_of_it) {
        return value_of_it ? member(name, *value_of_it) : *this;
    }
    JsonOut& optional(std::string_view name, std::string_view text) {
        return text.empty() ? *this : member(name, text);
    }

    // What is written until end_text becomes the text of one JSON string. Does not nest.
    JsonOut& begin_text();
    // Inside of begin_text: words between JSON values.
    JsonOut& words(std::string_view text);
    JsonOut& end_text();

    // Ends the line and hands everything to the sink.
    void end_line();

private:
    JsonOut& open(char bracket);
    JsonOut& close(char bracket);
    std::string& separated();
    JsonOut& done();
    void quote();
    void escaped(std::string_view text);

    json::Sink& m_sink;
    std::string m_out;
    bool m_in_text = false;
    bool m_comma = false;
};

// An object that is written when it gets its first member.
class LazyObject {
public:
    LazyObject(JsonOut& out, std::string_view name, LazyObject* inside = nullptr)
        : m_out(out), m_name(name), m_inside(inside) {}
    LazyObject(const LazyObject&) = delete;
    LazyObject& operator=(const LazyObject&) = delete;
    ~LazyObject() {
        if (m_open) m_out.end_object();
    }
    JsonOut& key(std::string_view name) {
        open();
        return m_out.key(name);
    }
    template <class Value>
    void member(std::string_view name, const Value& value) {
        key(name).value(value);
    }
    template <class Value>
    void optional(std::string_view name, const std::optional<Value>& value) {
        if (value) member(name, *value);
    }

private:
    void open() {
        if (m_open) return;
        if (m_inside != nullptr) m_inside->open();
        m_out.key(m_name).begin_object();
        m_open = true;
    }

    JsonOut& m_out;
    std::string_view m_name;
    LazyObject* m_inside;
    bool m_open = false;
};

}  // namespace opentraces::formats
