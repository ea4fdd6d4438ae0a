// Scanning and redacting any text stream: files and pipes of the command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "opentraces/json/lines.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/security/scrub.hpp"

namespace opentraces::flow {

struct ScanSummary {
    std::uint64_t bytes = 0;
    std::uint64_t findings = 0;
    bool json = false;  // read as JSON or JSONL: only strings were looked at, and the output stays JSON
};

// What a finding stands in, as far as it is held: at least 4 KiB before it, if there are. Valid during the
// call that hands it out.
struct FindingContext {
    std::string_view before;  // ends where it begins
    std::string_view text;    // what was found: never to be printed or stored
    std::string_view after;
    bool json = false;  // a string of JSON, which has no comments
};

using OnFinding = std::function<void(const security::Finding&, const FindingContext&)>;

// Reports everything found, in order, with line and byte offset in the stream; `name` becomes the field.
// With `redacted_out` the text goes there without what was found and otherwise byte for byte, invalid UTF-8
// included. Memory does not grow with the stream, except that one JSON line, or one JSON document spread
// over lines, is held up to 64 MiB; beyond that it is treated as text.
ScanSummary scan_stream(json::ByteSource in, const std::string& name, const security::ScrubOptions& options,
                        json::Sink* redacted_out, const OnFinding& on_finding);

// Whether a comment says that a finding is meant to be there: `opentraces:allow` and a reason, on the line
// where the finding begins or ends, or alone on the line above it. A reason has a word of three letters.
enum class AllowComment { None, WithoutReason, Allowed };
AllowComment allowance_of(const FindingContext& context);

}  // namespace opentraces::flow
