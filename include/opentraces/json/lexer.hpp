// JSON text as tokens with byte offsets: the one place that knows how strings and numbers are written, and
// where they may stand. Nothing is built.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace opentraces::json {

struct StringToken {
    std::size_t begin = 0;  // between the quotation marks
    std::size_t end = 0;
    bool escaped = false;         // has escapes: the text is not what it says
    bool lone_surrogate = false;  // RFC 8259 allows such escapes, but no UTF-8 text can hold what they mean
};

struct NumberToken {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t whole_digits = 0;  // before the point
    bool is_float = false;         // has '.', 'e' or 'E', or is one of the three words
};

// Strings and numbers (RFC 8259), wherever they stand. `text` is not checked to be UTF-8.
class Lexer {
public:
    explicit Lexer(std::string_view text)
        : m_begin(text.data()), m_at(text.data()), m_end(text.data() + text.size()) {}

    std::size_t at() const { return static_cast<std::size_t>(m_at - m_begin); }
    bool at_end() const { return m_at == m_end; }
    char peek() const { return m_at < m_end ? *m_at : '\0'; }
    std::string_view text(std::size_t begin, std::size_t end) const { return {m_begin + begin, end - begin}; }

    bool skip(char expected) {
        const bool there = m_at < m_end && *m_at == expected;
        m_at += there ? 1 : 0;
        return there;
    }
    bool skip(std::string_view expected) {
        const auto left = static_cast<std::size_t>(m_end - m_at);
        if (left < expected.size() || std::string_view(m_at, expected.size()) != expected) return false;
        m_at += expected.size();
        return true;
    }
    void skip_space() {
        while (m_at < m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
            ++m_at;
    }

    // Each reads what must begin here. False: why() says what is wrong at at().
    bool string(StringToken& out);
    bool string(std::string& out);  // decoded, so that a lone surrogate is refused
    bool number(NumberToken& out);

    const char* why() const { return m_why; }
    bool fail(const char* reason) {
        m_why = reason;
        return false;
    }

private:
    struct Escape {
        char32_t meaning = 0;
        bool lone_surrogate = false;
    };
    bool long_escape(Escape& out);  // at its backslash; longer than two characters
    bool code_unit(char32_t& out);
    std::size_t digits();

    const char* m_begin;
    const char* m_at;
    const char* m_end;
    const char* m_why = "";
    std::string m_scratch;
};

enum class Token {
    ObjectBegin,
    ObjectEnd,
    ArrayBegin,
    ArrayEnd,
    Key,
    String,
    Number,  // or one of the bare words NaN, Infinity, -Infinity: TraceRecord data of the reference has them
    True,
    False,
    Null,
    End,  // of the text, after one value
    Bad,  // not JSON: why(), at failed_at()
};

// One JSON value, token by token, with white space anywhere and the grammar checked. String is what keys and
// strings are read as: StringToken (where they are) or std::string (what they say).
template <class String>
class Tokens {
public:
    explicit Tokens(std::string_view text, std::size_t max_depth = std::numeric_limits<std::size_t>::max())
        : m_in(text), m_max_depth(max_depth) {}

    Token next() {
        m_in.skip_space();
        m_begin = m_in.at();
        switch (m_state) {
            case State::Value:
                return value();
            case State::FirstItem:
                return m_in.peek() == ']' ? close(Token::ArrayEnd) : value();
            case State::FirstKey:
                return m_in.peek() == '}' ? close(Token::ObjectEnd) : key();
            case State::AfterValue:
                break;
        }
        if (m_open.empty()) return m_in.at_end() ? Token::End : bad("text after the value");
        return m_open.back() == '{' ? next_member() : next_item();
    }

