// Who speaks in a `user` line: the human, or the program in the human's place.
#pragma once

#include <string_view>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::claude_code {

enum class PromptKind {
    Human,      // typed, or sent through an SDK
    Request,    // a slash command that is a prompt: a skill, or a command of the project
    Builtin,    // one that the program itself executes
    Typed,      // typed and asking nobody: a shell command, a slash command in the agent's queue
    Agent,      // a message of another agent
    Interrupt,  // "[Request interrupted by user]"
    Injected,   // reminders, command output, notifications, skill texts
    Summary,    // the text that replaces the history after a compaction
};

// `said` has isMeta, isCompactSummary and origin: a user line, or the attachment of a queued command.
PromptKind classify_prompt(const json::Value& said, std::string_view text);

// The first thing of this kind is what the session is about.
bool is_task(PromptKind kind);
// Said by the program, not in the user's place.
bool is_program(PromptKind kind);

// What the next user line tells of a slash command: the text that it stands for, or the program's answer.
PromptKind command_kind(PromptKind kind, PromptKind next, std::string_view next_text);

}  // namespace opentraces::capture::claude_code
