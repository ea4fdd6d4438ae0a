// A session of Kiro CLI since its second engine (2026): a log of lines {version, kind, data}, and beside it
// the state of the session (crates/agent/src/agent/event_log.rs, crates/chat-cli-v2/src/agent/session.rs of
// kiro-cli).
#pragma once

#include <string>
#include <string_view>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::kiro {

// A prompt, a reply or results.
bool is_log_entry(const json::Value& line);

std::string state_path(const std::string& log);
// The working directory that the state names; empty where there is none.
std::string folder_of_log(const std::string& log, Sources& sources);

// The record is ready for capture::finish; none of a log that is refused.
ParsedSession read_log(const std::string& path, std::string_view reader_version, Sources& sources);

}  // namespace opentraces::capture::kiro
