// What the schema lets pass but is most likely a mistake of the program that wrote the record.
#pragma once

#include <vector>

#include "opentraces/core/diagnostic.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::trace {

// The rule is one of duplicate_step_index, dangling_parent_step, dangling_source_call_id,
// dangling_system_prompt_hash, negative_count, bad_timestamp; the field says where.
std::vector<Diagnostic> doubts(const TraceRecord& record);

}  // namespace opentraces::trace
