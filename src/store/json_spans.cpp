#include "store/json_spans.hpp"

#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/json/lexer.hpp"
#include "opentraces/json/reader.hpp"
#include "store/settings_file.hpp"

namespace opentraces::store {

namespace {

using json::Token;

// The text has been read before, so no token of it is bad.
class Locator {
public:
    explicit Locator(std::string_view text) : m_in(text) {}

    JsonSpan value() { return value(m_in.next()); }

private:
    JsonSpan value(Token token) {
        JsonSpan span;
        span.begin = span.outer_begin = m_in.begin();
        if (token == Token::ObjectBegin) {
            span.kind = JsonSpan::Kind::Object;
            while (m_in.next() == Token::Key)
                span.children.push_back(member());
        } else if (token == Token::ArrayBegin) {
            span.kind = JsonSpan::Kind::Array;
            for (Token item = m_in.next(); item != Token::ArrayEnd; item = m_in.next())
                span.children.push_back(value(item));
        } else if (token == Token::String) {
            span.kind = JsonSpan::Kind::String;
            span.text = std::move(m_in.string());
        }
        span.end = m_in.end();
        return span;
    }

    JsonSpan member() {
        const std::size_t begin = m_in.begin();
        std::string key = std::move(m_in.string());
        JsonSpan span = value();
        span.outer_begin = begin;
        span.key = std::move(key);
        return span;
    }

    json::DecodedTokens m_in;
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
