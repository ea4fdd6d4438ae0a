// The character at a place of UTF-8 text.
#pragma once

#include <cstddef>
#include <string_view>

namespace opentraces {

// Decodes the sequence at `at`, which must be within `text`, and moves `at` behind it. Checks nothing: of
// bytes that are not UTF-8 it makes some number and stays within the text, except that `at` may come to lie
// behind its end.
inline char32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) -> char32_t {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) & 0x3F : 0;
    };
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    char32_t c = first;
    if (length == 2) c = (first & 0x1Fu) << 6 | byte(1);
    if (length == 3) c = (first & 0x0Fu) << 12 | byte(1) << 6 | byte(2);
    if (length == 4) c = (first & 0x07u) << 18 | byte(1) << 12 | byte(2) << 6 | byte(3);
    at += length;
    return c;
}

}  // namespace opentraces
