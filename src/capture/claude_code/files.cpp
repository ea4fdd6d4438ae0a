#include "capture/claude_code/files.hpp"

#include <algorithm>

#include "capture/blocks.hpp"
#include "capture/diffs.hpp"
#include "capture/languages.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr std::size_t k_most_matches = 10;

std::string_view text_at(const json::Object& input, std::string_view key) {
    const json::Value* value = input.find(key);
    return value == nullptr ? std::string_view{} : value->string_or();
}

std::optional<std::int64_t> number_at(const json::Value& value) {
    if (!value.integer()) return std::nullopt;
    return count_of(value);
}

std::optional<std::int64_t> number_at(const json::Object& input, std::string_view key) {
    const json::Value* value = input.find(key);
    return value == nullptr ? std::nullopt : number_at(*value);
}

std::int64_t line_count(std::string_view text) {
    const auto feeds = std::count(text.begin(), text.end(), '\n');
    return std::max<std::int64_t>(1, feeds + (!text.empty() && text.back() != '\n' ? 1 : 0));
}

std::string path_of(const json::Object& input, const json::Value& details) {
    for (const std::string_view key : {"filePath", "notebook_path"}) {
        if (const auto path = details[key].string_or(); !path.empty()) return std::string(path);
    }
    for (const std::string_view key : {"file_path", "notebook_path", "path"}) {
        if (const auto path = text_at(input, key); !path.empty()) return std::string(path);
    }
    return {};
}

trace::Snippet snippet_at(std::string path) {
    trace::Snippet snippet;
    snippet.language = language_of(path);
    snippet.file_path = std::move(path);
    return snippet;
}

void set_range(trace::Snippet& snippet, std::int64_t start, std::int64_t lines) {
    if (start < 1 || lines < 1) return;
    snippet.start_line = start;
    snippet.end_line = start + lines - 1;
}

std::vector<trace::Snippet> read_snippets(const json::Object& input, const json::Value& details) {
    const json::Value& file = details["file"];
    std::string path(file["filePath"].string_or(text_at(input, "file_path")));
    if (path.empty()) return {};
    trace::Snippet snippet = snippet_at(std::move(path));
    if (const std::string* content = file["content"].if_string()) {
        snippet.text = *content;
        set_range(snippet, number_at(file["startLine"]).value_or(1),
                  number_at(file["numLines"]).value_or(line_count(*content)));
    } else if (details.if_object() == nullptr) {
        const auto lines = number_at(input, "limit");
        if (lines) set_range(snippet, number_at(input, "offset").value_or(1), *lines);
    }
    return {std::move(snippet)};
}

// "path:12:text" and "path:text" of a content search, and the list of a file search.
std::vector<trace::Snippet> grep_snippets(const json::Value& details) {
    std::vector<trace::Snippet> snippets;
    if (const json::Array* names = details["filenames"].if_array()) {
        for (const json::Value& name : *names) {
            if (snippets.size() == k_most_matches) break;
            if (!name.string_or().empty()) snippets.push_back(snippet_at(std::string(name.string_or())));
        }
    }
    return snippets;
}

enrich::Hunk hunk_of(const json::Value& value) {
    enrich::Hunk hunk;
    hunk.old_start = count_of(value["oldStart"]);
    hunk.old_lines = count_of(value["oldLines"]);
    hunk.new_start = count_of(value["newStart"]);
    hunk.new_lines = count_of(value["newLines"]);
    // The structured form numbers an empty side by the line after it.
    if (hunk.old_lines == 0 && hunk.old_start > 0) --hunk.old_start;
    if (hunk.new_lines == 0 && hunk.new_start > 0) --hunk.new_start;
    if (const json::Array* lines = value["lines"].if_array()) {
        for (const json::Value& line : *lines)
            hunk.lines.emplace_back(line.string_or());
    }
    return hunk;
}

std::vector<enrich::Hunk> hunks_of(const json::Value& patch) {
    std::vector<enrich::Hunk> hunks;
    if (const json::Array* parts = patch.if_array()) {
        for (const json::Value& part : *parts)
            hunks.push_back(hunk_of(part));
    }
    return hunks;
}

std::vector<std::string_view> new_texts(std::string_view tool, const json::Object& input) {
    std::vector<std::string_view> texts;
    if (tool == "MultiEdit") {
        const json::Value* edits = input.find("edits");
        const json::Array* list = edits == nullptr ? nullptr : edits->if_array();
        if (list == nullptr) return texts;
        for (const json::Value& edit : *list)
            texts.push_back(edit["new_string"].string_or());
    } else {
        texts.push_back(text_at(input, tool == "Edit" ? "new_string" : "new_source"));
    }
    return texts;
}

void add_replacement(std::string_view old_text, std::string_view new_text, bool all,
                     std::vector<enrich::Replacement>& list) {
    list.push_back({std::string(old_text), std::string(new_text), all});
}

