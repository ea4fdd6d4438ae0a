// The events of an OpenHands conversation, of both generations, and what becomes of them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "capture/session_builder.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::openhands {

// An event of the software-agent SDK (V1) has a kind, one of the first generation (V0) an action or an
// observation.
bool is_event(const json::Value& event);

class Conversation {
public:
    explicit Conversation(ParsedSession& parsed) : m_session(parsed) {}

    void take(const json::Value& event);
    // base_state.json, whose totals are those of the whole conversation.
    void take_state(const json::Value& state);
    bool has_conversation() { return m_session.report().conversation_lines > 0; }
    // `fallback_id` names a conversation whose state is not there.
    void finish(const std::string& fallback_id, std::string_view reader_version);

private:
    void take_kind(std::string_view kind, const json::Value& event, const std::string& at);
    void take_message(const json::Value& event, const std::string& at);
    void take_action(const json::Value& event, const std::string& at);
    void take_observation(const json::Value& event);
    void take_update(const json::Value& event);
    void take_condensation(const json::Value& event, const std::string& at);
    void take_old_action(const json::Value& event, const std::string& at);
    void take_old_observation(const json::Value& event, const std::string& at);
    void take_stats(const json::Value& stats);
    std::size_t reply_of(const std::string& response, const std::string& at);

    // Running sums of one role of the language model, and how much of them has a reply.
    struct Total {
        enrich::ModelUsage all;
        enrich::ModelUsage counted;
    };

    SessionBuilder m_session;
    std::map<std::string, Total> m_totals;
    std::string m_response;  // id of the last reply's
    std::string m_model;
    std::string m_first_event;
    double m_cost = 0;
};

}  // namespace opentraces::capture::openhands
