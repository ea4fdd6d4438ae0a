// Parts of messages in the shape of the Gemini API (Content.parts), as the logs of Gemini CLI, Qwen Code and
// iFlow have them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::gemini {

// A text and a single part count as a list of one.
void for_each_part(const json::Value& content, const std::function<void(const json::Value& part)>& take);

// The key that says what a part is: "text", "thought", "inlineData", "functionCall", …; "text" for a bare
// text. Empty: none of those that are known.
std::string_view kind_of_part(const json::Value& part);
// The text that a part says, or a placeholder of what is binary; empty for thoughts, calls and results.
std::string said_in(const json::Value& part);
// Of all parts, joined by line feeds.
std::string text_of_parts(const json::Value& content);
// A signature of reasoning whose text the log does not have.
bool has_thought_signature(const json::Value& part);

// What the model is given as the result of a call (functionResponse).
struct Response {
    std::string text;
    bool failed = false;
};
Response response_of(const json::Value& function_response);
// Of the lines with which a result of the shell tool ends ("Error: ", "Exit Code: ", "Signal: ", …); 0 where
// there is none.
std::int64_t exit_code_in(std::string_view text);

}  // namespace opentraces::capture::gemini
