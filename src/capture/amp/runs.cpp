#include "capture/amp/runs.hpp"

#include <utility>

#include "capture/blocks.hpp"
#include "capture/diffs.hpp"
#include "capture/edit_calls.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::amp {
namespace {

// Shells have "output", files "content", edits "diff"; others what they like.
std::string text_of_result(const json::Value& result) {
    if (result.is_null()) return {};
    if (result.if_string() != nullptr || result.if_array() != nullptr) {
        std::string text = text_of(result);
        return text.empty() && result.if_array() != nullptr && !result.if_array()->empty()
                   ? json::to_compact(result)
                   : text;
    }
    for (const char* key : {"output", "content", "diff"})
        if (const std::string* text = result[key].if_string()) return *text;
    return json::to_compact(result);
}

std::string error_text(const json::Value& error) {
    return std::string(error["message"].string_or(error.string_or()));
}

}  // namespace

std::optional<Run> read_run(const json::Value& run) {
    const std::string_view status = run["status"].string_or();
    Run done;
    if (status == "done" || status == "success") {
        done.text = text_of_result(run["result"]);
        const auto code = run["result"]["exitCode"].integer();
        if (code && *code != 0) done.end.error = "exit_code:" + std::to_string(*code);
    } else if (status == "error") {
        done.text = error_text(run["error"]);
        done.end.error = "tool_error";
    } else if (status == "rejected-by-user") {
        done.text = run["reason"].string_or(run["toAllow"].string_or());
        done.end.error = "rejected";
    } else if (status == "cancelled") {
        done.text = run["reason"].string_or();
        done.end.error = "interrupted";
    } else {
        return std::nullopt;
    }
    return done;
}

std::vector<enrich::FileChange> changes_of(const trace::ToolCall& call, const json::Value& run) {
    std::vector<enrich::Hunk> hunks = unified_hunks(run["result"]["diff"].string_or());
    const bool shown_only = !hunks.empty() && !reaches_margin(hunks);
    std::vector<enrich::FileChange> changes = placed(changes_asked(call), std::move(hunks));
    if (changes.size() == 1 && !changes[0].replacements.empty()) changes[0].shown_only = shown_only;
    return changes;
}

}  // namespace opentraces::capture::amp
