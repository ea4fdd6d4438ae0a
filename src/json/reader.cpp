#include "opentraces/json/reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_set>

#include "opentraces/core/text.hpp"
#include "special_bytes.hpp"

namespace opentraces::json {
namespace {

// Beyond this many members, duplicate keys are found with a set instead of a scan.
constexpr std::size_t k_small_object = 24;

// What a character after a backslash stands for; 'u' is not here.
constexpr std::array<char, 256> k_escapes = [] {
    std::array<char, 256> meanings{};
    meanings['"'] = '"';
    meanings['\\'] = '\\';
    meanings['/'] = '/';
    meanings['b'] = '\b';
    meanings['f'] = '\f';
    meanings['n'] = '\n';
    meanings['r'] = '\r';
    meanings['t'] = '\t';
    return meanings;
}();

class Parser {
public:
    Parser(std::string_view text, const ReadLimits& limits) : m_text(text), m_limits(limits) {}

    // Parses into place: values are large to move and documents have many.
    void value(Value& out) {
        skip_space();
        if (m_at >= m_text.size()) fail("the text ends where a value is expected");
        switch (m_text[m_at]) {
            case '{':
                return object(out.variant().emplace<Object>());
            case '[':
                return array(out.variant().emplace<Array>());
            case '"':
                return string(out.variant().emplace<std::string>());
            case 't':
                return literal("true", out, true);
            case 'f':
                return literal("false", out, false);
            case 'n':
                return literal("null", out, nullptr);
            case 'N':
                return literal("NaN", out, Number{"NaN", true});
            case 'I':
                return literal("Infinity", out, Number{"Infinity", true});
            default:
                return number(out.variant().emplace<Number>());
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

    void literal(std::string_view word, Value& out, Value meaning) {
        literal(word);
        out = std::move(meaning);
    }

    void object(Object& object) {
        const Depth depth(*this);
        std::unordered_set<std::string> keys;
        ++m_at;
        skip_space();
        if (skip('}')) return;
        while (true) {
            skip_space();
            if (!peek('"')) fail("expected a key in quotation marks");
            std::string key;
            string(key);
            skip_space();
            if (!peek(':')) fail("expected ':' after a key");
            ++m_at;
            value(slot(object, keys, std::move(key)));
            skip_space();
            if (skip('}')) return;
            if (!peek(',')) fail("expected ',' or '}' in an object");
            ++m_at;
        }
    }

    // Where the value of this key goes: the last one given wins, at the place of the first.
    static Value& slot(Object& object, std::unordered_set<std::string>& keys, std::string key) {
        if (object.size() >= k_small_object && keys.empty()) {
            for (const Member& known : object)
                keys.insert(known.first);
        }
        const bool is_new =
            object.size() < k_small_object ? object.find(key) == nullptr : keys.insert(key).second;
        return is_new ? object.append(std::move(key), Value()) : *object.find(key);
    }

    void array(Array& array) {
        const Depth depth(*this);
        ++m_at;
        skip_space();
        if (skip(']')) return;
        while (true) {
            value(array.emplace_back());
            skip_space();
            if (skip(']')) return;
            if (!peek(',')) fail("expected ',' or ']' in an array");
            ++m_at;
        }
    }

    void string(std::string& out) {
        const std::size_t begin = ++m_at;
        m_at = next_special(begin);
        if (skip('"')) {
            out.assign(m_text.substr(begin, m_at - 1 - begin));
            return;
        }
        std::size_t length = m_at - begin;
        room(0, length);
        m_text.copy(m_scratch.data(), length, begin);
        while (!skip('"')) {
            if (m_at >= m_text.size()) fail("the text ends inside a string");
            if (m_text[m_at] != '\\') fail("a raw control character in a string");
            length = copy_plain(escape(length));
        }
        out.assign(m_scratch, 0, length);
    }

    // Strings with escapes are put together in m_scratch, so that each is allocated once, in its length.
    void room(std::size_t length, std::size_t more) {
        if (length + more > m_scratch.size()) m_scratch.resize(std::max(2 * m_scratch.size(), length + more));
    }

    // Up to the next special byte, a block at a time. Both take and answer the length of what is in
    // m_scratch.
    std::size_t copy_plain(std::size_t length) {
        while (m_at + k_block <= m_text.size()) {
            const char* const block = m_text.data() + m_at;
            room(length, k_block);
            std::memcpy(m_scratch.data() + length, block, k_block);
            const std::size_t plain = first_special<Also::Control, '"', '\\'>(block);
            m_at += plain;
            length += plain;
            if (plain != k_block) return length;
        }
        const std::size_t run = m_at;
        m_at = next_special(run);
        room(length, m_at - run);
        return length + m_text.copy(m_scratch.data() + length, m_at - run, run);
    }

    std::size_t next_special(std::size_t at) const {
        return find_special<Also::Control, '"', '\\'>(m_text, at);
    }

    std::size_t escape(std::size_t length) {
        ++m_at;
        if (m_at >= m_text.size()) fail("the text ends inside a string");
        const char kind = m_text[m_at++];
        if (kind == 'u') {
            std::string character;
            append_utf8(character, code_point());
            room(length, character.size());
            return length + character.copy(m_scratch.data() + length, character.size());
        }
        const char meaning = k_escapes[static_cast<unsigned char>(kind)];
        if (meaning == '\0') {
            --m_at;
            fail("an unknown escape in a string");
        }
        room(length, 1);
        m_scratch[length] = meaning;
        return length + 1;
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

    void number(Number& out) {
        const std::size_t begin = m_at;
        if (peek('-')) ++m_at;
        if (peek('I')) {
            literal("Infinity");
            out = Number{"-Infinity", true};
            return;
        }
        const bool zero = peek('0');
        const std::size_t whole = digits();
        if (whole == 0) fail("not a JSON value");
        if (zero && whole > 1) fail("a number with leading zeros");
        if (peek('.')) {
            ++m_at;
            if (digits() == 0) fail("a number without digits after the point");
            out.is_float = true;
        }
        if (peek('e') || peek('E')) {
            ++m_at;
            if (peek('+') || peek('-')) ++m_at;
            if (digits() == 0) fail("a number without digits in the exponent");
            out.is_float = true;
        }
        if (!out.is_float && whole > m_limits.max_integer_digits) fail("an integer with too many digits");
        out.literal = m_text.substr(begin, m_at - begin);
    }

    std::string_view m_text;
    const ReadLimits& m_limits;
    std::size_t m_at = 0;
    std::size_t m_depth = 0;
    std::string m_scratch;
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
    Value value;
    parser.value(value);
    parser.skip_space();
    if (parser.at() != text.size()) parser.fail("text after the value");
    return value;
}

Value parse_prefix(std::string_view text, std::size_t& end, const ReadLimits& limits) {
    require_utf8(text);
    Parser parser(text, limits);
    Value value;
    parser.value(value);
    end = parser.at();
    return value;
}

}  // namespace opentraces::json
