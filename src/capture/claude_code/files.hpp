// What file tools read and changed: snippets with true line numbers, and changes as hunks.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::claude_code {

// For a call that succeeded. `details` is toolUseResult, null when the session has none: then line numbers
// come from the input (Read, Write) or stay absent.
std::vector<trace::Snippet> snippets_of(std::string_view tool, const json::Object& input,
                                        const json::Value& details);

// What Read showed; nullopt for other tools and for what is no text.
std::optional<enrich::FileView> view_of(std::string_view tool, const json::Value& details);

// Edit, MultiEdit, Write and NotebookEdit; nullopt for other tools. call_id and step_index are left open.
std::optional<enrich::FileChange> change_of(std::string_view tool, const json::Object& input,
                                            const json::Value& details);

}  // namespace opentraces::capture::claude_code
