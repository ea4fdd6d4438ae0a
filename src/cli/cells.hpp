// How much of a terminal's line a text takes: letters of East Asia and emoji are two cells wide, marks that
// combine take none.
#pragma once

#include <cstddef>
#include <string_view>

namespace opentraces::cli {

// Texts are valid UTF-8 and have been made printable.
std::size_t cells_of(char32_t code);
std::size_t cells_of(std::string_view text);
// The longest prefix that fits; marks stay with their letter.
std::string_view first_cells(std::string_view text, std::size_t cells);

}  // namespace opentraces::cli
