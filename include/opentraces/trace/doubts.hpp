// What the schema lets pass but is most likely a mistake of the program that wrote the record.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::trace {

// `rule` is one of duplicate_step_index, dangling_parent_step, dangling_source_call_id,
// dangling_system_prompt_hash, negative_count, bad_timestamp; `at` is the field ("steps.3.parent_step").
struct Doubt {
    std::string_view rule;
    std::string at;
};

std::vector<Doubt> doubts(const TraceRecord& record);

}  // namespace opentraces::trace
