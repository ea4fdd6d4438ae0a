// What a record says beside its steps.
#pragma once

#include "formats/json_out.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::formats {

// The record without its ids and steps as one object; keys without a value are left out.
void write_record_head(JsonOut& out, const trace::TraceRecord& record);

}  // namespace opentraces::formats
