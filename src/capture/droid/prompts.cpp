#include "capture/droid/prompts.hpp"

#include <algorithm>
#include <array>

#include "capture/blocks.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::droid {
namespace {

constexpr std::string_view k_reminder = "<system-reminder>";
constexpr std::string_view k_reminder_end = "</system-reminder>";
constexpr std::string_view k_limit = "Token limit reached";

constexpr std::array<std::string_view, 4> k_program{
    k_limit, "Request cancelled by user", "Request interrupted by user", "Tool execution cancelled by user"};

// Takes the reminders out of the text; a prompt may share its block with them.
void take_text(std::string_view text, Said& said) {
    std::string typed;
    while (!text.empty()) {
        const std::size_t start = text.find(k_reminder);
        const std::size_t end = text.find(k_reminder_end, std::min(start, text.size()));
        if (start == std::string_view::npos || end == std::string_view::npos) break;
        append_paragraph(typed, trim(text.substr(0, start)));
        const std::size_t after = end + k_reminder_end.size();
        said.shown.emplace_back("reminder", std::string(text.substr(start, after - start)));
        text.remove_prefix(after);
    }
    append_paragraph(typed, typed.empty() && said.shown.empty() ? text : trim(text));
    append_paragraph(said.typed, typed);
}

// The text of a file that the prompt before it names with "@".
bool is_attached_file(std::string_view text, const Said& said) {
    return text.starts_with("Contents of ") && text.find(" (lines ") < text.find('\n') &&
           said.typed.find('@') != std::string::npos;
}

void take_block(const json::Value& block, Said& said) {
    const std::string_view type = block["type"].string_or();
    if (const std::string* text = block.if_string()) {
        take_text(*text, said);
    } else if (type == "text") {
        const std::string_view text = block["text"].string_or();
        if (is_attached_file(text, said)) {
            said.shown.emplace_back("file", std::string(text));
        } else {
            take_text(text, said);
        }
    } else if (type == "image" || type == "document") {
        append_paragraph(said.typed, placeholder(block));
    } else if (type != "tool_result") {
        said.unknown.emplace_back(type);
    }
}

}  // namespace

Said said_in(const json::Value& content) {
    Said said;
    if (const std::string* text = content.if_string()) take_text(*text, said);
    if (const json::Array* blocks = content.if_array()) {
        for (const json::Value& block : *blocks)
            take_block(block, said);
    }
    return said;
}

bool is_of_program(std::string_view text) {
    return std::any_of(k_program.begin(), k_program.end(),
                       [text](std::string_view words) { return text.starts_with(words); });
}

bool is_failure(std::string_view text) {
    return text.starts_with(k_limit);
}

}  // namespace opentraces::capture::droid
