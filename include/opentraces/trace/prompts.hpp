// What the person says to the main agent, told apart from what agent programs write in the person's place.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/trace/record.hpp"

namespace opentraces::trace {

// What was typed: "/name arguments" for the tags in which Claude Code keeps a slash command; other text as it
// is, without white space around.
std::string typed_command(std::string_view text);

// A step of the main conversation: no sub-agent's, and no warm-up.
bool is_main(const Step& step);

// Asks the main agent for something: no interrupt, shell command, message of another agent, or command that
// the program executes itself.
bool is_request(const Step& step);

// A built-in command by which the person begins a new conversation: /clear, /new or /reset, as a program's
// echo of it (is_command_echo), or typed and nothing else.
bool clears_conversation(const Step& step);

}  // namespace opentraces::trace
