// The transcript of an Antigravity conversation, one step a line: {step_index, source, type, status,
// created_at, content, thinking, tool_calls[{name, args}], truncated_fields}. Steps of tools follow the reply
// that called them and name no call; arguments are JSON inside of JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "capture/session_builder.hpp"

namespace opentraces::capture::antigravity {

bool is_step(const json::Value& line);
// The folder that a command of the step runs in; empty where it runs none.
std::string folder_of_command(const json::Value& line);

class Transcript {
public:
    explicit Transcript(ParsedSession& parsed) : m_session(parsed) {}
    SessionFacts& about() { return m_session.about; }
    void take(const json::Value& line);
    void finish(std::string_view reader_version);

private:
    // A call of the last reply that nothing has answered.
    struct Open {
        std::string id;
        std::string name;
    };
    bool take_step(const std::string& name, const json::Value& line);
    void take_prompt(const json::Value& line);
    void take_reply(const json::Value& line);
    void take_result(const std::string& name, const json::Value& line);
    std::string call_of(const std::string& name);
    void note_model(std::string_view context);
    void note_truncated(const json::Value& line);

    SessionBuilder m_session;
    std::vector<Open> m_open;
    std::string m_at;
    std::string m_model;
};

}  // namespace opentraces::capture::antigravity
