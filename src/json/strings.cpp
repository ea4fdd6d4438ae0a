// Strings inside JSON text: what each form escapes.
#include <array>
#include <cstddef>

#include "json/special_bytes.hpp"
#include "opentraces/core/code_point.hpp"
#include "opentraces/json/nested_text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::json {
namespace {

constexpr std::string_view k_hex = "0123456789abcdef";

void append_code_unit(std::string& out, unsigned code_unit) {
    const std::array<char, 6> escape{'\\',
                                     'u',
                                     k_hex[code_unit >> 12 & 15],
                                     k_hex[code_unit >> 8 & 15],
                                     k_hex[code_unit >> 4 & 15],
                                     k_hex[code_unit & 15]};
    out.append(escape.data(), escape.size());
}

// What follows the backslash in the two-character escape of a byte; 0 when it has none.
constexpr std::array<char, 256> k_short_escapes = [] {
    std::array<char, 256> letters{};
    letters['"'] = '"';
    letters['\\'] = '\\';
    letters['\b'] = 'b';
    letters['\t'] = 't';
    letters['\n'] = 'n';
    letters['\f'] = 'f';
    letters['\r'] = 'r';
    return letters;
}();

void append_ascii_escape(std::string& out, unsigned char c) {
    if (k_short_escapes[c] == 0) return append_code_unit(out, c);
    const std::array<char, 2> escape{'\\', k_short_escapes[c]};
    out.append(escape.data(), escape.size());
}

// Length of the line separator at `at` and its code unit, 0 if there is none.
std::size_t line_separator(std::string_view text, std::size_t at, unsigned& code_unit) {
    if (text.substr(at, 2) == "\xC2\x85") return code_unit = 0x85, 2;
    if (text.substr(at, 3) == "\xE2\x80\xA8") return code_unit = 0x2028, 3;
    if (text.substr(at, 3) == "\xE2\x80\xA9") return code_unit = 0x2029, 3;
    return 0;
}

void append_code_unit_twice(std::string& out, unsigned code_unit) {
    out.push_back('\\');
    append_code_unit(out, code_unit);
}

void append_ascii_escape_twice(std::string& out, unsigned char c) {
    out.append(c == '"' || c == '\\' ? "\\\\" : "\\");
    append_ascii_escape(out, c);
}

template <void (*AppendAscii)(std::string&, unsigned char), void (*AppendUnit)(std::string&, unsigned)>
void append_escaping(std::string& out, std::string_view text) {
    std::size_t begin = 0;
    std::size_t at = 0;
    // 0xC2 and 0xE2 start U+0085 and U+2028, U+2029.
    while ((at = find_special<Also::Control, '"', '\\', 0xC2, 0xE2>(text, at)) < text.size()) {
        const auto c = static_cast<unsigned char>(text[at]);
        unsigned code_unit = 0;
        const std::size_t separator = c >= 0x80 ? line_separator(text, at, code_unit) : 0;
        if (c >= 0x80 && separator == 0) {
            ++at;
            continue;
        }
        out.append(text.substr(begin, at - begin));
        if (separator > 0) {
            AppendUnit(out, code_unit);
            at += separator;
        } else {
            AppendAscii(out, c);
            ++at;
        }
        begin = at;
    }
    out.append(text.substr(begin));
}

}  // namespace

void append_u_escape(std::string& out, char32_t code_point) {
    if (code_point < 0x10000) return append_code_unit(out, static_cast<unsigned>(code_point));
    append_code_unit(out, 0xD800 + static_cast<unsigned>((code_point - 0x10000) >> 10));
    append_code_unit(out, 0xDC00 + static_cast<unsigned>((code_point - 0x10000) & 0x3FF));
}

void append_compact_escaped(std::string& out, std::string_view text) {
    append_escaping<append_ascii_escape, append_code_unit>(out, text);
}

void append_compact_escaped_twice(std::string& out, std::string_view text) {
    append_escaping<append_ascii_escape_twice, append_code_unit_twice>(out, text);
}

void append_compact_string(std::string& out, std::string_view text) {
    out.push_back('"');
    append_compact_escaped(out, text);
    out.push_back('"');
}

void append_canonical_escaped(std::string& out, std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = find_special<Also::NotPlainAscii, '"', '\\'>(text, at);
        out.append(text.substr(at, end - at));
        at = end;
        if (at == text.size()) return;
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 0x80) {
            append_ascii_escape(out, c);
            ++at;
        } else {
            append_u_escape(out, next_code_point(text, at));
        }
    }
}

void append_canonical_string(std::string& out, std::string_view text) {
    out.push_back('"');
    append_canonical_escaped(out, text);
    out.push_back('"');
}

}  // namespace opentraces::json
