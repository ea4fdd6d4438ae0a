#include "capture/gemini/edits.hpp"

#include <string>

#include "capture/diffs.hpp"
#include "capture/edit_calls.hpp"

namespace opentraces::capture::gemini {
namespace {

void take_display(const json::Value& display, enrich::FileChange& change) {
    // Qwen Code keeps beginnings and ends only of what is long.
    if (display["truncatedForSession"].bool_or(false)) return;
    const std::string* diff = display["fileDiff"].if_string();
    if (diff == nullptr) return;
    const json::Value& original = display["originalContent"];
    const std::string* before = original.if_string();
    const std::string* after = display["newContent"].if_string();
    const bool is_new = display["isNewFile"].bool_or(after != nullptr && before == nullptr);
    if (is_new) change.created = true;
    if (!is_new && before != nullptr) change.before = *before;
    // A person may have changed what was asked for: this is what was written.
    if (after != nullptr) change.written = *after;
    std::vector<enrich::Hunk> hunks = unified_hunks(*diff);
    if (hunks.empty()) return;
    change.hunks = std::move(hunks);
    change.exact = true;
    change.whole_file = change.created;
}

}  // namespace

std::vector<enrich::FileChange> changes_shown(const trace::ToolCall& call, const json::Value& display,
                                              std::string_view text) {
    std::vector<enrich::FileChange> changes = changes_asked(call);
    if (changes.size() != 1) return changes;
    enrich::FileChange& change = changes.front();
    const bool is_new = text.starts_with("Successfully created") || text.starts_with("Created new file");
    if (is_new && change.whole_file) change.created = change.exact = true;
    take_display(display, change);
    return changes;
}

}  // namespace opentraces::capture::gemini
