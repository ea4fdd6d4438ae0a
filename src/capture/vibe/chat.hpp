// Sessions of Vibe 1 and 2. Vibe 1: one document {metadata, messages}. Vibe 2: a message a line in
// messages.jsonl, the metadata in meta.json beside it. Messages have the shape of chat completions
// (vibe/core/types.py, LLMMessage) and no times; tokens stand in metadata.stats, for the whole session.
// "--continue" makes a new session, which repeats the messages of the old one and counts tokens from 0.
#pragma once

#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::vibe {

// Of a document of Vibe 1, or of its start.
bool is_document(const json::Value& start);
bool is_metadata(const json::Value& start);
// Of a line of messages.jsonl; those of the first versions of Vibe 2 have no id.
bool is_message(const json::Value& line);

std::string metadata_beside(const std::string& messages);
// Of the metadata, whole or its start.
std::string project_in(const json::Value& metadata);

ParsedSession read_document(const SessionRef& session, Sources& sources, const Agent& agent);
ParsedSession read_folder(const SessionRef& session, Sources& sources, const Agent& agent);

}  // namespace opentraces::capture::vibe
