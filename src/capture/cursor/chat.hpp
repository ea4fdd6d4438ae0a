// What Cursor's stores have in common: prompts in <user_query> with context around them, replies, calls whose
// results may name them or not.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "capture/session_builder.hpp"

namespace opentraces::capture::cursor {

// The words between <user_query> and its end, and all that stands around them. A text without such a mark is
// typed, unless all of it is an element of the program (<user_info>…</user_info>).
struct Prompt {
    std::string typed;
    std::string added;
};
Prompt split_prompt(std::string_view text);

// "tool_error", "exit_code:N" of what a command printed ("Exit code: 1" first), or empty.
std::string error_in(std::string_view text, bool failed);

class Chat {
public:
    explicit Chat(ParsedSession& parsed) : m_parsed(parsed), m_session(parsed) {}
    SessionBuilder& session() { return m_session; }

    // Until end_agent, all is said by a sub-agent that the call at this place began, or nobody knows which.
    void begin_agent(std::optional<std::size_t> called_at, std::string role);
    void end_agent();

    void prompt(std::string_view text, const std::string& at = {});
    void show(std::string_view kind, std::string text, const std::string& at = {});
    std::size_t reply(const std::string& model = {}, const std::string& at = {});
    // The reply that is going on, or a new one.
    std::size_t open_reply() { return m_open ? m_session.last_reply() : reply(); }
    void close_reply() { m_open = false; }
    // As SessionBuilder's. The id of the call, empty if it was there before.
    std::string call(std::size_t place, std::string_view id, std::string_view name, json::Value input);
    // Of the call with this id; where none has it, of the oldest that waits, of this name if one is given.
    void answer(std::string_view id, std::string_view name, std::string text, CallEnd end);

    // A message of roles and blocks, as transcripts and chats of the command line have them.
    void take_message(const json::Value& message, std::string_view role, const json::Value& content);

private:
    struct Waiting {
        std::string id;
        std::string name;
    };
    void say(Prompt prompt, const std::string& at);
    void take_user(const json::Value& content);
    void take_result(const json::Value& block);
    bool take_block(std::size_t place, const json::Value& block);

    ParsedSession& m_parsed;
    SessionBuilder m_session;
    std::optional<std::string> m_agent;  // its role
    std::deque<Waiting> m_waiting;
    std::deque<Waiting> m_waiting_of_caller;
    bool m_open = false;
};

}  // namespace opentraces::capture::cursor
