// Messages of OpenCode as its first versions wrote them (until July 2025), told as later ones write them.
// Source: packages/opencode/src/session/message.ts, and what message-v2.ts makes of it.
#pragma once

#include <string>

#include "capture/opencode/chat.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::opencode {

// The start of a message, of any version.
bool is_message(const json::Value& start);
// The working directory that a reply names; empty for every other message.
std::string directory_of_message(const json::Value& message);

// Facts that lay in "metadata" are moved to where they lie now, and parts in the message itself, if it has
// none in files of their own, become its parts.
void bring_up(Message& message);

}  // namespace opentraces::capture::opencode
