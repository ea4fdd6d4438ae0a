// Parts of a chat of VS Code: pieces of a reply as the person saw them, and what tools gave to the model
// (microsoft/vscode, chatService.ts and chatModel.ts; microsoft/vscode-prompt-tsx, JSON of prompt elements).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::copilot {

enum class PartKind {
    Text,
    Thought,
    Invocation,  // of a tool
    Shown,       // of the screen and of edits: what they say of the conversation stands elsewhere
    Unknown,
};

PartKind kind_of_part(const json::Value& part);
// Of a Text or a Thought; empty for the fences that the editor puts around its edits.
std::string text_of_reply_part(const json::Value& part);

// A call as the person saw it: with ids of its own in older versions.
struct Invocation {
    std::string id;
    std::string tool;    // "copilot_readFile"
    std::string caller;  // invocation of the sub-agent that called; empty: the main agent
    json::Value input;
    std::string output;
    std::string error;  // as in an Observation; empty: it worked
    bool is_complete = false;
    bool is_internal = false;  // of the editor, while it carries out another one
};
Invocation invocation_of(const json::Value& part);
// Is it the call of the tool that the model knows by this name ("read_file")?
bool is_call_of(const Invocation& invocation, std::string_view name);

// What a tool gave to the model: `content` of a result.
std::string text_of_tool_result(const json::Value& result);
// "tool_error", "interrupted", or nothing, from the words that the extension puts in the place of a result.
std::string error_in_result(std::string_view text);

// "[file: /home/me/a.cpp]" of what was attached to a prompt; empty for what the editor attached by itself.
std::string mark_of_variable(const json::Value& variable);
// What was sent to the model for a prompt or before all of them.
std::string text_of_rendered(const json::Value& blocks);

}  // namespace opentraces::capture::copilot
