// What tools of Cline and Roo Code gave.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::cline {

// The content of a result: a text, blocks, or the operations of CLI 3 ({query, result, error, success}).
std::string result_text(const json::Value& content);

// "exit_code:1", "rejected", "interrupted", "tool_error"; empty where it worked.
std::string error_of(const json::Value& content, std::string_view text, bool failed);

// What a person has written into a result in Roo Code's JSON.
std::string feedback_in(std::string_view text);

// What a call that worked did to files; CLI 3 calls its editor "editor" (path, old_text, new_text,
// insert_line).
std::vector<enrich::FileChange> changes_of(const trace::ToolCall& call);

}  // namespace opentraces::capture::cline
