// UTF-8 text: validity, code points, cutting, white space.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace opentraces {

bool is_valid_utf8(std::string_view text);
// Ill-formed sequences become U+FFFD; `replaced` counts them.
std::string repair_utf8(std::string_view text, std::size_t* replaced = nullptr);
std::size_t code_points(std::string_view valid_utf8);
// The longest prefix of at most `count` code points.
std::string_view first_code_points(std::string_view valid_utf8, std::size_t count);
void append_utf8(std::string& out, char32_t code_point);
std::string_view trim(std::string_view text);  // ASCII white space
std::string to_lower_ascii(std::string_view text);
// Text from outside, safe to show on one line: see core/printable.hpp. Line ends and tabs become spaces.
std::string printable_line(std::string_view text);

}  // namespace opentraces
