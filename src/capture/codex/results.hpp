// What came back from a call: output items, and the events that say more about the same call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::codex {

struct Outcome {
    trace::Observation observation;  // source_call_id is left to the caller
    std::optional<std::int64_t> duration_ms;
};

// The "output" of an output item: text, JSON text with "output" and "metadata", content items, or an object
// with "content" and "success". The exit code of a command is read from wherever it stands.
Outcome read_output(const json::Value& output);

// "duration": {"secs", "nanos"}.
std::optional<std::int64_t> duration_of(const json::Value& payload);

// The "changes" of patch_apply_end: path -> {"type": add | update | delete, "unified_diff" | "content"}.
std::vector<enrich::FileChange> changes_of(const json::Value& changes);

}  // namespace opentraces::capture::codex
