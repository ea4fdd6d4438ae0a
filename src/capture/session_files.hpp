// Sessions that are a file each, and perhaps others beside it.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture {

// The session at `path`. What is read with it, there or not, is named by `beside`: it is read again when any
// of these changes.
SessionRef session_in_file(std::string_view agent, const std::string& path, std::string project,
                           Sources& sources, std::initializer_list<std::string> beside = {});

// The first text that `pick` finds in the objects of the file's start (as starts_with_lines); empty if none.
std::string first_in_lines(const std::string& path, Sources& sources,
                           const std::function<std::string_view(const json::Value& line)>& pick);

}  // namespace opentraces::capture
