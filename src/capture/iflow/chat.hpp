// An iFlow session as a record: lines in the shape of Claude Code's, with results of tools in that of Gemini
// CLI. A reply is written while it streams, in lines that each repeat the call before.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

#include "capture/session_builder.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::iflow {

// Its session ids are "session-" and a UUID; Claude Code's are the UUID alone.
bool is_line(const json::Value& line);

class Chat {
public:
    explicit Chat(ParsedSession& parsed) : m_session(parsed) {}

    void take(const json::Value& line);
    // `name` of the file, where no line has an id.
    void finish(const std::string& name, std::string_view reader_version);

private:
    void note(const json::Value& line);
    void take_user(const json::Value& line);
    void take_prompt(const json::Value& line, const json::Value& content);
    void take_result(const json::Value& line, const json::Value& block);
    void take_reply(const json::Value& line);
    bool goes_on(const json::Value& line) const;
    void begin_reply(const json::Value& line);
    void end_reply();
    void take_block(const json::Value& block);
    bool is_new(const json::Value& block);

    SessionBuilder m_session;
    bool m_in_reply = false;
    std::string m_last_time;                  // of the reply's lines
    std::unordered_set<std::string> m_texts;  // of the reply
    std::unordered_set<std::string> m_calls;  // likewise
    enrich::ModelUsage m_usage;
    std::size_t m_interruptions = 0;
    bool m_interrupted = false;  // by the last thing that was said
};

}  // namespace opentraces::capture::iflow
