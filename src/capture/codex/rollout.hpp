// The lines of one rollout file as a session.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "capture/codex/patches.hpp"
#include "capture/codex/usage.hpp"
#include "capture/step_facts.hpp"
#include "capture/surroundings.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/trace/step_builder.hpp"

namespace opentraces::capture::codex {

// What a rollout says about itself outside its conversation.
struct RolloutFacts {
    std::string id;
    std::string parent;  // forked from, or the thread that started this one
    bool is_subagent = false;
    std::string agent_role;
    std::string cwd;
    std::string version;
    std::string originator;
    std::string provider;
    std::string model;  // of the latest turn
    std::string branch;
    std::string commit;
    std::string repository;  // its address
    std::string instructions;
    std::string approval_policy;
    std::string title;
    std::string start;
    std::string end;
    std::size_t compactions = 0;
    std::size_t interruptions = 0;
    bool turn_ended = false;   // since the last item of the conversation
    bool interrupted = false;  // likewise
    std::size_t rolled_back_turns = 0;
    std::vector<std::string> errors;
};

class Rollout {
public:
    explicit Rollout(ParsedSession& parsed) : m_parsed(parsed), m_steps(*parsed.record) {}

    void take(json::Value&& line, std::size_t number);
    // Puts tokens on steps and tells people's prompts from injected ones. Once, after the last line.
    void finish(const Accounting& accounting);

    const RolloutFacts& facts() const { return m_facts; }
    std::size_t copied_lines() const { return m_copied; }
    std::size_t unanswered_outputs() const { return m_orphans; }
    std::size_t repeated_calls() const { return m_repeated_calls; }
    std::size_t mid_turn_prompts() const { return m_mid_turn; }
    std::size_t repeated_context() const { return m_repeated_context; }
    // For metadata.opentraces_steps, after finish().
    json::Array take_step_facts() { return m_step_facts.take(); }

private:
    void note_time(const json::Value& line);
    void take_meta(const json::Value& meta);
    void take_turn(const json::Value& turn);
    bool take_item(const json::Value& item);
    void take_message(const json::Value& item);
    void take_agent_message(const json::Value& item);
    void say(trace::Role role, const std::string& text);
    void tell_surroundings();
    void name_repeated_context();
    void take_reasoning(const json::Value& item);
    void take_call(const json::Value& item, std::string name, json::Object input);
    void take_output(const json::Value& item);
    bool take_event(const json::Value& event);
    void take_end(const json::Value& event);
    void note_prompt(std::string_view text);
    bool match_prompt(const std::string& text);
    void say_waiting_prompts();
    std::size_t reply();
    trace::Step& step(std::size_t at);
    std::string call_id(const json::Value& item);
    std::string model() const;
    void count(const json::Value& line, bool known);

    ParsedSession& m_parsed;
    trace::StepBuilder m_steps;
    RolloutFacts m_facts;
    UsageReader m_usage;
    Patches m_patches;
    std::optional<std::size_t> m_reply;       // the latest step of the agent
    bool m_open = false;                      // further items belong to it
    std::vector<std::size_t> m_prompts;       // steps of user messages
    std::unordered_set<std::size_t> m_human;  // those that somebody typed
    Surroundings m_surroundings;
    StepFacts m_step_facts;
    std::vector<std::string> m_waiting_prompts;  // told by events, and by no item yet
    bool m_in_turn = false;
    std::size_t m_turn_prompts = 0;  // in this turn: those after the first came while the agent worked
    std::size_t m_mid_turn = 0;
    std::size_t m_repeated_context = 0;
    bool m_tells_prompts = false;
    bool m_has_meta = false;
    bool m_copying = false;
    std::optional<TimePoint> m_previous;
    std::string m_time;
    std::size_t m_line = 0;
    std::size_t m_copied = 0;
    std::size_t m_orphans = 0;
    std::size_t m_repeated_calls = 0;
};

// The items of the oldest files stand there without an envelope.
bool is_bare_item(const json::Value& line);
// A line that only rollouts have.
bool is_rollout_line(const json::Value& line);

}  // namespace opentraces::capture::codex
