// Content blocks of messages as text (block types of the Anthropic Messages and OpenAI Responses APIs, and of
// MCP).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "opentraces/json/value.hpp"

namespace opentraces::capture {

// "[image: image/png, 1234 bytes]": binary content is named, never copied.
std::string placeholder(const json::Value& block);

// A string, or the texts of a list of blocks joined by line feeds, other blocks as placeholders.
std::string text_of(const json::Value& content);

// Appends `text` to what is there, a blank line between.
void append_paragraph(std::string& to, std::string_view text);

// The first 200 code points, with "..." when there is more.
std::string summary_of(std::string_view text);

// A count from 0 to 10^12; absent and other kinds are 0.
std::int64_t count_of(const json::Value& value);

}  // namespace opentraces::capture
