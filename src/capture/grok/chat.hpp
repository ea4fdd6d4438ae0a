// chat_history.jsonl of Grok Build, one message a line: {type, content, …}, in the first version of the
// format {role, content, …} as chat completions have it.
#pragma once

#include <string>
#include <unordered_map>

#include "capture/grok/updates.hpp"
#include "capture/session_builder.hpp"

namespace opentraces::capture::grok {

// Does the line say that it is one of Grok's? System prompts alone do not.
bool is_chat_line(const json::Value& line);

class Chat {
public:
    // How calls went, as updates tell it.
    Chat(ParsedSession& parsed, std::unordered_map<std::string, CallFacts> calls)
        : m_parsed(parsed), m_session(parsed), m_calls(std::move(calls)) {}
    SessionBuilder& session() { return m_session; }
    // False for a line of a kind that is not known.
    bool take(const json::Value& line);
    void finish(std::string_view reader_version);

private:
    std::size_t place();
    void take_user(const json::Value& line);
    void take_reasoning(const json::Value& line);
    void take_reply(const json::Value& line);
    void take_call_of_backend(const json::Value& kind);
    void take_result(const json::Value& line);
    void call(const std::string& id, std::string_view name, const json::Value& arguments);

    ParsedSession& m_parsed;
    SessionBuilder m_session;
    std::unordered_map<std::string, CallFacts> m_calls;
    std::size_t m_interrupted = 0;
    bool m_open = false;
};

}  // namespace opentraces::capture::grok
