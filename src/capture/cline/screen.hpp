// A task as the person saw it: ui_messages.json, where the conversation itself is gone (ClineMessage and
// ClineSayTool in src/shared/ExtensionMessage.ts of Cline). What the model was told and how most calls ended
// was not shown.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "capture/cline/requests.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::cline {

// The start of such a file, or all of it.
bool is_shown(const json::Value& start);

class Screen {
public:
    // `count` is told of each reply: its place and its request.
    Screen(SessionBuilder& session, const std::vector<Request>& requests,
           std::function<void(std::size_t, const Request&)> count)
        : m_session(session), m_requests(requests), m_count(std::move(count)) {}

    // The messages, in their order.
    void take(const json::Value& message);
    // Requests of which nothing was shown; once all messages are taken.
    std::vector<const Request*> without_reply();

private:
    bool take_said(std::string_view kind, std::string_view text);
    bool take_asked(std::string_view kind, std::string_view text);
    void take_tool(const json::Value& tool, bool ran);
    void call(std::string_view name, json::Value input);
    void answer(std::string_view text);
    void end_call();
    void begin_request();
    std::size_t place();

    struct OpenCall {
        std::string id;
        std::string output;
        bool ended = false;  // something was shown of it, or it ran without being asked for
    };

    SessionBuilder& m_session;
    const std::vector<Request>& m_requests;
    std::function<void(std::size_t, const Request&)> m_count;
    std::vector<const Request*> m_without_reply;
    std::size_t m_begun = 0;          // requests
    const Request* m_open = nullptr;  // the last one, until something of its reply is shown
    std::optional<std::size_t> m_place;
    std::optional<OpenCall> m_call;
    std::string m_at;
};

}  // namespace opentraces::capture::cline
