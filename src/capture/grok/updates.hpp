// updates.jsonl of Grok Build: what it told its screen, as the Agent Client Protocol has it: {method, params:
// {update: {sessionUpdate, …}}, timestamp}. The chat's file has neither times nor how a call ended.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "capture/session_builder.hpp"

namespace opentraces::capture::grok {

bool is_update(const json::Value& line);

struct CallFacts {
    std::string begun;  // ISO 8601
    std::string ended;
    std::string error;  // as in an Observation
};

// Of one update that tells how a call goes on; nothing of others.
void note_call(const json::Value& line, std::unordered_map<std::string, CallFacts>& calls);
std::int64_t duration_of(const CallFacts& facts);  // ms; -1: not known

// A session of which there are only updates.
class Updates {
public:
    explicit Updates(ParsedSession& parsed) : m_session(parsed) {}
    SessionBuilder& session() { return m_session; }
    void take(const json::Value& line);
    void finish(std::string_view reader_version);

private:
    enum class Kind { None, Prompt, Text, Thought };
    void take_piece(Kind kind, const json::Value& update);
    void flush();
    std::size_t place();
    void take_call(const json::Value& update);
    void take_call_update(const json::Value& update);

    SessionBuilder m_session;
    std::unordered_map<std::string, CallFacts> m_calls;
    Kind m_kind = Kind::None;
    std::string m_text;
    std::string m_at;
    bool m_open = false;
};

}  // namespace opentraces::capture::grok
