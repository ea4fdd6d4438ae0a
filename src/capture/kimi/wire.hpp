// The wire logs of Kimi, one object a line. Kimi CLI: {timestamp, message: {type, payload}}, where events of
// sub-agents are wrapped in SubagentEvent (kimi_cli/wire/types.py). Kimi Code: flat records {type, …, time},
// a log for each agent.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "capture/session_builder.hpp"
#include "opentraces/core/clock.hpp"

namespace opentraces::capture::kimi {

// Is it a line of one of the two?
bool is_wire_line(const json::Value& line);

class Wire {
public:
    // Of a sub-agent's own log: what stands before its first step is a copy of its caller's where the model
    // has spoken in it.
    Wire(ParsedSession& parsed, bool is_agent_log)
        : m_parsed(parsed), m_session(parsed), m_is_agent_log(is_agent_log) {}
    SessionBuilder& session() { return m_session; }
    void take(json::Value&& line);
    void finish(std::string_view reader_version);

private:
    enum class Kind { None, Text, Thought };
    // A call that is still being written.
    struct Draft {
        std::string id;
        std::string name;
        std::string arguments;
    };
    struct Thread {
        bool is_main = true;
        std::optional<std::size_t> called_at;
        std::string role;
        std::optional<std::size_t> reply;
        bool is_open = false;
        Kind kind = Kind::None;
        std::string text;
        std::optional<Draft> draft;
    };
    struct Call {
        std::string id;  // that it has in the record: logs use one again
        std::size_t place = 0;
        std::optional<TimePoint> at;
    };

    // ---- Kimi CLI ----
    void take_message(const json::Value& message, Thread& thread);
    bool take_event(std::string_view type, const json::Value& payload, Thread& thread);
    void take_piece(const json::Value& part, Thread& thread);
    void take_subagent(const json::Value& payload);
    void flush_text(Thread& thread);
    void flush_call(Thread& thread);
    void flush(Thread& thread);

    // ---- Kimi Code ----
    bool take_record(std::string_view type, const json::Value& record);
    void take_config(const json::Value& record);
    void take_tools(const json::Value& tools);
    void take_context_message(const json::Value& message);
    bool take_loop_event(const json::Value& event);
    void note_prompt(const json::Value& record, bool in_turn);
    void drop_copied();
    void count_step();

    // ---- both ----
    void speak(const Thread& thread);
    void say_prompt(const json::Value& input, const Thread& thread, bool mid_turn);
    std::size_t place_of(Thread& thread);
    void call(Thread& thread, const std::string& id, std::string_view name, const json::Value& arguments);
    void answer(const std::string& id, const json::Value& result);
    void count(const json::Value& usage, const std::string& name, std::string_view model, Thread& thread);
    void note_permission(const std::string& call, std::string_view decision);
    void note_interruption();

    ParsedSession& m_parsed;
    SessionBuilder m_session;
    bool m_is_agent_log = false;
    Thread m_main;
    std::map<std::string, Thread> m_agents;  // by the call that began them
    std::unordered_map<std::string, Call> m_calls;
    std::unordered_map<std::string, std::string>
        m_permissions;  // of calls that are not there yet, or requests
    std::unordered_set<std::string> m_tools;
    std::vector<json::Value> m_before_first_step;
    struct Waiting {
        std::string text;
        bool in_turn = false;
    };
    std::vector<Waiting> m_waiting;
    std::string m_at;
    std::string m_model;
    json::Value m_usage_of_step;
    bool m_has_records = false;  // of usage: those of steps are their twins
    bool m_has_stepped = false;
    std::size_t m_copied = 0;
    std::size_t m_interrupted = 0;
};

}  // namespace opentraces::capture::kimi
