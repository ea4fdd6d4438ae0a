// The messages of a task of Cline or Roo Code, or of a session of Cline's command line, as steps: in the
// shape of Anthropic's Messages, Roo Code's second version in that of the AI SDK.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "capture/cline/user_text.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::cline {

class Conversation {
public:
    explicit Conversation(ParsedSession& parsed) : m_session(parsed) {}
    SessionBuilder& session() { return m_session; }

    // `at` and `model` of a message that does not say them. The place of a reply; nullopt of other messages.
    std::optional<std::size_t> take(const json::Value& message, const std::string& at = {},
                                    const std::string& model = {});

private:
    struct OpenCall {
        std::string name;
        std::string id;
    };
    // The result of a call that its text names, while its blocks come in.
    struct TextResult {
        std::string id;
        std::string text;
    };
    // What a message of a person holds beside results.
    struct Said {
        UserText text;
        bool has_results = false;
    };

    void take_user(const json::Value& message, const std::string& at);
    void take_user_block(const json::Value& block, Said& said);
    void take_user_text(std::string_view text, Said& said);
    void begin_result(std::string_view tool, Said& said);
    void end_result(Said& said);
    void answer(const std::string& id, const json::Value& content, std::string text, bool failed, Said& said);
    void say(Said& said, const std::string& at);
    void take_summary(const json::Value& message, const std::string& at);
    std::size_t take_reply(const json::Value& message, const std::string& at, const std::string& model);
    void take_reply_block(std::size_t place, const json::Value& block);
    void take_reply_text(std::size_t place, const json::Value& block);
    void take_details(std::size_t place, const json::Value& details);
    void call(std::size_t place, std::string_view id, std::string_view name, const json::Value& input);
    void count_unknown_block(std::string_view type);

    SessionBuilder m_session;
    std::vector<OpenCall> m_open;
    std::optional<TextResult> m_result;
    std::string m_thought;  // of the reply that follows
    std::string m_model;    // that the surroundings name
};

}  // namespace opentraces::capture::cline
