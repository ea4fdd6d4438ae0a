// A chat of VS Code as one document: <storage>/chatSessions/<id>.json and what "Chat: Export Chat…" writes
// are that document; <id>.jsonl tells how it came to be (microsoft/vscode, chatSessionStore.ts,
// objectMutationLog.ts), one change a line: {"kind":0,"v"} all of it, {"kind":1,"k","v"} what is at a path,
// {"kind":2,"k","v","i"} a list that is cut at i and grows by v, {"kind":3,"k"} what is no longer there.
#pragma once

#include <optional>
#include <string>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::copilot {

// By the start of a document or of a log.
bool is_chat_start(const json::Value& start);

// The last state of the document. Nullopt, and the session refused, if there is none. Changes of what is not
// there are counted as skipped lines.
std::optional<json::Value> read_chat(const std::string& path, Sources& sources, ParsedSession& parsed);

// One change, for a log. False if it is none, or not of something that is there.
bool change_chat(json::Value& chat, json::Value&& change);

}  // namespace opentraces::capture::copilot
