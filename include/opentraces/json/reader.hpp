// Strict JSON text to values.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "opentraces/json/value.hpp"

namespace opentraces::json {

// Why a text is not JSON. `reason` never quotes the text.
class SyntaxError : public std::runtime_error {
public:
    SyntaxError(std::size_t offset, const std::string& reason);
    std::size_t offset() const { return m_offset; }  // bytes from the start

private:
    std::size_t m_offset;
};

struct ReadLimits {
    std::size_t max_depth = 201;  // containers, the outermost counts as 1
    std::size_t max_integer_digits = 4300;
};

// RFC 8259 plus the bare words NaN, Infinity and -Infinity (TraceRecord data of the reference has them).
// Rejects invalid UTF-8, lone surrogate escapes, a byte order mark, and anything after the value.
// Duplicate keys: the last value wins, at the place of the first. Throws SyntaxError.
Value parse(std::string_view text, const ReadLimits& limits = {});

// Parses one value at the start of `text` (leading white space allowed) and reports where it ended, for
// lines that hold several values. Throws SyntaxError.
Value parse_prefix(std::string_view text, std::size_t& end, const ReadLimits& limits = {});

}  // namespace opentraces::json
