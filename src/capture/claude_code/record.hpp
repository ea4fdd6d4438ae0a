// A session that has been read, put together as a TraceRecord.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "capture/claude_code/session.hpp"
#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::claude_code {

inline constexpr std::string_view k_parser_version = "1.4.0";

// What putting the conversations together brought to light.
struct AssemblyCounts {
    std::size_t abandoned_steps = 0;
    std::size_t unlinked_agents = 0;
    std::size_t helper_agents = 0;
    // Started, but without a file or progress lines: what the results of their calls report.
    json::Array missing_agents;
    std::size_t repeated_replies = 0;
    std::size_t orphan_results = 0;  // without a call in any file
    bool output_is_lower_bound = false;
    std::size_t first_prompt = 0;  // step_index of the first thing the human asked for, 0: none
    bool task_is_command = false;
    std::size_t mid_turn_prompts = 0;
    std::size_t copied_replies = 0;
    std::vector<enrich::ModelUsage> copied;      // what stands in another session too, and is counted there
    std::map<std::string, std::size_t> context;  // kind of attachment -> steps that show it
    std::size_t repeated_context = 0;            // of these, such that name a step with the same text
    json::Array step_facts;                      // metadata.opentraces_steps
};

// Numbers the steps of all conversations: a sub-agent's steps follow the step that called it; sub-agents
// whose call is unknown come last. Moves the steps out of the session. Fills the steps and the evidence of
// usage and changes.
AssemblyCounts assemble_steps(Session& session, ParsedSession& parsed);

// The name that Claude Code gives to the folder of a project's sessions:
// "/home/me/my.app" -> "-home-me-my-app", every character that is not a letter or digit.
std::string folder_name(std::string_view project);

// Everything of the record that is not steps.
void describe_session(const Session& session, const AssemblyCounts& counts, const std::string& path,
                      ParsedSession& parsed);

}  // namespace opentraces::capture::claude_code