// What was applied is what the person let pass: the result knows it better than the call.
std::vector<enrich::Replacement> replacements_of(std::string_view tool, const json::Object& input,
                                                 const json::Value& details) {
    std::vector<enrich::Replacement> list;
    const json::Value* edits = input.find("edits");
    if (tool == "Edit") {
        const json::Value* all = input.find("replace_all");
        add_replacement(details["oldString"].string_or(text_at(input, "old_string")),
                        details["newString"].string_or(text_at(input, "new_string")),
                        all != nullptr && all->bool_or(false), list);
    } else if (tool == "MultiEdit" && edits != nullptr && edits->if_array() != nullptr) {
        for (const json::Value& edit : *edits->if_array())
            add_replacement(edit["old_string"].string_or(), edit["new_string"].string_or(),
                            edit["replace_all"].bool_or(false), list);
    }
    return list;
}

void append_line(std::string& to, std::string_view line) {
    to.append(line);
    to += '\n';
}

// The lines that a hunk leaves in the file, without the context around the change.
trace::Snippet changed_part(const std::string& path, const enrich::Hunk& hunk) {
    trace::Snippet snippet = snippet_at(path);
    std::int64_t line = hunk.new_start;
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::string pending;
    std::string text;
    for (const std::string& part : hunk.lines) {
        if (part.empty() || part[0] == '-' || part[0] == '\\') continue;
        append_line(pending, std::string_view(part).substr(1));
        if (part[0] == '+') {
            if (first == 0) {
                first = line;
                pending.clear();
                append_line(pending, std::string_view(part).substr(1));
            }
            text += pending;
            pending.clear();
            last = line;
        }
        ++line;
    }
    if (first > 0) {
        set_range(snippet, first, last - first + 1);
        snippet.text = std::move(text);
    }
    return snippet;
}

std::vector<trace::Snippet> change_snippets(std::string_view tool, const json::Object& input,
                                            const json::Value& details) {
    std::vector<trace::Snippet> snippets;
    const std::string path = path_of(input, details);
    if (path.empty()) return snippets;
    for (const enrich::Hunk& hunk : hunks_of(details["structuredPatch"])) {
        trace::Snippet snippet = changed_part(path, hunk);
        if (snippet.text) snippets.push_back(std::move(snippet));
    }
    if (!snippets.empty()) return snippets;
    for (const std::string_view text : new_texts(tool, input)) {
        if (text.empty()) continue;
        snippets.push_back(snippet_at(path));
        snippets.back().text = std::string(text);
    }
    return snippets;
}

std::vector<trace::Snippet> write_snippets(const json::Object& input, const json::Value& details) {
    std::string path = path_of(input, details);
    if (path.empty()) return {};
    const std::string_view text = text_at(input, "content");
    trace::Snippet snippet = snippet_at(std::move(path));
    set_range(snippet, 1, line_count(text));
    snippet.text = std::string(text);
    return {std::move(snippet)};
}

}  // namespace

std::optional<enrich::FileView> view_of(std::string_view tool, const json::Value& details) {
    const json::Value& file = details["file"];
    const std::string* content = file["content"].if_string();
    if (tool != "Read" || content == nullptr) return std::nullopt;
    enrich::FileView view;
    view.path = file["filePath"].string_or();
    view.start_line = number_at(file["startLine"]).value_or(1);
    const auto shown = number_at(file["numLines"]);
    view.whole = view.start_line <= 1 && shown && shown == number_at(file["totalLines"]);
    view.text = *content;
    return view;
}

std::vector<trace::Snippet> snippets_of(std::string_view tool, const json::Object& input,
                                        const json::Value& details) {
    if (tool == "Read" || tool == "NotebookRead") return read_snippets(input, details);
    if (tool == "Write") return write_snippets(input, details);
    if (tool == "Grep") return grep_snippets(details);
    if (tool == "Edit" || tool == "MultiEdit" || tool == "NotebookEdit")
        return change_snippets(tool, input, details);
    return {};
}

std::optional<enrich::FileChange> change_of(std::string_view tool, const json::Object& input,
                                            const json::Value& details) {
    const bool writes = tool == "Write";
    if (!writes && tool != "Edit" && tool != "MultiEdit" && tool != "NotebookEdit") return std::nullopt;
    enrich::FileChange change;
    change.path = path_of(input, details);
    if (change.path.empty()) return std::nullopt;
    if (const std::string* before = details["originalFile"].if_string()) change.before = *before;
    change.replacements = replacements_of(tool, input, details);
    if (writes) change.written = details["content"].string_or(text_at(input, "content"));
    change.hunks = hunks_of(details["structuredPatch"]);
    change.shown_only = true;
    if (!change.hunks.empty()) return change;
    if (writes) {
        change.created = details["type"].string_or() == "create";
        change.whole_file = true;
        change.exact = change.created;
        change.hunks.push_back(whole_text_hunk(text_at(input, "content"), '+'));
        return change;
    }
    change.exact = false;
    for (const std::string_view text : new_texts(tool, input))
        change.hunks.push_back(whole_text_hunk(text, '+'));
    return change;
}

}  // namespace opentraces::capture::claude_code
