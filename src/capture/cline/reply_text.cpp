#include "capture/cline/reply_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::cline {
namespace {

// clang-format off
constexpr std::array<std::string_view, 41> k_tools{
    "access_mcp_resource", "act_mode_respond", "append_to_file", "apply_diff", "apply_patch",
    "ask_followup_question", "attempt_completion", "browser_action", "codebase_search", "condense",
    "edit_file", "execute_command", "fetch_instructions", "focus_chain", "generate_explanation",
    "generate_image", "insert_code_block", "insert_content", "list_code_definition_names", "list_files",
    "load_mcp_documentation", "new_rule", "new_task", "plan_mode_respond", "plan_mode_response",
    "read_file", "replace_in_file", "report_bug", "run_slash_command", "search_and_replace",
    "search_files", "summarize_task", "switch_mode", "update_todo_list", "use_mcp_tool",
    "use_skill", "use_subagents", "web_fetch", "web_search", "write_file",
    "write_to_file"};
// clang-format on

constexpr std::string_view k_thinking = "thinking";
constexpr std::size_t k_most_parameters = 100;
constexpr int k_most_ends = 64;

bool is_tool(std::string_view name) {
    return std::find(k_tools.begin(), k_tools.end(), name) != k_tools.end();
}

std::size_t name_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && ((text[length] >= 'a' && text[length] <= 'z') || text[length] == '_' ||
                                    (length > 0 && text[length] >= '0' && text[length] <= '9')))
        ++length;
    return length;
}

// "name" of "<name>" at the start of the text; empty for everything else.
std::string_view opened(std::string_view text) {
    if (!text.starts_with('<')) return {};
    const std::string_view name = text.substr(1, name_length(text.substr(1)));
    return text.substr(1 + name.size()).starts_with('>') ? name : std::string_view();
}

bool closes(std::string_view text, std::string_view name) {
    return text.starts_with("</") && text.substr(2).starts_with(name) &&
           text.substr(2 + name.size()).starts_with('>');
}

std::string_view without_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

bool is_of_file(std::string_view parameter) {
    return parameter == "content" || parameter == "diff";
}

// Contents of files keep their blanks.
std::string_view value_of(std::string_view parameter, std::string_view text) {
    if (!is_of_file(parameter)) return trim(text);
    if (text.starts_with('\n')) text.remove_prefix(1);
    if (text.ends_with('\n')) text.remove_suffix(1);
    return text;
}

// Where the value of a parameter ends. What a file holds may look like an end: the real one is followed by
// another parameter or by the end of the call.
std::size_t end_of_value(std::string_view text, std::string_view parameter, std::string_view tool) {
    const std::string end = "</" + std::string(parameter) + ">";
    const std::size_t first = text.find(end);
    if (!is_of_file(parameter)) return std::min(first, text.size());
    std::size_t at = first;
    for (int seen = 0; at != std::string_view::npos && seen < k_most_ends;
         ++seen, at = text.find(end, at + 1)) {
        const std::string_view next = without_blanks(text.substr(at + end.size()));
        if (next.empty() || closes(next, tool) || !opened(next).empty()) return at;
    }
    return std::min(first, text.size());
}

// The call whose name has been read, and how many bytes it takes.
std::size_t take_call(std::string_view text, TextCall& call) {
    std::string_view rest = text;
    while (true) {
        rest = without_blanks(rest);
        if (rest.empty() || call.input.size() == k_most_parameters) return text.size() - rest.size();
        if (closes(rest, call.name)) return text.size() - rest.size() + call.name.size() + 3;
        const std::string_view parameter = opened(rest);
        if (parameter.empty()) {
            rest.remove_prefix(std::min(rest.find('<', 1), rest.size()));
            continue;
        }
        rest.remove_prefix(parameter.size() + 2);
        const std::size_t end = end_of_value(rest, parameter, call.name);
        call.input.set(std::string(parameter), value_of(parameter, rest.substr(0, end)));
        rest.remove_prefix(std::min(end + parameter.size() + 3, rest.size()));
    }
}

bool begins_call(std::string_view after_name, std::string_view name) {
    const std::string_view next = without_blanks(after_name);
    return !opened(next).empty() || closes(next, name);
}

}  // namespace

ReplyText read_reply_text(std::string_view text) {
    ReplyText reply;
    std::size_t said = 0;  // up to here
    const auto say_until = [&](std::size_t at) {
        append_paragraph(reply.text, trim(text.substr(said, at - said)));
    };
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
        const std::string_view name = opened(text.substr(at));
        const std::size_t inside = at + name.size() + 2;
        if (name == k_thinking) {
            const std::size_t end = std::min(text.find("</thinking>", inside), text.size());
            say_until(at);
            append_paragraph(reply.reasoning, trim(text.substr(inside, end - inside)));
            said = at = std::min(end + k_thinking.size() + 3, text.size());
        } else if (is_tool(name) && begins_call(text.substr(inside), name)) {
            say_until(at);
            TextCall call{std::string(name), {}};
            said = at = inside + take_call(text.substr(inside), call);
            reply.calls.push_back(std::move(call));
        } else {
            ++at;
        }
    }
    say_until(text.size());
    return reply;
}

std::string_view tool_of_result(std::string_view text, std::string_view& rest) {
    constexpr std::string_view k_end = "] Result:";
    if (!text.starts_with('[')) return {};
    const std::string_view name = text.substr(1, name_length(text.substr(1)));
    const std::size_t end = text.find(k_end);
    if (name.empty() || end == std::string_view::npos) return {};
    rest = text.substr(end + k_end.size());
    return name;
}

}  // namespace opentraces::capture::cline
