#include "opentraces/json/reader.hpp"

#include <unordered_set>

#include "opentraces/core/text.hpp"

namespace opentraces::json {
namespace {

// Beyond this many members, duplicate keys are found with a set instead of a scan.
constexpr std::size_t k_small_object = 24;

class Parser {
public:
    Parser(std::string_view text, const ReadLimits& limits) : m_text(text), m_limits(limits) {}

    Value value() {
        skip_space();
        if (m_at >= m_text.size()) fail("the text ends where a value is expected");
        switch (m_text[m_at]) {
            case '{':
                return Value(object());
            case '[':
                return Value(array());
            case '"':
                return Value(string());
            case 't':
                return literal("true"), Value(true);
            case 'f':
                return literal("false"), Value(false);
            case 'n':
                return literal("null"), Value();
            case 'N':
                return literal("NaN"), Value(Number{"NaN", true});
            case 'I':
                return literal("Infinity"), Value(Number{"Infinity", true});
            default:
                return Value(number());
        }
    }

    void skip_space() {
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') break;
            ++m_at;
        }
    }

    std::size_t at() const { return m_at; }
    [[noreturn]] void fail(const char* reason) const { throw SyntaxError(m_at, reason); }

private:
    class Depth {
    public:
        explicit Depth(Parser& parser) : m_parser(parser) {
            if (++m_parser.m_depth > m_parser.m_limits.max_depth) m_parser.fail("nested too deeply");
        }
        ~Depth() { --m_parser.m_depth; }
        Depth(const Depth&) = delete;
        Depth& operator=(const Depth&) = delete;

    private:
        Parser& m_parser;
    };

    bool peek(char expected) const { return m_at < m_text.size() && m_text[m_at] == expected; }

    bool skip(char expected) {
        const bool there = peek(expected);
        m_at += there ? 1 : 0;
        return there;
    }

    void literal(std::string_view word) {
        if (m_text.substr(m_at, word.size()) != word) fail("not a JSON value");
        m_at += word.size();
    }

    Object object() {
        const Depth depth(*this);
        Object object;
        std::unordered_set<std::string> keys;
        ++m_at;
        skip_space();
        if (skip('}')) return object;
        while (true) {
            skip_space();
            if (!peek('"')) fail("expected a key in quotation marks");
            std::string key = string();
            skip_space();
            if (!peek(':')) fail("expected ':' after a key");
            ++m_at;
            Value member = value();
            store(object, keys, std::move(key), std::move(member));
            skip_space();
            if (skip('}')) return object;
            if (!peek(',')) fail("expected ',' or '}' in an object");
            ++m_at;
        }
    }

    static void store(Object& object, std::unordered_set<std::string>& keys, std::string key, Value member) {
        if (object.size() < k_small_object) {
            object.set(std::move(key), std::move(member));
            return;
        }
        if (keys.empty()) {
            for (const Member& known : object)
                keys.insert(known.first);
        }
        if (keys.insert(key).second) {
            object.append(std::move(key), std::move(member));
        } else {
            object.set(std::move(key), std::move(member));
        }
    }

    Array array() {
        const Depth depth(*this);
        Array array;
        ++m_at;
        skip_space();
        if (skip(']')) return array;
        while (true) {
            array.push_back(value());
            skip_space();
            if (skip(']')) return array;
            if (!peek(',')) fail("expected ',' or ']' in an array");
            ++m_at;
        }
    }

    std::string string() {
        ++m_at;
        std::string out;
        while (true) {
            const std::size_t run = plain_run();
            out.append(m_text.substr(m_at, run));
            m_at += run;
            if (m_at >= m_text.size()) fail("the text ends inside a string");
            const char c = m_text[m_at];
            if (skip('"')) return out;
            if (c != '\\') fail("a raw control character in a string");
            escape(out);
        }
    }

    // Bytes up to the next quotation mark, backslash or control character.
    std::size_t plain_run() const {
        std::size_t end = m_at;
        while (end < m_text.size()) {
            const auto c = static_cast<unsigned char>(m_text[end]);
            if (c == '"' || c == '\\' || c < 0x20) break;
            ++end;
        }
        return end - m_at;
    }

    void escape(std::string& out) {
        ++m_at;
        if (m_at >= m_text.size()) fail("the text ends inside a string");
        const char kind = m_text[m_at++];
        switch (kind) {
            case '"':
            case '\\':
            case '/':
                out.push_back(kind);
                return;
            case 'b':
                out.push_back('\b');
                return;
            case 'f':
                out.push_back('\f');
                return;
            case 'n':
                out.push_back('\n');
                return;
            case 'r':
                out.push_back('\r');
                return;
            case 't':
                out.push_back('\t');
                return;
            case 'u':
                append_utf8(out, code_point());
                return;
            default:
                --m_at;
                fail("an unknown escape in a string");
        }
    }

    char32_t code_point() {
        const char32_t first = four_digits();
        if (first < 0xD800 || first > 0xDFFF) return first;
        if (first >= 0xDC00 || m_text.substr(m_at, 2) != "\\u") fail("a lone surrogate escape");
        m_at += 2;
        const char32_t second = four_digits();
        if (second < 0xDC00 || second > 0xDFFF) fail("a lone surrogate escape");
        return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }

    char32_t four_digits() {
        if (m_at + 4 > m_text.size()) fail("the text ends inside an escape");
        char32_t value = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = m_text[m_at++];
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) fail("an escape with a character that is not hexadecimal");
            value = value << 4 | static_cast<char32_t>(digit);
        }
        return value;
    }

    std::size_t digits() {
        const std::size_t begin = m_at;
        while (m_at < m_text.size() && m_text[m_at] >= '0' && m_text[m_at] <= '9')
            ++m_at;
        return m_at - begin;
    }

    Number number() {
        const std::size_t begin = m_at;
        if (peek('-')) ++m_at;
        if (peek('I')) return literal("Infinity"), Number{"-Infinity", true};
        const bool zero = peek('0');
        const std::size_t whole = digits();
        if (whole == 0) fail("not a JSON value");
        if (zero && whole > 1) fail("a number with leading zeros");
        bool is_float = false;
        if (peek('.')) {
            ++m_at;
            if (digits() == 0) fail("a number without digits after the point");
            is_float = true;
        }
        if (peek('e') || peek('E')) {
            ++m_at;
            if (peek('+') || peek('-')) ++m_at;
            if (digits() == 0) fail("a number without digits in the exponent");
            is_float = true;
        }
        if (!is_float && whole > m_limits.max_integer_digits) fail("an integer with too many digits");
        return Number{std::string(m_text.substr(begin, m_at - begin)), is_float};
    }

    std::string_view m_text;
    const ReadLimits& m_limits;
    std::size_t m_at = 0;
    std::size_t m_depth = 0;
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

SyntaxError::SyntaxError(std::size_t offset, const std::string& reason)
    : std::runtime_error(reason + " at byte " + std::to_string(offset + 1)), m_offset(offset) {}

Value parse(std::string_view text, const ReadLimits& limits) {
    require_utf8(text);
    Parser parser(text, limits);
    Value value = parser.value();
    parser.skip_space();
    if (parser.at() != text.size()) parser.fail("text after the value");
    return value;
}

Value parse_prefix(std::string_view text, std::size_t& end, const ReadLimits& limits) {
    require_utf8(text);
    Parser parser(text, limits);
    Value value = parser.value();
    end = parser.at();
    return value;
}

}  // namespace opentraces::json
