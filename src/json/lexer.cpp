#include "opentraces/json/lexer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "json/special_bytes.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::json {
namespace {

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

constexpr const char* k_ends = "the text ends inside a string";
constexpr const char* k_control = "a raw control character in a string";
constexpr const char* k_unknown_escape = "an unknown escape in a string";
constexpr const char* k_surrogate = "a lone surrogate escape";

bool is_surrogate(char32_t unit) {
    return unit >= 0xD800 && unit <= 0xDFFF;
}

const char* next_special(const char* at, const char* end) {
    return at + find_special<Also::Control, '"', '\\'>({at, static_cast<std::size_t>(end - at)}, 0);
}

// What the escape of two characters there stands for, as almost all escapes are; 0 if it is none.
char short_escape(const char* backslash, const char* end) {
    return end - backslash > 1 ? k_escapes[static_cast<unsigned char>(backslash[1])] : '\0';
}

// Strings with escapes are put together here, so that each is allocated once, in its length.
class Pieces {
public:
    explicit Pieces(std::string& scratch) : m_scratch(scratch) {}

    void append(std::string_view text) {
        room(text.size());
        text.copy(m_scratch.data() + m_length, text.size());
        m_length += text.size();
    }
    void append(char c) {
        room(1);
        m_scratch[m_length++] = c;
    }
    // Up to the next special byte, a block at a time; answers where that is.
    const char* append_plain(const char* at, const char* end) {
        while (end - at >= static_cast<std::ptrdiff_t>(k_block)) {
            room(k_block);
            std::memcpy(m_scratch.data() + m_length, at, k_block);
            const std::size_t plain = first_special<Also::Control, '"', '\\'>(at);
            at += plain;
            m_length += plain;
            if (plain != k_block) return at;
        }
        const char* const stop = next_special(at, end);
        append({at, static_cast<std::size_t>(stop - at)});
        return stop;
    }
    std::string_view text() const { return std::string_view(m_scratch).substr(0, m_length); }

private:
    void room(std::size_t more) {
        if (m_length + more > m_scratch.size())
            m_scratch.resize(std::max(2 * m_scratch.size(), m_length + more));
    }

    std::string& m_scratch;
    std::size_t m_length = 0;
};

}  // namespace

bool Lexer::string(StringToken& out) {
    if (!skip('"')) return fail("expected a string");
    out = {at(), 0, false, false};
    for (;;) {
        m_at = next_special(m_at, m_end);
        if (m_at == m_end) return fail(k_ends);
        if (*m_at == '"') break;
        if (*m_at != '\\') return fail(k_control);
        out.escaped = true;
        if (short_escape(m_at, m_end) != '\0') {
            m_at += 2;
            continue;
        }
        Escape escape;
        if (!long_escape(escape)) return false;
        out.lone_surrogate = out.lone_surrogate || escape.lone_surrogate;
    }
    out.end = at();
    ++m_at;
    return true;
}

bool Lexer::string(std::string& out) {
    if (!skip('"')) return fail("expected a string");
    const char* const begin = m_at;
    m_at = next_special(begin, m_end);
    if (skip('"')) {
        out.assign(begin, m_at - 1);
        return true;
    }
    Pieces pieces(m_scratch);
    pieces.append({begin, static_cast<std::size_t>(m_at - begin)});
    while (!skip('"')) {
        if (m_at == m_end) return fail(k_ends);
        if (*m_at != '\\') return fail(k_control);
        if (const char meaning = short_escape(m_at, m_end); meaning != '\0') {
            pieces.append(meaning);
            m_at += 2;
        } else {
            Escape escape;
            if (!long_escape(escape)) return false;
            if (escape.lone_surrogate) return fail(k_surrogate);
            std::string character;
            append_utf8(character, escape.meaning);
            pieces.append(character);
        }
        m_at = pieces.append_plain(m_at, m_end);
    }
    out.assign(pieces.text());
    return true;
}

bool Lexer::long_escape(Escape& out) {
    ++m_at;
    if (m_at == m_end) return fail(k_ends);
    if (!skip('u')) return fail(k_unknown_escape);
    char32_t first = 0;
    if (!code_unit(first)) return false;
    out = {first, is_surrogate(first)};
    if (first < 0xD800 || first >= 0xDC00) return true;
    const char* const behind = m_at;
    if (!skip("\\u")) return true;
    char32_t second = 0;
    if (!code_unit(second)) return false;
    if (second < 0xDC00 || second > 0xDFFF) {
        m_at = behind;
        return true;
    }
    out = {0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), false};
    return true;
}

bool Lexer::code_unit(char32_t& out) {
    if (m_end - m_at < 4) return fail("the text ends inside an escape");
    const int value = hex_value({m_at, 4}, 0, 4);
    if (value < 0) return fail("an escape with a character that is not hexadecimal");
    out = static_cast<char32_t>(value);
    m_at += 4;
    return true;
}

std::size_t Lexer::digits() {
    const char* const begin = m_at;
    while (m_at < m_end && *m_at >= '0' && *m_at <= '9')
        ++m_at;
    return static_cast<std::size_t>(m_at - begin);
}

bool Lexer::number(NumberToken& out) {
    out = {at(), 0, 0, false};
    skip('-');
    const bool zero = peek() == '0';
    out.whole_digits = digits();
    if (out.whole_digits == 0) return fail("not a JSON value");
    if (zero && out.whole_digits > 1) return fail("a number with leading zeros");
    if (skip('.')) {
        if (digits() == 0) return fail("a number without digits after the point");
        out.is_float = true;
    }
    if (skip('e') || skip('E')) {
        if (!skip('+')) skip('-');
        if (digits() == 0) return fail("a number without digits in the exponent");
        out.is_float = true;
    }
    out.end = at();
    return true;
}

}  // namespace opentraces::json
