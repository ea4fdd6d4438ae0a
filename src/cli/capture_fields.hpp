// What capture and parse say about sessions and lines that were not understood.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "opentraces/flow/capture.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::cli {

json::Object counts_object(const std::map<std::string, std::int64_t>& counts);
json::Object counts_object(const std::map<std::string, std::size_t>& counts);
std::string unknown_text(const std::map<std::string, std::size_t>& unknown_line_types);

// The same fields in every answer about sessions that were read; what failed is told beside them.
void append_tally(json::Object& object, const flow::ReadTally& tally);
json::Object capture_object(const flow::CaptureResult& result);
// "2 traces captured, 0 updated, 1 unchanged" with a line end.
// What was found out about sub-agents and copies; empty if nothing.
std::string agents_text(const flow::ReadTally& tally);
std::string counts_text(const flow::CaptureResult& result);
// The same, with what was not understood and what to do next.
std::string capture_text(const flow::CaptureResult& result);

}  // namespace opentraces::cli
