#include "capture/vibe/results.hpp"

#include "capture/chat_messages.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::vibe {

CallEnd end_of_tagged(std::string_view text) {
    const std::string_view shown = trim(text);
    if (shown.starts_with("<tool_error>")) return {"tool_error"};
    if (shown.starts_with("<user_cancellation>")) return {"interrupted"};
    return {};
}

CallEnd end_of_json(std::string_view text, bool failed) {
    if (failed) return {"tool_error"};
    if (text.find("\"returncode\"") == std::string_view::npos) return {};
    const auto code = call_arguments(json::Value(text))["returncode"].integer();
    if (code && *code != 0) return {"exit_code:" + std::to_string(*code)};
    return {};
}

}  // namespace opentraces::capture::vibe
