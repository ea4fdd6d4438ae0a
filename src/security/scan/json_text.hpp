// What the strings of JSON text hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/stream.hpp"

namespace opentraces::security {

enum class JsonReading {
    Record,  // keys of the record schema hold names and identifiers
    Any,     // some other document
};

// Findings in the strings of JSON text, with byte ranges in the encoded text; a range never leaves its
// string.
std::vector<Finding> json_findings(std::string_view text, const ScrubOptions& options, JsonReading reading);

}  // namespace opentraces::security
