// Tasks of Cline and Roo Code in an editor, and sessions of Cline's command line since 3, as records.
#pragma once

#include <string>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::cline {

inline constexpr std::string_view k_history = "api_conversation_history.json";
inline constexpr std::string_view k_messages = ".messages.json";
inline constexpr std::string_view k_ui_messages = "ui_messages.json";
inline constexpr std::string_view k_old_ui_messages = "claude_messages.json";

// The start of a task's api_conversation_history.json, or all of it: a list of messages, or Roo Code's
// {version: 2, messages}.
bool is_history(const json::Value& start);
// Is it one by its words alone, whatever the file is called?
bool has_words_of_task(const json::Value& start);
// What the person saw of a task, with nothing beside it that says more.
bool is_left(const std::string& path, const json::Value& start, fs::Disk& disk);
// Of a session's <id>.messages.json (sdk/packages/core/docs/messages-contract-v1.md of Cline).
bool is_session(const json::Value& start);

// The folder that a task or session worked in, without reading all of it.
std::string folder_of_task(const std::string& path, Sources& sources);
std::string folder_of_session(const std::string& path, Sources& sources);
// The files beside that make up a task: tokens and times, models, what Roo Code knows of the task; or what a
// session's state says.
std::vector<std::string> files_of_task(const std::string& path);
std::string state_path(const std::string& session);

ParsedSession read_task(const SessionRef& task, Sources& sources);
ParsedSession read_session(const SessionRef& session, Sources& sources);

}  // namespace opentraces::capture::cline
