// The input of a tool call as people read it: the change that it makes, the command that it runs.
#include <algorithm>
#include <array>

#include "formats/readable/prose.hpp"
#include "formats/readable/readable.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::formats {
namespace {

using Kind = CallPart::Kind;

constexpr std::size_t k_headline_length = 120;
constexpr std::size_t k_short_text = 100;

// In order of how much they tell.
constexpr std::array<std::string_view, 22> k_telling_keys{
    "command", "cmd",         "file_path", "filePath", "path",    "notebook_path", "absolute_path", "pattern",
    "query",   "description", "url",       "prompt",   "subject", "skill",         "name",          "title",
    "taskId",  "task_id",     "bash_id",   "shell_id", "message", "input"};
constexpr std::array<std::string_view, 5> k_code_keys{"command", "cmd", "script", "code", "new_source"};
constexpr std::array<std::string_view, 4> k_content_keys{"content", "file_text", "contents", "new_content"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> k_change_keys{{
    {"old_string", "new_string"},
    {"old_str", "new_str"},
    {"old_text", "new_text"},
    {"oldText", "newText"},
    {"oldString", "newString"},
}};
constexpr std::array<std::string_view, 5> k_path_keys{"file_path", "filePath", "path", "absolute_path",
                                                      "filename"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

const std::string* text_at(const json::Object& object, std::string_view key) {
    const json::Value* value = object.find(key);
    return value == nullptr ? nullptr : value->if_string();
}

// A change has an old text; the new one may be missing.
bool find_change(const json::Object& object, CallPart& part, std::string_view& old_key,
                 std::string_view& new_key) {
    for (const auto& [before, after] : k_change_keys) {
        const std::string* old_text = text_at(object, before);
        const std::string* new_text = text_at(object, after);
        if (new_text == nullptr || (old_text == nullptr && object.find(before) != nullptr)) continue;
        part.kind = Kind::Change;
        if (old_text != nullptr) part.before = *old_text;
        part.after = *new_text;
        old_key = before;
        new_key = after;
        return true;
    }
    return false;
}

bool has_path(const json::Object& object) {
    return std::any_of(k_path_keys.begin(), k_path_keys.end(),
                       [&](std::string_view key) { return text_at(object, key) != nullptr; });
}

class Parts {
public:
    explicit Parts(const json::Object& input) : m_input(input) {}

    std::vector<CallPart> take() {
        std::string_view old_key;
        std::string_view new_key;
        CallPart change;
        const bool changes = find_change(m_input, change, old_key, new_key);
        for (const json::Member& member : m_input) {
            if (changes && member.first == old_key) continue;
            if (changes && member.first == new_key) {
                m_parts.push_back(change);
            } else if (!add_edits(member) && !add_text(member)) {
                m_rest.append(member.first, member.second);
            }
        }
        if (!m_rest.empty()) {
            CallPart rest;
            rest.kind = Kind::Json;
            rest.json = json::write_pretty(json::Value(std::move(m_rest)));
            m_parts.insert(m_parts.begin(), std::move(rest));
        }
        return std::move(m_parts);
    }

private:
    bool add_edits(const json::Member& member) {
        const json::Array* edits = member.second.if_array();
        if (edits == nullptr || edits->empty()) return false;
        std::vector<CallPart> changes;
        json::Array rest;
        for (const json::Value& edit : *edits) {
            CallPart change;
            std::string_view old_key;
            std::string_view new_key;
            if (edit.if_object() == nullptr || !find_change(*edit.if_object(), change, old_key, new_key))
                return false;
            change.label = member.first;
            changes.push_back(change);
            json::Object others;
            for (const json::Member& other : *edit.if_object()) {
                if (other.first != old_key && other.first != new_key)
                    others.append(other.first, other.second);
            }
            rest.emplace_back(std::move(others));
        }
        const bool more = std::any_of(rest.begin(), rest.end(),
                                      [](const json::Value& others) { return !others.if_object()->empty(); });
        if (more) m_rest.append(member.first, json::Value(std::move(rest)));
        m_parts.insert(m_parts.end(), changes.begin(), changes.end());
        return true;
    }

    bool add_text(const json::Member& member) {
        const std::string* text = member.second.if_string();
        if (text == nullptr) return false;
        CallPart part;
        part.label = member.first;
        part.text = *text;
        if (is_patch(*text)) {
            part.kind = Kind::Patch;
        } else if (is_one_of(k_content_keys, member.first) && has_path(m_input)) {
            part.kind = Kind::Change;
            part.after = *text;
        } else if (is_one_of(k_code_keys, member.first)) {
            part.kind = Kind::Code;
        } else if (text->size() <= k_short_text && text->find('\n') == std::string::npos) {
            return false;
        }
        m_parts.push_back(std::move(part));
        return true;
    }

    const json::Object& m_input;
    json::Object m_rest;
    std::vector<CallPart> m_parts;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    if (text.empty()) return lines;
    if (text.back() == '\n') text.remove_suffix(1);
    for_each_line(text, [&](std::string_view line) { lines.push_back(line); });
    return lines;
}

}  // namespace

std::string readable_headline(const trace::ToolCall& call) {
    for (const std::string_view key : k_telling_keys) {
        const json::Value* value = call.input.find(key);
        if (value == nullptr) continue;
        std::string text(value->string_or());
        if (const json::Array* words = value->if_array()) {
            for (const json::Value& word : *words)
                text.append(text.empty() ? "" : " ").append(word.string_or());
        }
        std::string_view line = trim(text);
        line = line.substr(0, line.find_first_of("\r\n"));
        if (line.empty()) continue;
        const std::string_view shown = first_code_points(line, k_headline_length);
        return std::string(shown) + (shown.size() < trim(text).size() ? "…" : "");
    }
    return {};
}

std::vector<CallPart> readable_parts(const trace::ToolCall& call) {
    return Parts(call.input).take();
}

std::vector<DiffLine> change_lines(std::string_view before, std::string_view after) {
    const auto old_lines = lines_of(before);
    const auto new_lines = lines_of(after);
    const auto head = static_cast<std::size_t>(
        std::mismatch(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end()).first -
        old_lines.begin());
    const std::size_t most = std::min(old_lines.size(), new_lines.size()) - head;
    std::size_t tail = 0;
    while (tail < most && old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail])
        ++tail;
    std::vector<DiffLine> lines;
    for (std::size_t i = 0; i < head; ++i)
        lines.emplace_back(' ', old_lines[i]);
    for (std::size_t i = head; i < old_lines.size() - tail; ++i)
        lines.emplace_back('-', old_lines[i]);
    for (std::size_t i = head; i < new_lines.size() - tail; ++i)
        lines.emplace_back('+', new_lines[i]);
    for (std::size_t i = old_lines.size() - tail; i < old_lines.size(); ++i)
        lines.emplace_back(' ', old_lines[i]);
    return lines;
}

std::vector<DiffLine> patch_lines(std::string_view patch) {
    std::vector<DiffLine> lines;
    for (const std::string_view line : lines_of(patch)) {
        const bool heading = line.starts_with("+++") || line.starts_with("---") || line.starts_with("@@") ||
                             line.starts_with("diff ") || line.starts_with("index ") ||
                             line.starts_with("***");
        const char sign = line.empty() ? ' ' : line.front();
        if (heading)
            lines.emplace_back('@', line);
        else if (sign == '+' || sign == '-' || sign == ' ')
            lines.emplace_back(sign, line.substr(line.empty() ? 0 : 1));
        else
            lines.emplace_back('@', line);
    }
    return lines;
}

bool is_patch(std::string_view text) {
    if (text.starts_with("diff --git ") || text.starts_with("*** Begin Patch\n")) return true;
    return text.starts_with("--- ") && text.find("\n+++ ") != std::string_view::npos &&
           text.find("\n@@ ") != std::string_view::npos;
}

}  // namespace opentraces::formats
