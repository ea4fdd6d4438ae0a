// One serialised record, read by the fastest reader that understands it.
#pragma once

#include <string_view>

#include "opentraces/core/error.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/shard/stats.hpp"
#include "opentraces/shard/trace_keys.hpp"

namespace opentraces::shard {

struct LineFacts {
    RecordFacts facts;
    ContentHash hash;  // of the line itself when it is 64 hex digits, else recomputed
    TraceKey id{};
};

// Throws Error `code` (message starts with `where`) if the line is not a TraceRecord, NewerSchema if it is of
// a later schema.
LineFacts read_line_facts(std::string_view line, std::string_view where, ErrorCode code);

}  // namespace opentraces::shard
