#include "opentraces/json/reader.hpp"

#include "json/members.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/lexer.hpp"

namespace opentraces::json {
namespace {

class Builder {
public:
    explicit Builder(std::string_view text) : m_in(text, k_max_depth) {}

    // Builds in place: values are large to move and documents have many.
    void value(Value& out) { value(next(), out); }
    void end() { next(); }
    std::size_t at() const { return m_in.end(); }

private:
    Token next() {
        const Token token = m_in.next();
        if (token == Token::Bad) fail(m_in.why());
        return token;
    }

    [[noreturn]] void fail(const char* reason) const { throw SyntaxError(m_in.failed_at(), reason); }

    void value(Token token, Value& out) {
        switch (token) {
            case Token::ObjectBegin:
                return object(out.variant().emplace<Object>());
            case Token::ArrayBegin:
                return array(out.variant().emplace<Array>());
            case Token::String:
                out.variant().emplace<std::string>(std::move(m_in.string()));
                return;
            case Token::Number:
                return number(out.variant().emplace<Number>());
            case Token::Null:
                out.variant().emplace<std::monostate>();
                return;
            default:
                out.variant().emplace<bool>(token == Token::True);
        }
    }

    void object(Object& object) {
        Members members(object);
        while (next() == Token::Key) {
            Value& member = members.slot(std::move(m_in.string()));
            value(next(), member);
        }
    }

    void array(Array& array) {
        for (Token token = next(); token != Token::ArrayEnd; token = next())
            value(token, array.emplace_back());
    }

    void number(Number& out) {
        const NumberToken& number = m_in.number();
        if (!number.is_float && number.whole_digits > k_max_integer_digits)
            fail("an integer with too many digits");
        out.literal.assign(m_in.text());
        out.is_float = number.is_float;
    }

    DecodedTokens m_in;
};

std::size_t first_bad_byte(std::string_view text) {
    std::size_t replaced = 0;
    std::size_t at = 0;
    // A block at a time, overlapping by a sequence's length, then the first byte that breaks a block.
    while (at < text.size()) {
        repair_utf8(text.substr(at, 1), &replaced);
        std::size_t length = 1;
        while (replaced > 0 && length < 4 && at + length < text.size()) {
            repair_utf8(text.substr(at, ++length), &replaced);
        }
        if (replaced > 0) return at;
        at += length;
    }
    return at;
}

void require_utf8(std::string_view text) {
    if (!is_valid_utf8(text)) throw SyntaxError(first_bad_byte(text), "bytes that are not UTF-8");
    if (text.starts_with("\xEF\xBB\xBF")) throw SyntaxError(0, "a byte order mark");
}

}  // namespace

Value parse(std::string_view text) {
    require_utf8(text);
    Builder builder(text);
    Value value;
    builder.value(value);
    builder.end();
    return value;
}

Value parse_prefix(std::string_view text, std::size_t& end) {
    require_utf8(text);
    Builder builder(text);
    Value value;
    builder.value(value);
    end = builder.at();
    return value;
}

}  // namespace opentraces::json
