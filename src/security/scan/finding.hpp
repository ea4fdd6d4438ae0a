// From byte ranges to findings, and redaction of one text to its end.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "security/scan/scanner.hpp"

namespace opentraces::security {

std::vector<Finding> findings_of(std::string_view text, const std::vector<Hit>& hits);

// Told about every round before its replacement.
using RedactionSeen = std::function<void(std::string_view text, const std::vector<Hit>& hits)>;

// Redacts and scans again until nothing is found; the number of replacements.
std::size_t redact_until_clean(std::string& text, const ScanContext& context, const RedactionSeen& seen = {});

}  // namespace opentraces::security
