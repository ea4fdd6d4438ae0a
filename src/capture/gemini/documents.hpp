// Session files of Gemini CLI, and of Qwen Code as long as it wrote the same.
#pragma once

#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::gemini {

// Is it a chat of either, by what it begins with?
bool is_session(const std::string& path, Sources& sources);
// Of those: is it Qwen Code's? Its models tell, or where it lies.
bool is_of_qwen(const std::string& path, Sources& sources);
// None for a document that was continued as lines, in a file beside it.
std::vector<SessionRef> list_session(const Agent& agent, const std::string& path, Sources& sources);
ParsedSession read_session(const Agent& agent, const SessionRef& session, Sources& sources);

}  // namespace opentraces::capture::gemini
