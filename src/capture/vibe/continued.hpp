// How much of a session of Vibe 1 or 2 stands in an earlier one beside it, which it continues.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::vibe {

// By what a message is known again: its id and its text or, where it has no id, all that it says. Empty for
// prompts of the system.
std::string identity_of(const json::Value& message);

struct Continued {
    std::size_t messages = 0;        // from the start, without prompts of the system
    std::string session;             // id of the one that has them
    std::vector<std::string> files;  // that one
};

// The longest start that an earlier session has as well; without ids it is one only with a reply in it.
Continued find_continued(const std::string& session, const std::string& started,
                         const std::vector<json::Value>& messages, Sources& sources);

}  // namespace opentraces::capture::vibe
