// White space as the rubric counts it: Unicode's, and the ASCII separators.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace opentraces::quality {

std::string_view strip(std::string_view valid_utf8);
bool is_blank(std::string_view valid_utf8);
bool has_text(const std::optional<std::string>& text);  // neither absent nor blank
bool is_given(const std::optional<std::string>& text);  // neither absent nor empty

}  // namespace opentraces::quality
