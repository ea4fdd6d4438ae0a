// One speaker's thread: the main conversation, or one sub-agent's. Lines become steps here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "capture/claude_code/prompts.hpp"
#include "capture/claude_code/results.hpp"
#include "capture/surroundings.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::claude_code {

// What the lines of a session add up to besides steps; shared by all its conversations.
struct Tally {
    std::map<std::string, std::size_t> unknown_blocks;
    std::vector<std::string> errors;                           // API errors, as the program showed them
    std::vector<std::pair<std::string, std::string>> denials;  // call id, tool: refused by the user
    std::unordered_set<std::string> retracted;                 // uuids that later lines take back
    std::map<std::string, std::string> caller;                 // agent id -> id of the call that started it
    // By call: what its result says of a sub-agent's work as a whole.
    std::map<std::string, json::Object> agent_reports;
    std::vector<enrich::RecordedCommit> commits;
    std::map<std::string, std::size_t> context_without_text;  // kind of attachment or hook -> lines
    std::vector<ToolOutcome> orphans;                         // results whose call is not in the file
    std::size_t repeated_calls = 0;
    std::size_t persisted_outputs = 0;  // results kept outside the transcript
};

struct Usage {
    std::int64_t input = 0;
    std::int64_t output = 0;
    std::int64_t cache_read = 0;
    std::int64_t cache_write = 0;
    std::int64_t long_cache_write = 0;
    bool present = false;
};

// A step that has no number yet.
struct Draft {
    trace::Step step;
    std::string uuid;   // of its first line
    std::string reply;  // key of the API reply; empty for other steps
    std::string stop_reason;
    std::string context;  // kind of attachment that it shows; empty for other steps
    json::Object facts;   // further ones, for metadata.opentraces_steps
    PromptKind kind = PromptKind::Injected;
    Usage usage;
    bool has_message_id = false;
    bool thinking_withheld = false;
    bool mid_turn = false;    // received while the agent worked
    bool open_reply = false;  // the last line of the reply still had no stop_reason
    std::vector<enrich::FileChange> changes;
    std::vector<enrich::FileView> views;
};

struct CallPlace {
    std::size_t draft = 0;
    std::size_t call = 0;
    bool answered = false;
    std::optional<TimePoint> called;
};

struct Conversation {
    std::string id;    // agent id, or uuid of the first line of an old side-chain; empty for the main one
    std::string role;  // from the agent's own files; the invoking call knows better
    std::string description;
    std::vector<Draft> drafts;
    std::unordered_map<std::string, std::size_t> replies;  // reply key -> draft
    std::unordered_map<std::string, CallPlace> calls;      // call id -> place
    std::size_t user_lines = 0;
    Surroundings surroundings;
    std::optional<std::size_t> command;  // draft of a slash command that the next user line explains
    std::vector<std::size_t> shown;  // drafts with a text or of a reply, of those that were looked through
    std::size_t looked_through = 0;
};

// A `user` line: answers to tool calls, and a step when there is text besides. True if there is.
bool take_user_line(Conversation& conversation, Tally& tally, const json::Value& line);
// One `assistant` line: some blocks of one API reply.
void take_assistant_line(Conversation& conversation, Tally& tally, const json::Value& line,
                         std::size_t number);
// What came while the agent worked (attachment queued_command). True if there is a step for it.
bool take_queued_prompt(Conversation& conversation, const json::Value& line);
// Other attachments: a step of the program where the log holds what the model was shown. False if the kind is
// not known.
bool take_context(Conversation& conversation, Tally& tally, const json::Value& line);
// A local command in the newer form (system line local_command).
void take_local_command(Conversation& conversation, const json::Value& line);

// After a line of the conversation: what is new around it belongs to the step that it made, or to the last
// one.
void tell_surroundings(Conversation& conversation);

// Gives the result to its call, if that is in the conversation and has none: copies of a conversation in
// files of helper agents may hold what its own file lost.
bool take_orphan(Conversation& conversation, ToolOutcome& outcome);

// After the last line: marks withheld thinking and warm-up calls.
void finish(Conversation& conversation);

}  // namespace opentraces::capture::claude_code
