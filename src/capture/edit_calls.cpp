#include "capture/edit_calls.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <utility>

#include "capture/apply_patch.hpp"
#include "capture/diffs.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

enum class Kind { None, Write, Create, Replace, ReplaceInFiles, Patch, Delete, Editor };

struct Row {
    std::string_view name;  // small letters and digits
    Kind kind;
};
constexpr std::array k_tools{
    Row{"write", Kind::Write},
    Row{"writefile", Kind::Write},
    Row{"writetofile", Kind::Write},
    Row{"save", Kind::Write},
    Row{"createfile", Kind::Create},
    Row{"create", Kind::Create},
    Row{"createnewfile", Kind::Create},
    Row{"edit", Kind::Replace},
    Row{"editfile", Kind::Replace},
    Row{"replace", Kind::Replace},
    Row{"replaceinfile", Kind::Replace},
    Row{"applydiff", Kind::Replace},
    Row{"replacestringinfile", Kind::Replace},
    Row{"replacefilecontent", Kind::Replace},
    Row{"multireplacefilecontent", Kind::Replace},
    Row{"multireplacestringinfile", Kind::ReplaceInFiles},
    Row{"multiedit", Kind::Replace},
    Row{"strreplace", Kind::Replace},
    Row{"strreplacefile", Kind::Replace},
    Row{"searchreplace", Kind::Replace},
    Row{"searchandreplace", Kind::Replace},
    Row{"singlefindandreplace", Kind::Replace},
    Row{"applypatch", Kind::Patch},
    Row{"patch", Kind::Patch},
    Row{"delete", Kind::Delete},
    Row{"deletefile", Kind::Delete},
    Row{"strreplaceeditor", Kind::Editor},
    Row{"strreplacebasededittool", Kind::Editor},
    Row{"fileeditor", Kind::Editor},
    Row{"fswrite", Kind::Editor},
};

Kind kind_of(std::string_view tool) {
    std::string plain;
    for (const char c : tool) {
        if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
    }
    const auto row =
        std::find_if(k_tools.begin(), k_tools.end(), [&](const Row& one) { return one.name == plain; });
    return row == k_tools.end() ? Kind::None : row->kind;
}

const std::string* text_at(const json::Object& input, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        const json::Value* value = input.find(key);
        const std::string* text = value == nullptr ? nullptr : value->if_string();
        if (text != nullptr) return text;
    }
    return nullptr;
}

std::string path_in(const json::Object& input) {
    const std::string* path = text_at(input, {"file_path", "filePath", "path", "filepath", "absolute_path",
                                              "target_file", "filename", "TargetFile"});
    return path == nullptr ? std::string() : *path;
}

const std::string* new_text_in(const json::Object& input) {
    return text_at(input, {"new_string", "newString", "new_str", "newText", "new_text", "replace", "new",
                           "ReplacementContent"});
}
const std::string* old_text_in(const json::Object& input) {
    return text_at(input, {"old_string", "oldString", "old_str", "oldText", "old_text", "search", "old",
                           "TargetContent"});
}
const std::string* content_in(const json::Object& input) {
    return text_at(input, {"content", "contents", "file_text", "new_content", "text", "CodeContent"});
}

bool is_set(const json::Object& input, std::initializer_list<std::string_view> keys) {
    return std::any_of(keys.begin(), keys.end(), [&](std::string_view key) {
        const json::Value* value = input.find(key);
        return value != nullptr && value->bool_or(false);
    });
}

enrich::FileChange written(const json::Object& input, bool created) {
    enrich::FileChange change;
    const std::string* content = content_in(input);
    if (content == nullptr) return change;
    change.path = path_in(input);
    change.created = created;
    change.whole_file = true;
    change.exact = created;
    change.written = *content;
    change.hunks.push_back(whole_text_hunk(*content, '+'));
    return change;
}

void add_replacement(const json::Object& edit, enrich::FileChange& change) {
    const std::string* new_text = new_text_in(edit);
    if (new_text == nullptr) return;
    const std::string* old_text = old_text_in(edit);
    change.replacements.push_back(
        {old_text == nullptr ? std::string() : *old_text, *new_text,
         is_set(edit, {"replace_all", "replaceAll", "allow_multiple", "change_all", "AllowMultiple"})});
}

