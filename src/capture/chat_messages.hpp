// Messages in the shape of OpenAI's Chat Completions API, as several agents log them: role, content,
// tool_calls and tool_call_id, reasoning beside the content ("reasoning_content" or "reasoning").
#pragma once

#include <string>
#include <string_view>

#include "capture/session_builder.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture {

// The arguments of a call, or whatever else is logged as an object or as the text of one. Other texts stay
// texts.
json::Value call_arguments(const json::Value& arguments);

// "{id, function: {name, arguments}}" of a reply's tool_calls. The call's id; empty for a repeated one.
std::string take_chat_call(SessionBuilder& session, std::size_t place, const json::Value& call);

// The first system message is the prompt of what follows, later ones are context. A user's message before or
// after replies is a prompt. A tool's answers the call that it names, and the edits that the call asked for
// count as made unless `error` says otherwise. False for other roles.
bool take_chat_message(SessionBuilder& session, const json::Value& message, const std::string& at = {},
                       const std::string& model = {}, const std::string& error = {});

// The result of a call; what it asked to do to files is done when it has worked.
void take_result(SessionBuilder& session, const std::string& id, std::string text, CallEnd end = {});

}  // namespace opentraces::capture
