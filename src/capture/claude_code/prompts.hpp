// Who speaks in a `user` line: the human, or the program in the human's place.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::claude_code {

enum class PromptKind {
    Human,      // typed, or sent through an SDK
    Command,    // a typed slash command or a typed shell command
    Interrupt,  // "[Request interrupted by user]"
    Injected,   // reminders, command output, notifications, skill texts
    Summary,    // the text that replaces the history after a compaction
};

PromptKind classify_prompt(const json::Value& line, std::string_view text);

// Is this a slash command that is a prompt (a skill or a command of the project)? Their tags start with
// <command-message>, those of commands that the program itself executes with <command-name>.
bool asks_the_model(PromptKind kind, std::string_view text);

// What was typed: "/name arguments" for the tags of a slash command; other text as it is.
std::string typed_command(std::string_view text);

}  // namespace opentraces::capture::claude_code
