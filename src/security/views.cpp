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

struct Escape {
    std::size_t length = 0;  // 0: not an escape
    char32_t character = 0;
};

Escape read_escape(std::string_view text, std::size_t at) {
    if (at + 1 >= text.size()) return {};
    const char kind = text[at + 1];
    switch (kind) {
        case '"':
        case '\'':
        case '\\':
        case '/':
            return {2, static_cast<char32_t>(kind)};
        case 'b':
            return {2, U'\b'};
        case 'f':
            return {2, U'\f'};
        case 'n':
            return {2, U'\n'};
        case 'r':
            return {2, U'\r'};
        case 't':
            return {2, U'\t'};
        case 'x': {
            if (at + 4 > text.size()) return {};
            const int high = hex_value(text[at + 2]);
            const int low = hex_value(text[at + 3]);
            if (high < 0 || low < 0 || high >= 8) return {};
            return {4, static_cast<char32_t>(high * 16 + low)};
        }
        case 'u': {
            const auto unit = read_hex4(text, at + 2);
            if (!unit) return {};
            // Surrogates never belong to a secret; any one character will do.
            return {6, *unit >= 0xD800 && *unit <= 0xDFFF ? U'\uFFFD' : *unit};
        }
        default:
            return {};
    }
}

// Calls decode_at(position) for every `sign`; it answers what the bytes there stand for and how many they
// are.
struct Decoded {
    std::size_t length = 0;  // source bytes; 0: nothing to decode here
    std::string_view text;
};

template <class DecodeAt>
std::optional<View> decode_all(std::string_view text, char sign, DecodeAt decode_at) {
    std::size_t at = text.find(sign);
    if (at == std::string_view::npos) return std::nullopt;
    View view;
    std::size_t copied = 0;
    while (at < text.size()) {
        const Decoded decoded = decode_at(at);
        if (decoded.length == 0) {
            ++at;
        } else {
            view.copy(text.substr(copied, at - copied));
            view.decode(decoded.text, at, at + decoded.length);
            at += decoded.length;
            copied = at;
        }
        at = text.find(sign, at);
    }
    if (copied == 0) return std::nullopt;
    view.copy(text.substr(copied));
    return view;
}

}  // namespace

void View::decode(std::string_view decoded, std::size_t begin, std::size_t end) {
    m_steps.push_back({m_text.size(), begin, static_cast<std::uint32_t>(decoded.size()),
                       static_cast<std::uint32_t>(end - begin)});
    m_text.append(decoded);
}

const View::Step* View::step_at(std::size_t at) const {
    const auto after =
        std::upper_bound(m_steps.begin(), m_steps.end(), at,
                         [](std::size_t value, const Step& step) { return value < step.text_begin; });
    return after == m_steps.begin() ? nullptr : &*(after - 1);
}

std::size_t View::source_begin(std::size_t at) const {
    const Step* step = step_at(at);
    if (step == nullptr) return at;
    const std::size_t into = at - step->text_begin;
    if (into < step->text_length) return step->source_begin;
    return step->source_begin + step->source_length + (into - step->text_length);
}

std::size_t View::source_end(std::size_t end) const {
    const Step* step = step_at(end - 1);
    if (step == nullptr) return end;
    const std::size_t into = end - step->text_begin;
    if (into <= step->text_length) return step->source_begin + step->source_length;
    return step->source_begin + step->source_length + (into - step->text_length);
}

std::vector<Span> View::changed_parts() const {
    constexpr std::size_t k_near = 64;
    constexpr std::size_t k_max_line = 4096;
    const std::string_view text = m_text;
    std::vector<Span> parts;
    for (const Step& step : m_steps) {
        if (!parts.empty() && step.text_begin + step.text_length + k_near <= parts.back().end) continue;
        std::size_t begin = step.text_begin < k_near ? 0 : step.text_begin - k_near;
        for (std::size_t moved = 0; begin > 0 && text[begin - 1] != '\n'; --begin, ++moved)
            if (moved > k_max_line && text[begin - 1] == ' ') break;
        std::size_t end = std::min(text.size(), step.text_begin + step.text_length + k_near);
        for (std::size_t moved = 0; end < text.size() && text[end] != '\n'; ++end, ++moved)
            if (moved > k_max_line && text[end] == ' ') break;
        if (!parts.empty() && begin <= parts.back().end) {
            parts.back().end = end;
        } else {
            parts.push_back({begin, end});
        }
    }
    return parts;
}

std::optional<View> unescape_json(std::string_view text) {
    std::string character;
    return decode_all(text, '\\', [&](std::size_t at) {
        const Escape escape = read_escape(text, at);
        character.clear();
        if (escape.length > 0) append_utf8(character, escape.character);
        return Decoded{escape.length, character};
    });
}

std::optional<View> unescape_percent(std::string_view text) {
    char character = 0;
    return decode_all(text, '%', [&](std::size_t at) {
        const int high = at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
        const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
        const int value = high * 16 + low;
        const bool blank = value == '\n' || value == '\r' || value == '\t';
        if (high < 0 || low < 0 || (value < 0x20 && !blank) || value >= 0x7f) return Decoded{};
        character = static_cast<char>(value);
        return Decoded{3, {&character, 1}};
    });
}

std::optional<View> strip_terminal_codes(std::string_view text) {
    return decode_all(text, '\x1b', [&](std::size_t at) {
        std::size_t end = at + 1;
        if (end < text.size() && text[end] == '[') {
            ++end;
            while (end < text.size() && (is<'d'>(text[end]) || text[end] == ';' || text[end] == '?'))
                ++end;
            if (end < text.size()) ++end;
        }
        return Decoded{end - at, {}};
    });
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
