// What a session says about itself outside its conversation.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::claude_code {

struct SessionFacts {
    std::string slug;
    std::string first_version;
    std::string version;                        // of the last line that has one
    std::vector<enrich::NotedBranch> branches;  // each change
    std::string cwd;                            // first one
    std::string permission_mode;                // last one
    std::string hook_permission_mode;
    std::string title;  // given by hand
    std::string ai_title;
    std::string original_commit;  // HEAD when a work tree was made for the session
    std::string parent_session_id;
    std::string agent_id;  // of a sub-agent file
    std::string first_uuid;
    std::string last_uuid;
    std::string init_model;
    std::string claimed_stop_reason;  // from a result line
    bool saw_git = false;
    bool turn_ended = false;  // the program has said so since the last line of the conversation
    std::string final_error;  // the last reply, when it is an API error
    bool compacted = false;
    std::map<std::string, std::size_t> session_ids;
    std::string last_session_id;
    std::optional<TimePoint> start;
    std::optional<TimePoint> end;
    std::string start_text;
    std::string end_text;
    std::vector<std::string> tools;
    std::vector<json::Object> tool_definitions;
    std::vector<std::string> mcp_servers;
    std::optional<std::string> system_prompt;
    json::Object hook_git;
    json::Object pr_link;
    json::Array compactions;
    json::Array turn_summaries;
    json::Array permission_denials;
    json::Value model_usage;
    std::vector<std::pair<std::string, std::string>> summaries;  // leaf uuid, text
    std::vector<std::string> errors;
    std::optional<std::int64_t> num_turns;
    std::optional<double> cost_usd;
    std::optional<double> duration_ms;
};

// "anthropic/claude-…" for a bare Claude model name; other names are kept; empty for "<synthetic>".
std::string model_name(std::string_view raw);

// Any line: envelope fields and timestamps.
void note_envelope(SessionFacts& facts, const json::Value& line);
// Lines that are not conversation; false if the type, or its subtype, is not known.
bool note_other_line(SessionFacts& facts, const json::Value& line, std::string_view type);
// A line of the conversation that the file itself holds: the turn goes on.
void note_turn(SessionFacts& facts, const json::Value& line);
void note_time(SessionFacts& facts, std::string_view timestamp);

}  // namespace opentraces::capture::claude_code
