// What a tool's run came to ("run" of a tool_result, "toolRun" of a command of the person).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/session_builder.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::amp {

struct Run {
    std::string text;
    CallEnd end;
};

// Nullopt while it waits or goes on.
std::optional<Run> read_run(const json::Value& run);

// Of a call that has worked.
std::vector<enrich::FileChange> changes_of(const trace::ToolCall& call, const json::Value& run);

}  // namespace opentraces::capture::amp
