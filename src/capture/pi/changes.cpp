#include "capture/pi/changes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "capture/diffs.hpp"
#include "capture/edit_calls.hpp"
#include "capture/numbers.hpp"

namespace opentraces::capture::pi {
namespace {

// Numbers of context are wrong in some versions; those of changed lines say where the hunk begins.
struct Part {
    enrich::Hunk hunk;
    std::optional<std::int64_t> old_start;
    std::optional<std::int64_t> new_start;
};

// False if it is no line of such a diff, or at another place than the lines before it say.
bool add_line(char mark, std::int64_t number, std::string_view text, Part& part) {
    enrich::Hunk& hunk = part.hunk;
    hunk.lines.push_back(mark + std::string(text));
    if (mark == '-') {
        const std::int64_t start = number - hunk.old_lines;
        if (start < 1 || part.old_start.value_or(start) != start) return false;
        part.old_start = start;
    } else if (mark == '+') {
        const std::int64_t start = number - hunk.new_lines;
        if (start < 1 || part.new_start.value_or(start) != start) return false;
        part.new_start = start;
    }
    if (mark != '+') ++hunk.old_lines;
    if (mark != '-') ++hunk.new_lines;
    return true;
}

std::optional<std::vector<Part>> parts_of(std::string_view diff) {
    std::vector<Part> parts(1);
    while (!diff.empty()) {
        const std::size_t end = std::min(diff.find('\n'), diff.size());
        const std::string_view line = diff.substr(0, end);
        diff.remove_prefix(std::min(end + 1, diff.size()));
        if (line.empty() || (line[0] != ' ' && line[0] != '+' && line[0] != '-')) return std::nullopt;
        const std::size_t number_at = line.find_first_not_of(' ', 1);
        if (number_at == std::string_view::npos) return std::nullopt;
        if (line.substr(number_at) == "...") {
            parts.emplace_back();
            continue;
        }
        const std::size_t after = std::min(line.find_first_not_of("0123456789", number_at), line.size());
        const auto number = leading_number(line.substr(number_at, after - number_at));
        if (!number || (after < line.size() && line[after] != ' ')) return std::nullopt;
        const std::string_view text = line.substr(std::min(after + 1, line.size()));
        if (!add_line(line[0], *number, text, parts.back())) return std::nullopt;
    }
    return parts;
}

}  // namespace

std::vector<enrich::Hunk> numbered_hunks(std::string_view diff) {
    std::optional<std::vector<Part>> parts = parts_of(diff);
    std::vector<enrich::Hunk> hunks;
    std::int64_t grown = 0;
    for (Part& part : parts ? *parts : std::vector<Part>()) {
        if (!part.old_start && !part.new_start) continue;
        const std::int64_t old_start = part.old_start ? *part.old_start : *part.new_start - grown;
        if (old_start < 1 || part.new_start.value_or(old_start + grown) != old_start + grown) return {};
        enrich::Hunk& hunk = hunks.emplace_back(std::move(part.hunk));
        hunk.old_start = old_start - (hunk.old_lines == 0 ? 1 : 0);
        hunk.new_start = old_start + grown - (hunk.new_lines == 0 ? 1 : 0);
        grown += hunk.new_lines - hunk.old_lines;
    }
    return hunks;
}

std::vector<enrich::FileChange> changes_of(const trace::ToolCall& call, const json::Value& details) {
    std::vector<enrich::Hunk> hunks = unified_hunks(details["patch"].string_or());
    if (hunks.empty()) hunks = numbered_hunks(details["diff"].string_or());
    return placed(changes_asked(call), std::move(hunks));
}

}  // namespace opentraces::capture::pi