    bool complete() const { return m_state == State::AfterValue && m_open.empty(); }
    std::size_t begin() const { return m_begin; }  // of the last token; strings with their quotation marks
    std::size_t end() const { return m_in.at(); }  // of the last token; of a key with the colon
    std::size_t failed_at() const { return m_in.at(); }
    const char* why() const { return m_in.why(); }
    std::string_view text() const { return m_in.text(m_begin, m_in.at()); }
    String& string() { return m_string; }  // of the last Key or String
    const NumberToken& number() const { return m_number; }

private:
    enum class State { Value, FirstItem, FirstKey, AfterValue };

    Token bad(const char* reason) {
        m_in.fail(reason);
        return Token::Bad;
    }
    Token done(Token token) {
        m_state = State::AfterValue;
        return token;
    }
    Token open(Token token) {
        if (m_open.size() >= m_max_depth) return bad("nested too deeply");
        m_open.push_back(m_in.peek());
        m_in.skip(m_in.peek());
        m_state = token == Token::ObjectBegin ? State::FirstKey : State::FirstItem;
        return token;
    }
    Token close(Token token) {
        m_in.skip(m_in.peek());
        m_open.pop_back();
        return done(token);
    }
    Token next_member() {
        if (m_in.peek() == '}') return close(Token::ObjectEnd);
        if (!m_in.skip(',')) return bad("expected ',' or '}' in an object");
        m_in.skip_space();
        m_begin = m_in.at();
        return key();
    }
    Token next_item() {
        if (m_in.peek() == ']') return close(Token::ArrayEnd);
        if (!m_in.skip(',')) return bad("expected ',' or ']' in an array");
        m_in.skip_space();
        m_begin = m_in.at();
        return value();
    }
    Token key() {
        if (m_in.peek() != '"') return bad("expected a key in quotation marks");
        if (!m_in.string(m_string)) return Token::Bad;
        m_in.skip_space();
        if (!m_in.skip(':')) return bad("expected ':' after a key");
        m_state = State::Value;
        return Token::Key;
    }
    Token value() {
        switch (m_in.peek()) {
            case '{':
                return open(Token::ObjectBegin);
            case '[':
                return open(Token::ArrayBegin);
            case '"':
                return m_in.string(m_string) ? done(Token::String) : Token::Bad;
            case 't':
                return word("true", Token::True);
            case 'f':
                return word("false", Token::False);
            case 'n':
                return word("null", Token::Null);
            case 'N':
                return number_word("NaN");
            case 'I':
                return number_word("Infinity");
            default:
                break;
        }
        if (m_in.at_end()) return bad("the text ends where a value is expected");
        if (m_in.skip("-Infinity")) return number_word("");
        return m_in.number(m_number) ? done(Token::Number) : Token::Bad;
    }
    Token word(std::string_view expected, Token token) {
        return m_in.skip(expected) ? done(token) : bad("not a JSON value");
    }
    Token number_word(std::string_view expected) {
        if (!m_in.skip(expected)) return bad("not a JSON value");
        m_number = {m_begin, m_in.at(), 0, true};
        return done(Token::Number);
    }

    Lexer m_in;
    std::size_t m_max_depth;
    std::size_t m_begin = 0;
    State m_state = State::Value;
    std::string m_open;  // the brackets
    String m_string;
    NumberToken m_number;
};

using LocatedTokens = Tokens<StringToken>;
using DecodedTokens = Tokens<std::string>;

// Brackets and quotation marks alone: enough to say where a document ends that may be broken inside.
class Brackets {
public:
    void read(char c) {
        if (m_in_string) {
            m_in_string = m_escaped || c != '"';
            m_escaped = !m_escaped && c == '\\';
            return;
        }
        m_in_string = c == '"';
        if (c == '{' || c == '[') ++m_depth;
        if (c == '}' || c == ']') --m_depth;
    }
    bool in_string() const { return m_in_string; }
    std::ptrdiff_t depth() const { return m_depth; }  // negative: closed more than were open

private:
    std::ptrdiff_t m_depth = 0;
    bool m_in_string = false;
    bool m_escaped = false;
};

}  // namespace opentraces::json
