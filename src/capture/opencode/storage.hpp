// Sessions of OpenCode before 1.2, files below <data>/opencode/storage: session/<project>/<session>.json,
// message/<session>/*.json, part/<message>/*.json; in older trees part/*.json, which name their message.
#pragma once

#include <optional>
#include <string>

#include "capture/opencode/chat.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::opencode {

// The start of a session's own file.
bool is_session(const json::Value& start);

// The folder `storage` that a session's file lies in.
std::string storage_of(const std::string& session);

// Over the session's file, its messages and their parts.
std::string fingerprint_of_storage(const std::string& session, const std::string& id, Sources& sources);

// Null where the file cannot be read: the session is then refused. Every file that was read is in `parsed`.
std::optional<Chat> read_storage(const std::string& session, Sources& sources, ParsedSession& parsed);

}  // namespace opentraces::capture::opencode
