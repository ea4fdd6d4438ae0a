#include <algorithm>
#include <utility>

#include "opentraces/json/document.hpp"
#include "opentraces/json/edit.hpp"
#include "opentraces/json/lexer.hpp"

namespace opentraces::json {

namespace {

// The text has been read before, so no token of it is bad.
class Locator {
public:
    explicit Locator(std::string_view text) : m_in(text) {}

    Span value() { return value(m_in.next()); }

private:
    Span value(Token token) {
        Span span;
        span.begin = span.outer_begin = m_in.begin();
        if (token == Token::ObjectBegin) {
            span.kind = Span::Kind::Object;
            while (m_in.next() == Token::Key)
                span.children.push_back(member());
        } else if (token == Token::ArrayBegin) {
            span.kind = Span::Kind::Array;
            for (Token item = m_in.next(); item != Token::ArrayEnd; item = m_in.next())
                span.children.push_back(value(item));
        } else if (token == Token::String) {
            span.kind = Span::Kind::String;
            span.text = std::move(m_in.string());
        }
        span.end = m_in.end();
        return span;
    }

    Span member() {
        const std::size_t begin = m_in.begin();
        std::string key = std::move(m_in.string());
        Span span = value();
        span.outer_begin = begin;
        span.key = std::move(key);
        return span;
    }

    DecodedTokens m_in;
};

}  // namespace

const Span* Span::member(std::string_view name) const {
    const Span* found = nullptr;
    for (const Span& child : children) {
        if (kind == Kind::Object && child.key == name) found = &child;
    }
    return found;
}

Span locate(std::string_view text) {
    read_document(text);
    return Locator(text).value();
}

std::size_t line_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace opentraces::json
