// All lines of one session: the main file, then the files of its sub-agents.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "capture/claude_code/branches.hpp"
#include "capture/claude_code/conversation.hpp"
#include "capture/claude_code/facts.hpp"
#include "capture/claude_code/forks.hpp"
#include "capture/claude_code/queue.hpp"
#include "capture/object_lines.hpp"
#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::claude_code {

struct Session {
    SessionFacts facts;
    Tally tally;
    ParseReport report;
    LineTree tree;
    LeftInQueue left_in_queue;
    Copies copies;
    std::vector<std::string> files;
    // Which conversations there are: main first, then old side-chains of the main file and agent files in
    // the order of their discovery. Addresses stay valid.
    std::deque<Conversation> conversations;
    // Sub-agents that the main file only reports progress of, by agent id.
    std::unordered_map<std::string, Conversation> progress;
    bool is_agent_file = false;  // the main file is a sub-agent's own file
};

// Does this look like a line of a session: type user or assistant and a message with content?
bool is_conversation_line(const json::Value& line);

// Reads the main file. The tally of lines also goes into session.report.
LineTally read_main_file(Session& session, const std::string& path, Sources& sources);

// "a1b2c3" for agent-a1b2c3.jsonl.
std::string agent_id_of(std::string_view path);

// Reads one sub-agent file as a conversation of its own.
void read_agent_file(Session& session, const std::string& path, Sources& sources);

// Adds every sub-agent file that belongs to the session (all layouts), then what only progress lines tell.
// Whose a file is, its lines say; what lies there as a link is not read.
void read_agents(Session& session, const std::string& main_path, Sources& sources);

// Below the folder, the files of sub-agents whose session's own file is not there. Sorted.
std::vector<std::string> stray_agents(const std::string& folder, Sources& sources);

// Over the main file and every file that read_agents() would look at.
std::string fingerprint_of(const std::string& main_path, Sources& sources);

}  // namespace opentraces::capture::claude_code
