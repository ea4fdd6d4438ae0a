// A chat of VS Code as a record: what its requests say (ISerializableChatData of microsoft/vscode,
// chatModel.ts), with the rounds of the model that GitHub Copilot Chat notes in each result
// (`metadata.toolCallRounds`, `toolCallResults`). Where there are none, the reply is what the person saw.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capture/copilot/chat_parts.hpp"
#include "capture/session_builder.hpp"

namespace opentraces::capture::copilot {

class Chat {
public:
    Chat(const json::Value& log, ParsedSession& parsed) : m_log(log), m_session(parsed) {}
    SessionFacts& about() { return m_session.about; }
    void tell(std::string_view reader_version);

private:
    // How one request went.
    struct Request {
        const json::Value& log;
        std::string model;
        std::string at;
        std::vector<Invocation> invocations;
        std::vector<bool> taken;  // of them
        std::size_t rounds = 0;
        std::optional<std::size_t> last_reply;  // of the main agent
    };
    void describe();
    void take_request(const json::Value& log);
    void take_prompt(const Request& request);
    void take_round(Request& request, const json::Value& round);
    std::size_t reply(Request& request, const std::string& at);
    void take_thinking(std::size_t place, const json::Value& thinking);
    void take_call(Request& request, std::size_t place, const json::Value& call);
    void take_agent(Request& request, const std::string& id, std::size_t called_at);
    void take_parts(Request& request, const json::Array& parts);
    void add_invocation(std::size_t place, const Invocation& invocation);
    const Invocation* find_invocation(Request& request, const std::string& id, std::string_view name);
    void note_parts(const json::Array& parts);
    void note_end(const Request& request);
    void count(const Request& request);
    void count_taken_back(const Request& request);

    const json::Value& m_log;
    SessionBuilder m_session;
    std::size_t m_interrupted = 0;
};

}  // namespace opentraces::capture::copilot
