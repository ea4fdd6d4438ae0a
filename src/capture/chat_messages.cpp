#include "capture/chat_messages.hpp"

#include <utility>

#include "capture/blocks.hpp"
#include "capture/edit_calls.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/syntax_error.hpp"

namespace opentraces::capture {

json::Value call_arguments(const json::Value& arguments) {
    const std::string* text = arguments.if_string();
    if (text == nullptr) return arguments;
    try {
        json::Value value = json::parse(*text);
        if (value.if_object() != nullptr) return value;
    } catch (const json::SyntaxError&) {
        // A model may write anything; the text is what it wrote.
    }
    return trim(*text).empty() ? json::Value() : arguments;
}

std::string take_chat_call(SessionBuilder& session, std::size_t place, const json::Value& call) {
    const json::Value& function = call["function"];
    return session.call(place, call["id"].string_or(), function["name"].string_or(call["name"].string_or()),
                        call_arguments(function.is_null() ? call["arguments"] : function["arguments"]));
}

void take_result(SessionBuilder& session, const std::string& id, std::string text, CallEnd end) {
    const bool worked = end.error.empty();
    if (!session.answer(id, std::move(text), std::move(end)) || !worked) return;
    session.change(id, changes_asked(*session.find_call(id)));
}

bool take_chat_message(SessionBuilder& session, const json::Value& message, const std::string& at,
                       const std::string& model, const std::string& error) {
    const std::string_view role = message["role"].string_or();
    std::string text = text_of(message["content"]);
    if (role == "system" || role == "developer") {
        if (session.has_system_prompt() || session.has_reply())
            session.show("program", std::move(text), at);
        else
            session.set_system_prompt(text);
    } else if (role == "user") {
        session.say(trace::Role::User, std::move(text), at);
    } else if (role == "tool") {
        take_result(session, std::string(message["tool_call_id"].string_or()), std::move(text), {error});
    } else if (role == "assistant") {
        const std::size_t place = session.reply(model, at);
        session.add_reasoning(place,
                              message["reasoning_content"].string_or(message["reasoning"].string_or()));
        session.add_text(place, text);
        if (const json::Array* calls = message["tool_calls"].if_array())
            for (const json::Value& call : *calls)
                take_chat_call(session, place, call);
    } else {
        return false;
    }
    return true;
}

}  // namespace opentraces::capture
