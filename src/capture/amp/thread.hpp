// A thread of Amp as steps.
#pragma once

#include <string>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::amp {

// The start of a document.
bool is_thread(const json::Value& thread);
// The folder that the thread began in; empty: it does not say.
std::string folder_of(const json::Value& thread);

void tell(json::Value& thread, std::string_view reader_version, ParsedSession& parsed);

}  // namespace opentraces::capture::amp
