#include "shard/wire_scanner.hpp"

#include <charconv>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace opentraces::shard {
namespace {

constexpr std::size_t k_max_integer_digits = 18;   // always fits in 64 bits
constexpr std::size_t k_max_number_digits = 1000;  // longer ones are for the decoder to judge

bool is_special(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// The next byte that ends or interrupts a string: a quote, a backslash or a control character.
const char* find_special(const char* at, const char* end) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i last_control = _mm_set1_epi8(0x1F);
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last_control), last_control);
        const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        const int found = _mm_movemask_epi8(_mm_or_si128(control, ends));
        if (found != 0) return at + __builtin_ctz(static_cast<unsigned>(found));
    }
#endif
    while (at < end && !is_special(*at))
        ++at;
    return at;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

bool WireScanner::hex4(unsigned& code) {
    if (m_end - m_at < 4) return false;
    const auto [stop, error] = std::from_chars(m_at, m_at + 4, code, 16);
    if (error != std::errc{} || stop != m_at + 4) return false;
    m_at += 4;
    return true;
}

// Behind a backslash. A surrogate is only accepted as a pair.
bool WireScanner::escape() {
    if (m_at == m_end) return false;
    const char kind = *m_at++;
    if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
    unsigned code = 0;
    if (!hex4(code)) return false;
    if (code < 0xD800 || code > 0xDFFF) return true;
    unsigned low = 0;
    return code < 0xDC00 && literal("\\u") && hex4(low) && low >= 0xDC00 && low <= 0xDFFF;
}

bool WireScanner::string() {
    if (!literal("\"")) return false;
    while (true) {
        m_at = find_special(m_at, m_end);
        if (m_at == m_end) return false;
        const char found = *m_at++;
        if (found == '"') return true;
        if (found != '\\' || !escape()) return false;
    }
}

bool WireScanner::plain_string(std::string_view& out) {
    if (!literal("\"")) return false;
    const char* begin = m_at;
    m_at = find_special(m_at, m_end);
    out = {begin, static_cast<std::size_t>(m_at - begin)};
    return literal("\"");
}

bool WireScanner::boolean(bool& out) {
    out = literal("true");
    return out || literal("false");
}

bool WireScanner::digits(std::size_t& count) {
    const char* begin = m_at;
    while (m_at < m_end && is_digit(*m_at))
        ++m_at;
    count = static_cast<std::size_t>(m_at - begin);
    return count > 0 && count <= k_max_number_digits;
}

bool WireScanner::integer(std::int64_t& out) {
    const char* begin = m_at;
    literal("-");
    const bool zero = m_at < m_end && *m_at == '0';
    std::size_t count = 0;
    if (!digits(count) || count > k_max_integer_digits || (zero && count > 1)) return false;
    return std::from_chars(begin, m_at, out).ec == std::errc{};
}

bool WireScanner::number_text(std::string_view& out) {
    const char* begin = m_at;
    literal("-");
    const bool zero = m_at < m_end && *m_at == '0';
    std::size_t count = 0;
    if (!digits(count) || (zero && count > 1)) return false;
    if (literal(".") && !digits(count)) return false;
    if (literal("e") || literal("E")) {
        if (!literal("+")) literal("-");
        if (!digits(count)) return false;
    }
    out = {begin, static_cast<std::size_t>(m_at - begin)};
    return true;
}

bool WireScanner::number(double& out) {
    std::string_view text;
    if (!number_text(text)) return false;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out);
    return error == std::errc{} && stop == end;
}

bool WireScanner::value(int depth) {
    if (m_at == m_end) return false;
    switch (*m_at) {
        case '"':
            return string();
        case '{':
            return object(depth);
        case '[':
            return depth > 0 && list([this, depth] { return value(depth - 1); });
        case 't':
            return literal("true");
        case 'f':
            return literal("false");
        case 'n':
            return null();
        default:
            break;
    }
    std::string_view text;
    return number_text(text);
}

bool WireScanner::object(int depth, bool strings_only) {
    if (depth <= 0 || !literal("{")) return false;
    if (literal("}")) return true;
    do {
        if (!string() || !literal(":")) return false;
        if (!(strings_only ? string() : value(depth - 1))) return false;
    } while (literal(","));
    return literal("}");
}

}  // namespace opentraces::shard
