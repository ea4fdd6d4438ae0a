// JSON documents that are no records: requests and answers, settings, state files. nlohmann/json reads and
// writes them behind this door; records have a reader and a writer of their own (reader.hpp, writer.hpp).
#pragma once

#include <string>
#include <string_view>

#include "opentraces/json/syntax_error.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::json {

// RFC 8259. Takes what parse() takes, gives the same value and refuses with the same words; only numbers that
// are not finite (the bare words, and what is beyond any `long double`) are none of a document. Throws
// SyntaxError.
Value read_document(std::string_view text);

// To the byte what to_compact() writes.
std::string write_document(const Value& value);
// Two-space indentation, for answers that people read and for dataset sidecar files.
std::string write_pretty(const Value& value);

}  // namespace opentraces::json
