#include "capture/gptme/tool_uses.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/object_lines.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/syntax_error.hpp"

namespace opentraces::capture::gptme {
namespace {

using std::literals::operator""sv;

constexpr std::array k_tools{
    "append"sv,    "browser"sv,  "chats"sv,      "choice"sv,        "clarify"sv,  "complete"sv, "computer"sv,
    "elicit"sv,    "form"sv,     "gh"sv,         "hashline_edit"sv, "ipython"sv,  "mcp"sv,      "memory"sv,
    "morph"sv,     "patch"sv,    "progress"sv,   "patch_many"sv,    "py"sv,       "rag"sv,      "read"sv,
    "restart"sv,   "save"sv,     "screenshot"sv, "shell"sv,         "subagent"sv, "tmux"sv,     "todo"sv,
    "todowrite"sv, "todoread"sv, "tts"sv,        "vision"sv,        "watch"sv,    "youtube"sv};
constexpr std::array k_languages{"bash"sv, "python"sv, "sh"sv};

template <class List>
bool has(const List& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

// The words of a block by the name that the tool's own parameters have.
json::Value input_of(std::string_view tool, std::string_view argument, std::string_view content) {
    json::Object input;
    if (tool == "save" || tool == "append" || tool == "patch") {
        input.set("path", argument);
        input.set(tool == "patch" ? "patch" : "content", content);
        return json::Value(std::move(input));
    }
    if (!argument.empty()) input.set("args", argument);
    const bool is_code = tool == "ipython" || tool == "py" || tool == "python";
    const bool is_command = tool == "shell" || tool == "bash" || tool == "sh";
    input.set(is_code ? "code" : is_command ? "command" : tool == "read" ? "path" : "content", content);
    return json::Value(std::move(input));
}

struct Found {
    std::size_t at = 0;
    ToolUse use;
};

std::size_t fence_of(std::string_view line) {
    const std::size_t length = std::min(line.find_first_not_of('`'), line.size());
    return length >= 3 ? length : 0;
}

void add_block(std::string_view info, std::string_view content, std::size_t at, std::vector<Found>& found) {
    const std::size_t blank = std::min(info.find(' '), info.size());
    const std::string_view tool = info.substr(0, blank);
    const bool is_language = has(k_languages, tool);
    if (!is_language && !has(k_tools, tool)) return;
    if (content.ends_with('\n')) content.remove_suffix(1);
    found.push_back(
        {at, {{}, std::string(tool), input_of(tool, trim(info.substr(blank)), content), is_language}});
}

// A fence with a word inside of a block begins one in it.
void find_blocks(std::string_view text, std::vector<Found>& found) {
    std::string_view info;
    std::size_t begin = 0;
    std::size_t fence = 0;
    int depth = 0;
    for (const std::string_view whole : lines_of(text)) {
        const auto at = static_cast<std::size_t>(whole.data() - text.data());
        const std::string_view line = trim(whole);
        const std::size_t length = whole.starts_with('`') ? fence_of(line) : 0;
        if (length == 0 || (depth > 0 && length < fence)) continue;
        const bool is_bare = length == line.size();
        if (depth == 0) {
            info = trim(line.substr(length));
            begin = at + whole.size();
            fence = length;
            depth = 1;
        } else if (!is_bare) {
            ++depth;
        } else if (--depth == 0) {
            add_block(info, text.substr(begin, at - begin), begin, found);
        }
    }
}

// "@save(call-1): {…}".
void find_calls(std::string_view text, std::vector<Found>& found) {
    for (std::size_t at = 0; at < text.size(); at = std::min(text.find('\n', at), text.size() - 1) + 1) {
        if (text[at] != '@') continue;
        const std::size_t open = text.find('(', at);
        const std::size_t close = text.find("): ", at);
        const std::size_t line = std::min(text.find('\n', at), text.size());
        if (open == std::string_view::npos || close == std::string_view::npos || open > close || close > line)
            continue;
        std::size_t end = 0;
        const std::string_view rest = text.substr(close + 3);
        if (!trim(rest).starts_with('{')) continue;
        ToolUse use{std::string(text.substr(open + 1, close - open - 1)),
                    std::string(text.substr(at + 1, open - at - 1)),
                    {}};
        try {
            use.input = parse_object_text(rest, end);
        } catch (const json::SyntaxError&) {
            // A model may write anything.
            use.input = json::Value(std::string(rest.substr(0, rest.find('\n'))));
        }
        found.push_back({at, std::move(use)});
        at = std::min(close + 3 + end, text.size() - 1);
    }
}

// "<tool-use><shell>ls</shell></tool-use>".
void find_elements(std::string_view text, std::vector<Found>& found) {
    constexpr std::string_view k_open = "<tool-use>";
    constexpr std::string_view k_close = "</tool-use>";
    for (std::size_t at = text.find(k_open); at != std::string_view::npos; at = text.find(k_open, at)) {
        at += k_open.size();
        std::string_view inside = trim(text.substr(at, text.find(k_close, at) - at));
        const std::size_t head = inside.find('>');
        if (!inside.starts_with('<') || head == std::string_view::npos) continue;
        const std::string_view tag = inside.substr(1, head - 1);
        const std::string_view tool = tag.substr(0, tag.find(' '));
        const std::size_t quote =
            tag.find("args='") == std::string_view::npos ? tag.find("args=\"") : tag.find("args='");
        std::string_view argument;
        if (quote != std::string_view::npos) {
            argument = tag.substr(quote + 6);
            argument = argument.substr(0, argument.find_first_of("'\""));
        }
        const std::size_t end = inside.rfind("</");
        if (end == std::string_view::npos || end < head) continue;
        found.push_back({at,
                         {{},
                          std::string(tool),
                          input_of(tool, argument, trim(inside.substr(head + 1, end - head - 1)))}});
    }
}

}  // namespace

std::vector<ToolUse> tool_uses_in(std::string_view reply) {
    std::vector<Found> found;
    find_blocks(reply, found);
    find_calls(reply, found);
    find_elements(reply, found);
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& one, const Found& other) { return one.at < other.at; });
    std::vector<ToolUse> uses;
    for (Found& one : found)
        uses.push_back(std::move(one.use));
    return uses;
}

}  // namespace opentraces::capture::gptme
