// Replies of models that wrote their calls as XML in the text, as Cline and Roo Code asked them to before
// they used the tools of the APIs (src/core/assistant-message of both).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::cline {

struct TextCall {
    std::string name;
    json::Object input;  // the parameters, in their order, as texts
};

struct ReplyText {
    std::string text;       // without calls and thoughts
    std::string reasoning;  // between <thinking> and its end
    std::vector<TextCall> calls;
};

// A call is the name of a known tool, followed by a parameter or its end. One that is cut off has what there
// is of it.
ReplyText read_reply_text(std::string_view text);

// "read_file" of "[read_file for 'a.txt'] Result:", and in `rest` what follows; empty for other texts.
std::string_view tool_of_result(std::string_view text, std::string_view& rest);

}  // namespace opentraces::capture::cline
