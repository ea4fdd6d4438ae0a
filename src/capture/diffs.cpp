#include "capture/diffs.hpp"

#include <algorithm>
#include <string>

#include "capture/numbers.hpp"
#include "opentraces/core/lines.hpp"

namespace opentraces::capture {
namespace {

std::string_view without_feed(std::string_view line) {
    return line.substr(0, line.size() - (line.ends_with('\n') ? 1 : 0));
}

std::vector<std::string> marked_lines(std::string_view text, char mark) {
    std::vector<std::string> lines;
    for (const std::string_view line : lines_of(text))
        lines.push_back(mark + std::string(without_feed(line)));
    return lines;
}

// Of "-12,3 +12,4", where a side begins.
std::int64_t start_of(std::string_view head, char side) {
    const std::size_t at = head.find(side);
    if (at == std::string_view::npos) return 0;
    return std::max<std::int64_t>(leading_number(head.substr(at + 1)).value_or(0), 0);
}

void count_lines(enrich::Hunk& hunk) {
    hunk.old_lines = hunk.new_lines = 0;
    for (const std::string& line : hunk.lines) {
        if (line[0] == '\\') continue;  // "\ No newline at end of file"
        if (line[0] != '+') ++hunk.old_lines;
        if (line[0] != '-') ++hunk.new_lines;
    }
}

}  // namespace

std::vector<enrich::Hunk> unified_hunks(std::string_view diff) {
    std::vector<enrich::Hunk> hunks;
    for (const std::string_view whole : lines_of(diff)) {
        const std::string_view line = without_feed(whole);
        if (line.starts_with("@@ ")) {
            enrich::Hunk& hunk = hunks.emplace_back();
            const std::string_view head = line.substr(3, line.find(" @@", 3) - 3);
            hunk.old_start = start_of(head, '-');
            hunk.new_start = start_of(head, '+');
        } else if (!hunks.empty() && line.empty()) {
            hunks.back().lines.emplace_back(" ");
        } else if (!hunks.empty() &&
                   (line[0] == ' ' || line[0] == '+' || line[0] == '-' || line[0] == '\\')) {
            hunks.back().lines.emplace_back(line);
        }
    }
    for (enrich::Hunk& hunk : hunks)
        count_lines(hunk);
    std::erase_if(hunks, [](const enrich::Hunk& hunk) { return hunk.lines.empty(); });
    return hunks;
}

bool reaches_margin(const std::vector<enrich::Hunk>& hunks) {
    for (const enrich::Hunk& hunk : hunks) {
        for (const std::string& line : hunk.lines)
            if (line.size() > 1 && line[0] != '\\' && line[1] != ' ' && line[1] != '\t') return true;
    }
    return false;
}

std::vector<enrich::FileChange> placed(std::vector<enrich::FileChange> changes,
                                       std::vector<enrich::Hunk> hunks) {
    if (changes.size() != 1 || changes[0].replacements.empty() || hunks.empty()) return changes;
    changes[0].hunks = std::move(hunks);
    changes[0].exact = true;
    return changes;
}

enrich::Hunk whole_text_hunk(std::string_view text, char mark) {
    enrich::Hunk hunk;
    hunk.lines = marked_lines(text, mark);
    count_lines(hunk);
    (mark == '+' ? hunk.new_start : hunk.old_start) = hunk.lines.empty() ? 0 : 1;
    return hunk;
}

}  // namespace opentraces::capture
