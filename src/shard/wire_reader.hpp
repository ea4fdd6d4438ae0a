// Records in exactly the form in which they are written (trace/codec.hpp), read without building them.
#pragma once

#include <string_view>

#include "opentraces/shard/stats.hpp"

namespace opentraces::shard {

struct WireRecord {
    RecordFacts facts;
    std::string_view trace_id;      // a view into the line
    std::string_view content_hash;  // 64 hex digits, a view into the line
};

// False if the line has any other form: then the decoder must look at it. A line that is accepted here is a
// TraceRecord for the decoder too, with the same facts. Records of schema 0.1 may lack the keys of 0.2.
bool read_wire_record(std::string_view line, WireRecord& out);

}  // namespace opentraces::shard
