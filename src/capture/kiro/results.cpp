#include "capture/kiro/results.hpp"

#include "capture/blocks.hpp"
#include "capture/edit_calls.hpp"
#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::kiro {
namespace {

std::optional<std::int64_t> exit_code(const json::Value& status) {
    constexpr std::string_view k_words = "exit status: ";
    std::string_view text = status.string_or();
    if (status.if_string() == nullptr) return status.integer();
    if (text.starts_with(k_words)) text.remove_prefix(k_words.size());
    return leading_number(text);
}

}  // namespace

void add_json(const json::Value& value, Output& output) {
    if (value["stdout"].if_string() == nullptr) {
        append_paragraph(output.text, json::to_compact(value));
        return;
    }
    append_paragraph(output.text, value["stdout"].string_or());
    append_paragraph(output.text, value["stderr"].string_or());
    const auto code = exit_code(value["exit_status"]);
    if (code && *code != 0) output.error = "exit_code:" + std::to_string(*code);
}

void end_by_status(std::string_view status, Output& output) {
    if (to_lower_ascii(status) == "error" && output.error.empty()) output.error = "tool_error";
}

std::vector<enrich::FileChange> changes_of(trace::ToolCall call) {
    if (call.tool_name == "write" && call.input.find("command") != nullptr) call.tool_name = "fs_write";
    return changes_asked(call);
}

}  // namespace opentraces::capture::kiro
