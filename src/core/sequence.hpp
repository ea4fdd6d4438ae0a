// UTF-8, one sequence at a time.
#pragma once

#include <cstddef>
#include <string_view>

namespace opentraces {

// Bytes of the well-formed sequence at the start of `text` (Unicode 15, table 3-7), 0 if there is none.
std::size_t sequence_length(std::string_view text);

}  // namespace opentraces
