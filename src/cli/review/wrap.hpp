// Long lines on a narrow screen.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "cli/review/step_text.hpp"

namespace opentraces::cli::review {

// The parts of `text` that fit into `first` and then into `rest` columns, as shown() shows them; at a blank
// where one is in the second half. There is at least one, and none of them is empty unless the text is.
std::vector<Range> wrapped(std::string_view text, std::size_t first, std::size_t rest);

// Columns of the part of a text as shown() shows it.
std::size_t columns_of(std::string_view text);
// Bytes of the longest beginning of `text` that is not wider than that.
std::size_t bytes_within(std::string_view text, std::size_t columns);
// The letter behind or before a place of UTF-8, with its marks.
std::size_t letter_after(std::string_view text, std::size_t at);
std::size_t letter_before(std::string_view text, std::size_t at);

}  // namespace opentraces::cli::review
