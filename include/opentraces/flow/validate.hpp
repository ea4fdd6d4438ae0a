// Checking JSONL text line by line against the record schema, in bounded memory.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "opentraces/json/lines.hpp"

namespace opentraces::flow {

// A warning or error reads "rule: place or reason" ("unknown_key: steps.0.novel"); it never quotes values.
struct LineVerdict {
    std::size_t line = 0;               // 1-based, blank lines included in the count
    bool ok = false;                    // no errors
    std::string trace_id;               // empty if the line is not a record
    std::string content_hash;           // recomputed; empty if the line is not a record
    std::vector<std::string> warnings;  // at most k_max_warnings and one that counts the rest
    std::vector<std::string> errors;
};

inline constexpr std::size_t k_max_warnings = 100;

struct ValidateSummary {
    std::size_t lines = 0;  // that are not blank
    std::size_t ok = 0;
    std::size_t failed = 0;
    std::size_t blank = 0;
};

// Calls `report` once for each line that is not blank, in order. A record of a later schema is an error.
ValidateSummary validate_lines(json::ByteSource source, const std::function<void(const LineVerdict&)>& report,
                               std::size_t max_line = json::k_default_max_line);

}  // namespace opentraces::flow
