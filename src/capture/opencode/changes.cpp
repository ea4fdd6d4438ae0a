#include "capture/opencode/changes.hpp"

#include <utility>

#include "capture/apply_patch.hpp"
#include "capture/diffs.hpp"

namespace opentraces::capture::opencode {
namespace {

void take_diff(std::string_view diff, enrich::FileChange& change) {
    change.hunks = unified_hunks(diff);
    change.shown_only = !reaches_margin(change.hunks);
}

// "before" is empty also when there was no file.
void take_whole(const json::Value& whole, enrich::FileChange& change) {
    const std::string* before = whole["before"].if_string();
    if (before != nullptr && !before->empty()) change.before = *before;
    if (const std::string* after = whole["after"].if_string()) change.written = *after;
}

enrich::FileChange edit_of(const json::Value& input, const json::Value& metadata) {
    enrich::FileChange change;
    change.path = input["filePath"].string_or();
    const std::string_view old_text = input["oldString"].string_or();
    const std::string* new_text = input["newString"].if_string();
    const std::string* content = input["content"].if_string();
    take_whole(metadata["filediff"], change);
    if (content != nullptr) change.written = *content;
    if (new_text != nullptr && old_text.empty()) {  // the new text is all of the file then
        const std::string* before = metadata["filediff"]["before"].if_string();
        change.created = before == nullptr || before->empty();
        change.written = *new_text;
    } else if (new_text != nullptr) {
        change.replacements.push_back({std::string(old_text), *new_text, input["replaceAll"].bool_or(false)});
    }
    take_diff(metadata["diff"].string_or(), change);
    if (!change.hunks.empty()) return change;
    change.exact = false;
    change.hunks.push_back(whole_text_hunk(content != nullptr    ? std::string_view(*content)
                                           : new_text != nullptr ? std::string_view(*new_text)
                                                                 : std::string_view(),
                                           '+'));
    return change;
}

enrich::FileChange write_of(const json::Value& state) {
    enrich::FileChange change = edit_of(state["input"], state["metadata"]);
    const bool* existed = state["metadata"]["exists"].if_bool();
    change.created = existed != nullptr && !*existed;
    change.whole_file = true;
    change.exact = change.created;
    return change;
}

std::vector<enrich::FileChange> edits_of(const json::Value& state) {
    std::vector<enrich::FileChange> changes;
    const json::Array* edits = state["input"]["edits"].if_array();
    const json::Array* results = state["metadata"]["results"].if_array();
    for (std::size_t at = 0; edits != nullptr && at < edits->size(); ++at) {
        const bool told = results != nullptr && at < results->size();
        changes.push_back(edit_of((*edits)[at], told ? (*results)[at] : json::Value()));
        if (changes.back().path.empty()) changes.back().path = state["input"]["filePath"].string_or();
    }
    return changes;
}

// What was asked for is exact, the result knows the places.
std::vector<enrich::FileChange> patch_of(const json::Value& state) {
    std::vector<enrich::FileChange> changes = changes_in_patch(state["input"]["patchText"].string_or());
    const json::Array* files = state["metadata"]["files"].if_array();
    if (files == nullptr || files->size() != changes.size()) return changes;
    for (std::size_t at = 0; at < changes.size(); ++at) {
        const json::Value& file = (*files)[at];
        enrich::FileChange& change = changes[at];
        if (change.deleted) {
            if (const std::string* before = file["before"].if_string()) change.before = *before;
        } else if (!change.created) {
            take_whole(file, change);
        }
        if (change.created || change.deleted) continue;
        take_diff(file["patch"].string_or(file["diff"].string_or()), change);
        if (!change.hunks.empty() && !change.shown_only) change.sought.clear();
    }
    return changes;
}

}  // namespace

std::vector<enrich::FileChange> changes_of(std::string_view tool, const json::Value& state) {
    std::vector<enrich::FileChange> changes;
    if (tool == "edit") changes.push_back(edit_of(state["input"], state["metadata"]));
    if (tool == "write") changes.push_back(write_of(state));
    if (tool == "multiedit") changes = edits_of(state);
    if (tool == "apply_patch") changes = patch_of(state);
    std::erase_if(changes, [](const enrich::FileChange& change) { return change.path.empty(); });
    return changes;
}

}  // namespace opentraces::capture::opencode