enrich::FileChange replaced(const json::Object& input) {
    enrich::FileChange change;
    change.path = path_in(input);
    const json::Value* edits = input.find("edits");
    if (edits == nullptr) edits = input.find("edit");
    if (edits == nullptr) edits = input.find("ReplacementChunks");
    if (edits != nullptr && edits->if_array() != nullptr) {
        for (const json::Value& edit : *edits->if_array())
            if (const json::Object* one = edit.if_object()) add_replacement(*one, change);
    } else if (edits != nullptr && edits->if_object() != nullptr) {
        add_replacement(*edits->if_object(), change);
    } else {
        add_replacement(input, change);
    }
    if (change.replacements.empty()) {
        const std::string* blocks = text_at(input, {"diff", "content", "patch"});
        if (blocks != nullptr) change.replacements = replacements_in_blocks(*blocks);
    }
    change.exact = false;
    for (const enrich::Replacement& one : change.replacements)
        change.hunks.push_back(whole_text_hunk(one.new_text, '+'));
    if (change.replacements.empty()) change.path.clear();
    return change;
}

// Copilot's: each replacement names its file.
std::vector<enrich::FileChange> replaced_in_files(const json::Object& input) {
    std::vector<enrich::FileChange> changes;
    const json::Value* replacements = input.find("replacements");
    const json::Array* list = replacements == nullptr ? nullptr : replacements->if_array();
    for (std::size_t at = 0; list != nullptr && at < list->size(); ++at)
        if (const json::Object* one = (*list)[at].if_object()) changes.push_back(replaced(*one));
    return changes;
}

enrich::FileChange deleted(const json::Object& input) {
    enrich::FileChange change;
    change.path = path_in(input);
    change.deleted = true;
    return change;
}

enrich::FileChange edited(const json::Object& input) {
    const std::string* command = text_at(input, {"command"});
    if (command == nullptr) return {};
    if (*command == "create") return written(input, true);
    if (*command == "str_replace" || *command == "strReplace") return replaced(input);
    return {};
}

std::vector<enrich::FileChange> patched(const json::Object& input) {
    const std::string* patch = text_at(input, {"patchText", "patch", "input", "diff"});
    if (patch == nullptr) return {};
    std::vector<enrich::FileChange> changes = changes_in_patch(*patch);
    if (changes.empty()) changes.push_back(replaced(input));
    return changes;
}

// What Roo Code has before the lines that are sought: ":start_line:7", up to "-------".
bool are_heads(std::string_view text) {
    const auto lines = lines_of(text);
    return !lines.empty() && std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
        return line.starts_with(":start_line:") || line.starts_with(":end_line:");
    });
}

bool is_mark(std::string_view line, char sign, std::string_view word) {
    std::size_t signs = 0;
    while (signs < line.size() && line[signs] == sign)
        ++signs;
    return signs >= 5 && trim(line.substr(signs)) == word;
}

}  // namespace

std::vector<enrich::Replacement> replacements_in_blocks(std::string_view text) {
    std::vector<enrich::Replacement> replacements;
    enum class In { Nothing, Search, Replace } in = In::Nothing;
    enrich::Replacement one;
    for (const std::string_view whole : lines_of(text)) {
        const std::string_view line = trim(whole);
        if (in == In::Nothing) {
            if (!is_mark(line, '<', "SEARCH") && !is_mark(line, '-', "SEARCH") &&
                !is_mark(line, '<', "ORIGINAL"))
                continue;
            one = {};
            in = In::Search;
        } else if (in == In::Search && is_mark(line, '=', "")) {
            in = In::Replace;
        } else if (in == In::Replace && (is_mark(line, '>', "REPLACE") || is_mark(line, '+', "REPLACE") ||
                                         is_mark(line, '>', "UPDATED"))) {
            replacements.push_back(std::move(one));
            in = In::Nothing;
        } else if (in == In::Search && is_mark(line, '-', "") && are_heads(one.old_text)) {
            one.old_text.clear();
        } else {
            (in == In::Search ? one.old_text : one.new_text) += whole;
        }
    }
    return replacements;
}

std::vector<enrich::FileChange> changes_asked(const trace::ToolCall& call) {
    std::vector<enrich::FileChange> changes;
    switch (kind_of(call.tool_name)) {
        case Kind::None:
            break;
        case Kind::Write:
            changes.push_back(written(call.input, false));
            break;
        case Kind::Create:
            changes.push_back(written(call.input, true));
            break;
        case Kind::Replace:
            changes.push_back(replaced(call.input));
            break;
        case Kind::ReplaceInFiles:
            changes = replaced_in_files(call.input);
            break;
        case Kind::Patch:
            changes = patched(call.input);
            break;
        case Kind::Delete:
            changes.push_back(deleted(call.input));
            break;
        case Kind::Editor:
            changes.push_back(edited(call.input));
            break;
    }
    std::erase_if(changes, [](const enrich::FileChange& change) { return change.path.empty(); });
    return changes;
}

}  // namespace opentraces::capture
