#include "store/json_spans.hpp"

#include <algorithm>

#include "opentraces/core/error.hpp"
#include "opentraces/json/reader.hpp"
#include "store/settings_file.hpp"

namespace opentraces::store {

namespace {

// The text has been checked by the strict parser, so this one only has to find its way.
class Locator {
public:
    explicit Locator(std::string_view text) : m_text(text) {}

    JsonSpan value() {
        skip_space();
        JsonSpan span;
        span.begin = span.outer_begin = m_at;
        switch (m_text[m_at]) {
            case '{':
                container(span, JsonSpan::Kind::Object, '}');
                break;
            case '[':
                container(span, JsonSpan::Kind::Array, ']');
                break;
            case '"':
                span.kind = JsonSpan::Kind::String;
                span.text = string();
                break;
            default:
                m_at = std::min(m_text.find_first_of(",]} \t\r\n", m_at), m_text.size());
        }
        span.end = m_at;
        return span;
    }

private:
    void container(JsonSpan& span, JsonSpan::Kind kind, char close) {
        span.kind = kind;
        ++m_at;
        while (true) {
            skip_space();
            if (m_text[m_at] == close) break;
            if (m_text[m_at] == ',') {
                ++m_at;
                continue;
            }
            span.children.push_back(kind == JsonSpan::Kind::Object ? member() : value());
        }
        ++m_at;
    }

    JsonSpan member() {
        const std::size_t begin = m_at;
        std::string key = string();
        skip_space();
        ++m_at;  // the colon
        JsonSpan span = value();
        span.outer_begin = begin;
        span.key = std::move(key);
        return span;
    }

    std::string string() {
        const std::size_t begin = m_at++;
        while (m_text[m_at] != '"')
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        ++m_at;
        return std::string(json::parse(m_text.substr(begin, m_at - begin)).string_or());
    }

    void skip_space() { m_at = std::min(m_text.find_first_not_of(" \t\r\n", m_at), m_text.size()); }

    std::string_view m_text;
    std::size_t m_at = 0;
};

}  // namespace

const JsonSpan* JsonSpan::member(std::string_view name) const {
    const JsonSpan* found = nullptr;
    for (const JsonSpan& child : children) {
        if (kind == Kind::Object && child.key == name) found = &child;
    }
    return found;
}

JsonSpan locate_json(std::string_view text) {
    try {
        json::parse(text);
    } catch (const json::SyntaxError& error) {
        throw Error(ErrorCode::SettingsUnreadable,
                    "line " + std::to_string(line_of(text, error.offset())) + ": " + error.what());
    }
    return Locator(text).value();
}

}  // namespace opentraces::store
