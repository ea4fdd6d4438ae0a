// A session of Factory Droid as steps, of both kinds of files that hold one.
#pragma once

#include <string>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::droid {

// The first line of a session in Droid's own store.
bool is_start(const json::Value& line);
// A line of what "droid exec --output-format stream-json" prints, which no other agent prints.
bool is_stream_line(const json::Value& line);

// The session's settings, with its tokens, lie beside it: "<id>.settings.json".
std::string settings_path(const std::string& session);

ParsedSession read_store(const SessionRef& session, Sources& sources);
ParsedSession read_stream(const SessionRef& session, Sources& sources);

}  // namespace opentraces::capture::droid
