// Tool results: the `tool_result` block and its structured twin `toolUseResult`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::claude_code {

struct ToolOutcome {
    trace::Observation observation;  // source_call_id is left to the caller
    std::optional<std::int64_t> duration_ms;
    bool persisted = false;  // the full output was stored outside the transcript
};

// Error codes: exit_code:<n>, interrupted, tool_error; none means success.
ToolOutcome read_result(const json::Value& block, const json::Value& details);

}  // namespace opentraces::capture::claude_code
