// Parts of messages as both programs write them.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "capture/session_builder.hpp"

namespace opentraces::capture::kimi {

// Parts name a picture by its address, which may hold all of it: "[image]".
std::string text_of_part(const json::Value& part);
// A text, or the parts of one.
std::string text_of_input(const json::Value& input);
// How a call has ended, from its result and the text of it: "exit_code:1", "tool_error"; empty: it worked.
std::string error_of(const json::Value& result, std::string_view text);

// The same of a call that is known to have failed, from what is said of it: "Command failed with exit
// code: 1."
std::string error_in(std::string_view message, std::string_view output);
// A part of a reply: a thought, or what text_of_part says.
void add_part(SessionBuilder& session, std::size_t place, const json::Value& part);

template <std::size_t N>
bool begins_with_one(std::string_view type, const std::array<std::string_view, N>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [type](std::string_view beginning) { return type.starts_with(beginning); });
}

}  // namespace opentraces::capture::kimi
