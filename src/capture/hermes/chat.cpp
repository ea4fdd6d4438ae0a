#include "capture/hermes/chat.hpp"

#include <utility>

#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"

namespace opentraces::capture::hermes {

void tell(Chat chat, std::string_view reader_version, ParsedSession& parsed) {
    SessionBuilder session(parsed);
    session.about = std::move(chat.about);
    session.report().skipped = std::move(chat.skipped);
    session.set_system_prompt(chat.system_prompt);
    for (const json::Value& tool : chat.tools)
        session.offer_tool(tool);
    for (const auto& [message, at] : chat.messages) {
        ++session.report().lines;
        const std::string_view role = message["role"].string_or();
        const bool failed = role == "tool" && message["finish_reason"].string_or() == "error";
        if (take_chat_message(session, message, at, session.about.model, failed ? "tool_error" : "")) {
            ++session.report().conversation_lines;
            if (role == "assistant")
                set_if_some(session.facts(session.last_reply()), "stop_reason",
                            message["finish_reason"].string_or());
        } else if (role == "session_meta") {
            add_to_counts(session.report().ignored_line_types, "messages/session_meta");
        } else {
            add_to_counts(session.report().unknown_line_types, "messages/" + std::string(role));
        }
    }
    set_if_some(session.metadata(), "platform", chat.platform);
    set_if_some(session.metadata(), "end_reason", chat.end_reason);
    chat.usage.model = session.about.model;
    session.count_session(std::move(chat.usage));
    session.finish(reader_version);
}

}  // namespace opentraces::capture::hermes
