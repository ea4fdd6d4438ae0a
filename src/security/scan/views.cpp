#include "security/scan/views.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "opentraces/core/base64.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"
#include "security/rules/char_class.hpp"

namespace opentraces::security {

namespace {

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
            const int value = hex_value(text, at + 2, 2);
            if (value < 0 || value >= 0x80) return {};
            return {4, static_cast<char32_t>(value)};
        }
        case 'u': {
            const int unit = hex_value(text, at + 2, 4);
            if (unit < 0) return {};
            // Surrogates never belong to a secret; any one character will do.
            return {6, unit >= 0xD800 && unit <= 0xDFFF ? U'\uFFFD' : static_cast<char32_t>(unit)};
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
    View view(text.size());
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
    char ascii = 0;  // as almost all are
    std::string character;
    return decode_all(text, '\\', [&](std::size_t at) {
        const Escape escape = read_escape(text, at);
        ascii = static_cast<char>(escape.character);
        if (escape.character < 0x80) return Decoded{escape.length, {&ascii, 1}};
        character.clear();
        append_utf8(character, escape.character);
        return Decoded{escape.length, character};
    });
}

std::optional<View> unescape_percent(std::string_view text) {
    char character = 0;
    return decode_all(text, '%', [&](std::size_t at) {
        const int value = hex_value(text, at + 1, 2);
        const bool blank = value == '\n' || value == '\r' || value == '\t';
        if ((value < 0x20 && !blank) || value >= 0x7f) return Decoded{};
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

std::optional<std::string> decode_base64_text(std::string_view run) {
    const auto is_text = [](char c) {
        return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
    };
    // Most runs are not text, and their first bytes tell.
    const std::string head = decode_base64_run(run.substr(0, 16));
    if (head.size() < 8 || !std::all_of(head.begin(), head.end(), is_text)) return std::nullopt;
    std::string text = decode_base64_run(run);
    const auto odd = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [&](char c) { return !is_text(c); }));
    if (odd * 20 > text.size()) return std::nullopt;
    return text;
}

}  // namespace opentraces::security
