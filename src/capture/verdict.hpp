// How reading a session ends, for every agent the same.
#pragma once

#include <string>

#include "capture/object_lines.hpp"
#include "opentraces/capture/agent.hpp"

namespace opentraces::capture {

void refuse(ParsedSession& parsed, std::string reason, std::size_t line = 0);
// Lines and what was wrong with them, into the report.
void add_tally(const LineTally& tally, ParseReport& report);
// False if the file has objects in its lines.
bool refuse_unreadable(const LineTally& tally, ParsedSession& parsed);
// The record has its steps, its session id and its metadata: gives it its trace id, leaves it out if it is
// too small to be of use, and completes it from the evidence.
void finish(const Agent& agent, ParsedSession& parsed);

}  // namespace opentraces::capture
