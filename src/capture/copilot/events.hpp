// The events of GitHub Copilot (CLI, and the transcripts of its VS Code extension) as a record: one object a
// line, {type, data, id, timestamp, parentId}, of a sub-agent with agentId or data.parentToolCallId.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "capture/copilot/usage.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/core/clock.hpp"

namespace opentraces::capture::copilot {

// Is it one of Copilot's events?
bool is_event(const json::Value& line);

class Events {
public:
    explicit Events(ParsedSession& parsed) : m_parsed(parsed), m_session(parsed) {}
    SessionFacts& about() { return m_session.about; }
    void take(const json::Value& line);
    void finish(std::string_view reader_version, const Accounting& accounting);

private:
    struct Event {
        const json::Value& data;
        std::string at;
        std::string agent;  // id of the sub-agent whose event it is
    };
    // The main agent, or a sub-agent.
    struct Thread {
        bool is_main = false;
        std::optional<std::size_t> called_at;  // step that called it
        std::string role;
        std::string model;
        std::string prompt;     // of the system
        std::string reasoning;  // of which no message has come
        std::optional<std::size_t> last_reply;
    };
    // A call that the log has begun, before or without the message that asks for it.
    struct Begun {
        std::optional<TimePoint> at;
        std::string name;
        json::Value input;
        bool by_person = false;
    };
    struct Row;
    static const Row* find_row(std::string_view type);

    void take_start(const Event& event);
    void take_context(const Event& event);
    void take_model(const Event& event);
    void take_mode(const Event& event);
    void take_title(const Event& event);
    void take_error(const Event& event);
    void take_prompt(const Event& event);
    void take_system(const Event& event);
    void take_notification(const Event& event);
    void take_skill(const Event& event);
    void take_turn(const Event& event);
    void take_reasoning(const Event& event);
    void take_message(const Event& event);
    void take_usage(const Event& event);
    void take_shutdown(const Event& event);
    void take_request(const Event& event);
    void take_begin(const Event& event);
    void take_result(const Event& event);
    void take_permission(const Event& event);
    void take_agent(const Event& event);
    void take_agent_end(const Event& event);
    void take_compaction(const Event& event);
    void take_abort(const Event& event);
    void take_hook(const Event& event);
    void take_hook_end(const Event& event);
    void take_done(const Event& event);
    void take_nothing(const Event& event);

    Thread& thread_of(const Event& event);
    void speak(const Thread& thread);
    void say(const Thread& thread, trace::Role role, std::string text, const std::string& at);
    void show(const Thread& thread, std::string_view kind, std::string text, const std::string& at);
    std::size_t reply(Thread& thread, const std::string& model, const std::string& at);
    void call(std::size_t place, const std::string& id, std::string_view name, const json::Value& input);
    void note_model(std::unordered_map<std::string, std::size_t>::const_iterator call,
                    std::string_view model);
    // The call of this id, added where no message has asked for it. False if there is nothing to go by.
    bool ensure_call(const std::string& id, Thread& thread, const Event& event);
    std::int64_t duration_of(const std::string& id, const Event& event) const;

    ParsedSession& m_parsed;
    SessionBuilder m_session;
    Usage m_usage;
    std::string m_model;
    std::unordered_map<std::string, Thread> m_threads;       // by the call that began them
    std::unordered_map<std::string, std::string> m_call_of;  // sub-agent -> its call
    std::unordered_map<std::string, std::size_t> m_place_of_reply;
    std::unordered_map<std::string, std::size_t> m_place_of_call;
    std::unordered_map<std::string, Begun> m_begun;
    std::unordered_map<std::string, std::string> m_asked_for;  // permission -> call
    std::unordered_set<std::string> m_seen;
};

}  // namespace opentraces::capture::copilot
