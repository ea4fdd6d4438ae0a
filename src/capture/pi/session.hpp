// A Pi session as steps. OpenClaw, which runs Pi, writes the same.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::pi {

// Does the file hold a session of Pi's shape, and of which of the two? A session that OpenClaw has written is
// known by what it notes, else by where it lies.
bool is_session(const std::string& path, Sources& sources);
bool is_of_openclaw(const std::string& path, Sources& sources);

std::vector<SessionRef> list(const Agent& agent, const std::string& path, Sources& sources);
ParsedSession read(const Agent& agent, const SessionRef& session, Sources& sources);

// A folder from the environment, "~" as the program takes it; else `otherwise`, in the home directory.
std::string folder_from(const Environment& environment, std::string_view variable,
                        std::string_view otherwise);

}  // namespace opentraces::capture::pi
