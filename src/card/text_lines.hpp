// Text as lines that remember how they ended.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/lines.hpp"

namespace opentraces::card {

// Without the line's end.
std::string_view without_end(std::string_view line);
// Without spaces and tabs at the right, for comparing with markers.
std::string_view without_trailing_space(std::string_view line);
bool is_blank(std::string_view line);
// The line end of the first line; LF if there is none.
std::string_view line_end_of(std::string_view text);
// Text with LF ends to another line end.
std::string with_line_ends(std::string_view text, std::string_view line_end);
std::size_t count_lines(std::string_view text);  // number of LF

}  // namespace opentraces::card
