// The context of the model as Kimi CLI keeps it (kimi_cli/soul/context.py), context.jsonl: messages in the
// shape of OpenAI's Chat Completions, contents as texts or parts, and between them "_system_prompt",
// "_checkpoint" and
// "_usage" (how large the context was: no sum). Sessions of early versions are this alone.
#pragma once

#include <string_view>

#include "capture/session_builder.hpp"

namespace opentraces::capture::kimi {

// Is it a line that no other program's messages have?
bool is_context_line(const json::Value& line);

class Context {
public:
    explicit Context(ParsedSession& parsed) : m_session(parsed) {}
    SessionBuilder& session() { return m_session; }
    void take(const json::Value& line);
    void finish(std::string_view reader_version) { m_session.finish(reader_version); }

private:
    bool take_message(std::string_view role, const json::Value& line);
    void take_prompt(const json::Value& line);
    void take_reply(const json::Value& line);
    void take_answer(const json::Value& line);

    SessionBuilder m_session;
};

}  // namespace opentraces::capture::kimi
