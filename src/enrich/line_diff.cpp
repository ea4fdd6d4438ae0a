#include "enrich/line_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace opentraces::enrich {
namespace {

constexpr std::ptrdiff_t k_context = 3;

void append(Hunk& hunk, const LineMark& mark) {
    const bool ends = mark.text.ends_with('\n');
    hunk.lines.push_back(mark.sign + std::string(mark.text.substr(0, mark.text.size() - (ends ? 1 : 0))));
    if (!ends) hunk.lines.emplace_back(k_no_line_end);
    if (mark.sign != '+') ++hunk.old_lines;
    if (mark.sign != '-') ++hunk.new_lines;
}

// Where the lines of context before and after a place that begins a line begin and end.
std::size_t before_lines(std::string_view text, std::size_t at) {
    for (std::ptrdiff_t line = 0; line < k_context && at > 0; ++line)
        at = text.substr(0, at - 1).rfind('\n') + 1;  // npos + 1 is 0
    return at;
}
std::size_t after_lines(std::string_view text, std::size_t at) {
    for (std::ptrdiff_t line = 0; line < k_context && at < text.size(); ++line)
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    return at;
}

}  // namespace

std::vector<Hunk> line_diff(std::string_view before, std::string_view after) {
    const SharedEnds ends = shared_ends(before, after);
    if (ends.head == before.size() && before.size() == after.size()) return {};
    const std::size_t from = before_lines(before, ends.head);
    const std::size_t left = before.size() - after_lines(before, before.size() - ends.tail);
    const std::vector<LineMark> marks = line_marks(before.substr(from, before.size() - left - from),
                                                   after.substr(from, after.size() - left - from));
    const auto skipped = std::count(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(from), '\n');
    std::vector<Hunk> hunks;
    std::ptrdiff_t last_change = -2 * k_context - 1;
    std::int64_t old_at = 1 + skipped;
    std::int64_t new_at = 1 + skipped;
    std::ptrdiff_t written = 0;  // marks before this one are in a hunk or not wanted
    const auto size = static_cast<std::ptrdiff_t>(marks.size());
    const auto context_to = [&](std::ptrdiff_t end) {
        for (; written < end; ++written)
            append(hunks.back(), marks[static_cast<std::size_t>(written)]);
    };
    for (std::ptrdiff_t at = 0; at < size; ++at) {
        const LineMark& mark = marks[static_cast<std::size_t>(at)];
        if (mark.sign != ' ') {
            if (hunks.empty() || at - last_change > 2 * k_context + 1) {
                if (!hunks.empty()) context_to(last_change + 1 + k_context);
                const std::ptrdiff_t begin = std::max<std::ptrdiff_t>({at - k_context, written, 0});
                Hunk& hunk = hunks.emplace_back();
                hunk.old_start = old_at - (at - begin);
                hunk.new_start = new_at - (at - begin);
                written = begin;
            }
            context_to(at + 1);
            last_change = at;
        }
        if (mark.sign != '+') ++old_at;
        if (mark.sign != '-') ++new_at;
    }
    if (!hunks.empty()) context_to(std::min(size, last_change + 1 + k_context));
    for (Hunk& hunk : hunks) {  // an empty side is numbered by the line before it
        if (hunk.old_lines == 0) --hunk.old_start;
        if (hunk.new_lines == 0) --hunk.new_start;
    }
    return hunks;
}

std::optional<std::string> applied(std::string_view before, const std::vector<Hunk>& hunks) {
    const std::vector<std::string_view> lines = lines_of(before);
    std::string after;
    std::size_t at = 0;
    for (const Hunk& hunk : hunks) {
        const std::int64_t start = hunk.old_lines == 0 ? hunk.old_start : hunk.old_start - 1;
        if (start < static_cast<std::int64_t>(at) || start > static_cast<std::int64_t>(lines.size()))
            return std::nullopt;
        for (; at < static_cast<std::size_t>(start); ++at)
            after += lines[at];
        for (std::size_t line = 0; line < hunk.lines.size(); ++line) {
            const std::string& text = hunk.lines[line];
            if (text.empty() || text[0] == '\\') continue;
            const bool ends = line + 1 == hunk.lines.size() || !hunk.lines[line + 1].starts_with('\\');
            const std::string content = text.substr(1) + (ends ? "\n" : "");
            if (text[0] != '+') {
                if (at >= lines.size() || lines[at] != content) return std::nullopt;
                ++at;
            }
            if (text[0] != '-') after += content;
        }
    }
    for (; at < lines.size(); ++at)
        after += lines[at];
    return after;
}

}  // namespace opentraces::enrich
