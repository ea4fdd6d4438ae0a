// A conversation of Kiro CLI or Amazon Q CLI: the JSON that a row of its database holds, and that "/save"
// writes (crates/chat-cli/src/cli/chat/{conversation,message}.rs of aws/amazon-q-developer-cli).
#pragma once

#include <string>
#include <string_view>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::kiro {

// The start of one, or all of it: an id, and a history of pairs or of {user, assistant}.
bool is_conversation(const json::Value& start);

// The working directory of the first message that names one.
std::string folder_of(const json::Value& conversation);

// Fills record, report and evidence; the verdict is left to the caller. `folder` is what the database says.
void tell(const json::Value& conversation, const std::string& folder, std::string_view reader_version,
          ParsedSession& parsed);

}  // namespace opentraces::capture::kiro
