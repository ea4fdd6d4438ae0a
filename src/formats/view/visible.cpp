#include "formats/view/visible.hpp"

#include <array>
#include <cstdint>

#include "opentraces/core/printable.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::formats {
namespace {

enum Class : std::uint8_t { Plain, Control, Markup, Lead };

consteval std::array<std::uint8_t, 256> classes(bool html) {
    std::array<std::uint8_t, 256> table{};
    for (int c = 0; c < 0x20; ++c) {
        if (c != '\t' && c != '\n') table[static_cast<std::size_t>(c)] = Control;
    }
    table[0x7F] = Control;
    table[0xC2] = table[0xEF] = Lead;  // of U+0080 to U+009F, and of noncharacters
    for (const std::size_t c : {0xD8, 0xE1, 0xE2})
        table[c] = Lead;  // of bidi controls and zero-width characters
    for (std::size_t c = 0xF0; c <= 0xF4; ++c)
        table[c] = Lead;
    if (html) {
        for (const char c : {'&', '<', '>', '"', '\''})
            table[static_cast<std::size_t>(c)] = Markup;
    }
    return table;
}

std::string_view entity(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        default:
            return "&#39;";
    }
}

constexpr std::string_view k_replacement = "\xEF\xBF\xBD";

// The whole character at `at`.
std::string_view character_at(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    return text.substr(at, lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2);
}

// Bytes of the character at `at` that no document may hold; 0: it may.
std::size_t forbidden(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned lead = byte(0);
    if (lead >= 0xD8 && lead <= 0xE2) return 0;
    if (lead == 0xC2) return byte(1) < 0xA0 ? 2 : 0;
    if (lead == 0xEF) {
        if (byte(1) == 0xB7 && byte(2) >= 0x90 && byte(2) <= 0xAF) return 3;
        return byte(1) == 0xBF && byte(2) >= 0xBE ? 3 : 0;
    }
    return (byte(1) & 0xFU) == 0xFU && byte(2) == 0xBF && byte(3) >= 0xBE ? 4 : 0;
}

void append_control(std::string& out, std::string_view text, std::size_t at) {
    const char c = text[at];
    if (c == '\r') {
        if (at + 1 == text.size() || text[at + 1] != '\n') out.push_back('\n');
    } else {
        append_utf8(out, c == 0x7F ? char32_t{0x2421} : char32_t{0x2400} + static_cast<unsigned char>(c));
    }
}

void append(std::string& out, std::string_view text, const std::array<std::uint8_t, 256>& classes_of) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::uint8_t kind = classes_of[static_cast<unsigned char>(text[at])];
        if (kind == Plain) continue;
        std::size_t length = kind == Lead ? forbidden(text, at) : 1;
        const bool unseen = length == 0 && find_unseen(character_at(text, at), 0).has_value();
        if (unseen) length = character_at(text, at).size();
        if (length == 0) continue;
        out.append(text.substr(begin, at - begin));
        if (unseen)
            append(out, printable_line(text.substr(at, length)), classes_of);
        else if (kind == Control)
            append_control(out, text, at);
        else
            out.append(kind == Markup ? entity(text[at]) : k_replacement);
        at += length - 1;
        begin = at + 1;
    }
    out.append(text.substr(begin));
}

}  // namespace

void append_visible(std::string& out, std::string_view valid_utf8) {
    static constexpr auto k_classes = classes(false);
    append(out, valid_utf8, k_classes);
}

void append_html(std::string& out, std::string_view valid_utf8) {
    static constexpr auto k_classes = classes(true);
    append(out, valid_utf8, k_classes);
}

}  // namespace opentraces::formats
