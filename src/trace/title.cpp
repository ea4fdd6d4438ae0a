#include "opentraces/trace/title.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "opentraces/core/joiners.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::trace {
namespace {

constexpr std::size_t k_longest = 200;
constexpr std::size_t k_most_lines = 400;

// The request begins behind such a line: what an editor put before it is not the user's.
constexpr std::array<std::string_view, 2> k_request_lines{
    "## my request for codex:",
    "## my request for codex",
};

// Blocks that agents put into a request. A command is what was typed, all others are skipped.
constexpr std::array<std::string_view, 12> k_skipped_blocks{
    "command-message", "system-reminder",      "local-command-stdout", "local-command-stderr",
    "bash-stdout",     "bash-stderr",          "environment_context",  "user_instructions",
    "ide_opened_file", "local-command-caveat", "ide_selection",        "task-notification",
};

// Lines that say nothing by themselves, without the signs around them.
constexpr std::array<std::string_view, 25> k_empty_lines{
    "implement the following plan",
    "implement this plan",
    "please implement the following plan",
    "execute the following plan",
    "here is the plan",
    "here's the plan",
    "files mentioned by the user",
    "context from my ide setup",
    "plan",
    "context",
    "summary",
    "overview",
    "background",
    "description",
    "problem",
    "introduction",
    "task",
    "goal",
    "objective",
    "instructions",
    "todo",
    "prompt",
    "low severity",
    "medium severity",
    "high severity",
};

// Taken off the front of a line that goes on.
constexpr std::array<std::string_view, 4> k_prefixes{"plan:", "task:", "todo:", "prompt:"};

// Lines that begin so stand for something that is not text.
constexpr std::array<std::string_view, 4> k_placeholders{"[image", "<image", "[attachment",
                                                         "caveat: the messages below"};

std::string_view without_marks(std::string_view line) {
    constexpr std::string_view k_marks = "#>*-=_~`";
    line = trim(line);
    const std::size_t first = line.find_first_not_of(k_marks);
    if (first == std::string_view::npos) return {};
    // A mark of Markdown is followed by a blank; "--flag" and "*.cpp" are words.
    const bool marks = first > 0 && (line[first] == ' ' || line[first] == '\t');
    return marks ? trim(line.substr(first)) : line;
}

bool is_any_of(std::string_view text, auto const& table) {
    return std::find(table.begin(), table.end(), text) != table.end();
}

bool starts_with_any_of(std::string_view text, auto const& table) {
    return std::any_of(table.begin(), table.end(), [text](auto start) { return text.starts_with(start); });
}

bool has_words(std::string_view line) {
    return std::any_of(line.begin(), line.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
               (byte >= 'A' && byte <= 'Z');
    });
}

std::string_view without_prefix(std::string_view line) {
    const std::string lower = to_lower_ascii(line);
    for (const std::string_view prefix : k_prefixes)
        if (lower.starts_with(prefix) && lower.size() > prefix.size())
            return trim(line.substr(prefix.size()));
    return line;
}

std::string_view without_ends(std::string_view text, std::string_view signs) {
    const std::size_t first = text.find_first_not_of(signs);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(signs) - first + 1);
}

// What a line says; empty when that is nothing.
std::string_view words_of(std::string_view line) {
    const std::string_view bare = without_marks(line);
    const std::string lower = to_lower_ascii(bare);
    const bool is_empty = is_any_of(without_ends(lower, "*_:. "), k_empty_lines);
    if (!has_words(bare) || is_empty || starts_with_any_of(lower, k_placeholders)) return {};
    return without_prefix(bare);
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0; begin < text.size() && lines.size() < k_most_lines;) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::string_view behind_request_line(std::string_view task) {
    for (const std::string_view line : lines_of(task))
        if (is_any_of(to_lower_ascii(trim(line)), k_request_lines))
            return task.substr(static_cast<std::size_t>(line.data() + line.size() - task.data()));
    return task;
}

// The inner text of the block that `text` begins with, and what follows it.
struct Block {
    std::string_view name;
    std::string_view inner;
    std::string_view rest;
};
std::optional<Block> leading_block(std::string_view text) {
    if (!text.starts_with('<')) return std::nullopt;
    const std::size_t end = text.find('>');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view name = text.substr(1, end - 1);
    const std::string closing = "</" + std::string(name) + ">";
    const std::size_t close = text.find(closing, end);
    if (close == std::string_view::npos) return std::nullopt;
    return Block{name, trim(text.substr(end + 1, close - end - 1)),
                 trim(text.substr(close + closing.size()))};
}

// What was typed, of the blocks in which an agent wraps a command of its own.
std::string unwrapped(std::string_view task) {
    std::string typed;
    std::string_view rest = trim(task);
    while (const auto block = leading_block(rest)) {
        const bool is_typed = block->name == "command-name" || block->name == "command-args";
        if (!is_typed && !is_any_of(block->name, k_skipped_blocks)) break;
        if (is_typed && !block->inner.empty()) typed.append(typed.empty() ? "" : " ").append(block->inner);
        rest = block->rest;
    }
    return typed.empty() ? std::string(rest) : typed;
}

}  // namespace

std::string title_of(std::string_view task) {
    const std::string text = unwrapped(behind_request_line(task));
    std::string_view title;
    for (const std::string_view line : lines_of(text)) {
        title = words_of(line);
        if (!title.empty()) break;
    }
    if (title.empty()) title = trim(task).substr(0, trim(task).find('\n'));
    return printable_line(without_joiners(trim(first_code_points(title, k_longest))));
}

}  // namespace opentraces::trace
