// Calls in the text of a reply to gptme, in its three formats: fenced blocks whose first word names a tool
// ("markdown"), elements below <tool-use> ("xml"), and "@name(id): {…}" at the start of a line ("tool", which
// stands for native calls of the model's API; gptme/tools/base.py, ToolUse).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::gptme {

struct ToolUse {
    std::string id;  // of the third format alone
    std::string name;
    json::Value input;
    // In a block of a language: versions before 0.20 ran it, later ones show it.
    bool is_language = false;
};

// In the order of the text.
std::vector<ToolUse> tool_uses_in(std::string_view reply);

}  // namespace opentraces::capture::gptme
