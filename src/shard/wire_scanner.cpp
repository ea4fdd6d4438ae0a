#include "shard/wire_scanner.hpp"

#include <charconv>

namespace opentraces::shard {
namespace {

constexpr std::size_t k_max_integer_digits = 18;   // always fits in 64 bits
constexpr std::size_t k_max_number_digits = 1000;  // longer ones are for the decoder to judge

}  // namespace

bool WireScanner::string() {
    json::StringToken token;
    return m_in.string(token) && !token.lone_surrogate;
}

bool WireScanner::plain_string(std::string_view& out) {
    json::StringToken token;
    if (!m_in.string(token) || token.escaped) return false;
    out = m_in.text(token.begin, token.end);
    return true;
}

bool WireScanner::decoded_string(std::string& out) {
    return m_in.string(out);
}

bool WireScanner::boolean(bool& out) {
    out = literal("true");
    return out || literal("false");
}

bool WireScanner::integer(std::int64_t& out) {
    json::NumberToken token;
    if (!m_in.number(token) || token.is_float || token.whole_digits > k_max_integer_digits) return false;
    const std::string_view text = m_in.text(token.begin, token.end);
    return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc{};
}

bool WireScanner::any_number(std::string_view& out) {
    json::NumberToken token;
    if (!m_in.number(token) || token.whole_digits > k_max_number_digits) return false;
    out = m_in.text(token.begin, token.end);
    return true;
}

bool WireScanner::number(double& out) {
    std::string_view text;
    if (!any_number(text)) return false;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out);
    return error == std::errc{} && stop == end;
}

bool WireScanner::value(int depth) {
    switch (m_in.peek()) {
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
    return any_number(text);
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
