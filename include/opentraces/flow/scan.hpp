// Scanning and redacting any text stream: files and pipes of the command line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "opentraces/json/lines.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/security/scrub.hpp"

namespace opentraces::flow {

struct ScanSummary {
    std::uint64_t bytes = 0;
    std::uint64_t findings = 0;
    bool json = false;  // read as JSON or JSONL: only strings were looked at, and the output stays JSON
};

// Reports everything found, in order, with line and byte offset in the stream; `name` becomes the field.
// With `redacted_out` the text goes there without what was found and otherwise byte for byte, invalid UTF-8
// included. Memory does not grow with the stream, except that one JSON line, or one JSON document spread
// over lines, is held up to 64 MiB; beyond that it is treated as text.
ScanSummary scan_stream(json::ByteSource in, const std::string& name, const security::ScrubOptions& options,
                        json::Sink* redacted_out,
                        const std::function<void(const security::Finding&)>& on_finding);

}  // namespace opentraces::flow
