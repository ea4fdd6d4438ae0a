// The difference of two texts as hunks of a unified diff.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/lines.hpp"
#include "opentraces/enrich/evidence.hpp"

namespace opentraces::enrich {

// The line that says that the one before it has no line end.
inline constexpr std::string_view k_no_line_end = "\\ No newline at end of file";

// Three lines of context. Lines end at LF alone: a CR before it belongs to the line, and what no LF ends is
// said.
std::vector<Hunk> line_diff(std::string_view before, std::string_view after);

// The text after the hunks; nullopt when they do not belong to it.
std::optional<std::string> applied(std::string_view before, const std::vector<Hunk>& hunks);

}  // namespace opentraces::enrich
