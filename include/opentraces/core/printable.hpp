// Text from outside, made safe to show.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace opentraces {

// A character that a terminal obeys or does not show: C0 and C1 controls and DEL, bidi controls, zero-width
// characters, line and paragraph separators, tags; or a byte that is no UTF-8 (no code then).
struct Unseen {
    std::size_t at = 0;
    std::size_t length = 0;  // bytes
    std::optional<char32_t> code;
};
std::optional<Unseen> find_unseen(std::string_view text, std::size_t from);

// "\x1b" for control characters and for bytes that are no UTF-8, "<U+202E>" for the others of these. Line
// ends and tabs stay; printable_line() of core/text.hpp makes them spaces.
std::string printable_text(std::string_view text);

}  // namespace opentraces
