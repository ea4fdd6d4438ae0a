#include "security/views.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "opentraces/core/text.hpp"
#include "security/char_class.hpp"

namespace opentraces::security {

namespace {

constexpr std::string_view k_base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

constexpr std::array<std::int8_t, 256> make_base64_values() {
    std::array<std::int8_t, 256> values{};
    for (auto& value : values)
        value = -1;
    for (std::size_t i = 0; i < k_base64_letters.size(); ++i)
        values[static_cast<unsigned char>(k_base64_letters[i])] = static_cast<std::int8_t>(i);
    values['+'] = values['-'] = 62;
    values['/'] = values['_'] = 63;
    return values;
}

constexpr auto k_base64_values = make_base64_values();

int hex_value(char c) {
    if (is<'d'>(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<char32_t> read_hex4(std::string_view text, std::size_t at) {
    if (at + 4 > text.size()) return std::nullopt;
    char32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const int digit = hex_value(text[at + i]);
        if (digit < 0) return std::nullopt;
        value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
}

// What the escape at `at` (a backslash) stands for; its length goes to `length`. Empty: not an escape.
std::string decode_escape(std::string_view text, std::size_t at, std::size_t& length) {
    if (at + 1 >= text.size()) return {};
    length = 2;
    switch (text[at + 1]) {
        case '"':
            return "\"";
        case '\'':
            return "'";
        case '\\':
            return "\\";
        case '/':
            return "/";
        case 'b':
            return "\b";
        case 'f':
            return "\f";
        case 'n':
            return "\n";
        case 'r':
            return "\r";
        case 't':
            return "\t";
        case 'x': {
            if (at + 4 > text.size()) return {};
            const int high = hex_value(text[at + 2]);
            const int low = hex_value(text[at + 3]);
            if (high < 0 || low < 0 || high * 16 + low >= 0x80) return {};
            length = 4;
            return std::string(1, static_cast<char>(high * 16 + low));
        }
        case 'u': {
            const auto unit = read_hex4(text, at + 2);
            if (!unit) return {};
            length = 6;
            std::string out;
            // Surrogates never belong to a secret; any one character will do.
            append_utf8(out, *unit >= 0xD800 && *unit <= 0xDFFF ? U'\uFFFD' : *unit);
            return out;
        }
        default:
            return {};
    }
}

}  // namespace

void View::append(std::string_view decoded, std::size_t source_begin, std::size_t source_end) {
    const bool verbatim = decoded.size() == source_end - source_begin;
    m_steps.push_back({m_text.size(), decoded.size(), source_begin, source_end - source_begin, verbatim});
    m_text.append(decoded);
}

const View::Step& View::step_at(std::size_t at) const {
    auto after =
        std::upper_bound(m_steps.begin(), m_steps.end(), at,
                         [](std::size_t value, const Step& step) { return value < step.text_begin; });
    return *(after - 1);
}

std::size_t View::source_begin(std::size_t at) const {
    const Step& step = step_at(at);
    return step.verbatim ? step.source_begin + (at - step.text_begin) : step.source_begin;
}

std::size_t View::source_end(std::size_t end) const {
    const Step& step = step_at(end - 1);
    return step.verbatim ? step.source_begin + (end - step.text_begin)
                         : step.source_begin + step.source_length;
}

std::optional<View> unescape_json(std::string_view text) {
    View view;
    std::size_t copied = 0;
    for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
        std::size_t length = 1;
        const std::string decoded = decode_escape(text, at, length);
        if (decoded.empty()) {
            ++at;
            continue;
        }
        if (at > copied) view.append(text.substr(copied, at - copied), copied, at);
        view.append(decoded, at, at + length);
        at += length;
        copied = at;
    }
    if (copied == 0) return std::nullopt;
    if (copied < text.size()) view.append(text.substr(copied), copied, text.size());
    return view;
}

std::optional<View> unescape_percent(std::string_view text) {
    View view;
    std::size_t copied = 0;
    for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at)) {
        const int high = at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
        const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
        const int value = high * 16 + low;
        if (high < 0 || low < 0 || value < 0x20 || value >= 0x7f) {
            ++at;
            continue;
        }
        if (at > copied) view.append(text.substr(copied, at - copied), copied, at);
        view.append(std::string(1, static_cast<char>(value)), at, at + 3);
        at += 3;
        copied = at;
    }
    if (copied == 0) return std::nullopt;
    if (copied < text.size()) view.append(text.substr(copied), copied, text.size());
    return view;
}

std::optional<View> strip_terminal_codes(std::string_view text) {
    View view;
    std::size_t copied = 0;
    for (std::size_t at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b', at)) {
        std::size_t end = at + 1;
        if (end < text.size() && text[end] == '[') {
            ++end;
            while (end < text.size() && (is<'d'>(text[end]) || text[end] == ';' || text[end] == '?'))
                ++end;
            if (end < text.size()) ++end;
        }
        if (at > copied) view.append(text.substr(copied, at - copied), copied, at);
        at = end;
        copied = end;
    }
    if (copied == 0) return std::nullopt;
    if (copied < text.size()) view.append(text.substr(copied), copied, text.size());
    if (view.text().empty()) return std::nullopt;
    return view;
}

std::string decode_base64(std::string_view run) {
    std::string out;
    out.reserve(run.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : run) {
        const int value = k_base64_values[static_cast<unsigned char>(c)];
        if (value < 0) break;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out.push_back(static_cast<char>(bits >> count & 0xff));
    }
    return out;
}

std::optional<std::string> decode_base64_text(std::string_view run) {
    const auto is_text = [](char c) {
        return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
    };
    // Most runs are not text, and their first bytes tell.
    const std::string head = decode_base64(run.substr(0, 16));
    if (head.size() < 8 || !std::all_of(head.begin(), head.end(), is_text)) return std::nullopt;
    std::string text = decode_base64(run);
    const auto odd = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [&](char c) { return !is_text(c); }));
    if (odd * 20 > text.size()) return std::nullopt;
    return text;
}

}  // namespace opentraces::security
