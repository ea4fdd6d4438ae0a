// What Kiro's tools answer, and what its edits did, in all of its logs.
#pragma once

#include <string>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::kiro {

struct Output {
    std::string text;
    std::string error;  // as in an Observation
};

// {"exit_status": "1" or "exit status: 1", "stdout": …, "stderr": …} of commands; other tools' as it is.
void add_json(const json::Value& value, Output& output);

// The tool's own word for how it ended.
void end_by_status(std::string_view status, Output& output);

// "write" is what newer versions call "fs_write".
std::vector<enrich::FileChange> changes_of(trace::ToolCall call);

}  // namespace opentraces::capture::kiro
