// Strict JSON text to values.
#pragma once

#include <cstddef>
#include <string_view>

#include "opentraces/json/syntax_error.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::json {

inline constexpr std::size_t k_max_depth = 201;  // containers, the outermost counts as 1
inline constexpr std::size_t k_max_integer_digits = 4300;

// RFC 8259 plus the bare words NaN, Infinity and -Infinity (TraceRecord data of the reference has them).
// Rejects invalid UTF-8, lone surrogate escapes, a byte order mark, and anything after the value.
// Duplicate keys: the last value wins, at the place of the first. Throws SyntaxError.
Value parse(std::string_view text);

// Parses one value at the start of `text` (leading white space allowed) and reports where it ended, for
// lines that hold several values. Throws SyntaxError.
Value parse_prefix(std::string_view text, std::size_t& end);

}  // namespace opentraces::json
