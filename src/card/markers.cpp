#include "card/markers.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "card/sections.hpp"
#include "card/text_lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::card {
namespace {

constexpr std::string_view k_comment_open = "<!--";
constexpr std::string_view k_comment_close = "-->";
constexpr std::string_view k_machine_name = "opentraces:stats";
constexpr std::size_t k_longest_machine_block = 200;  // lines; ours has three

struct Fence {
    char mark = '`';
    std::size_t length = 0;
};

// A fence line (CommonMark 4.5): up to three spaces, at least three backticks or tildes.
std::optional<Fence> fence_of(std::string_view line, bool closing) {
    line = without_trailing_space(line);
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos || indent > 3) return std::nullopt;
    line.remove_prefix(indent);
    const char mark = line.front();
    if (mark != '`' && mark != '~') return std::nullopt;
    const std::size_t length = std::min(line.find_first_not_of(mark), line.size());
    const std::string_view info = line.substr(length);
    if (length < 3 || (closing && !info.empty())) return std::nullopt;
    if (mark == '`' && info.find('`') != std::string_view::npos) return std::nullopt;
    return Fence{mark, length};
}

std::size_t closing_line(const std::vector<std::string_view>& lines, std::size_t open, const Fence& fence) {
    for (std::size_t i = open + 1; i < lines.size(); ++i) {
        const auto close = fence_of(lines[i], true);
        if (close && close->mark == fence.mark && close->length >= fence.length) return i;
    }
    return lines.size();
}

enum class Marker { None, StatsStart, StatsEnd, BadgesStart, BadgesEnd };

Marker marker_of(std::string_view line) {
    line = without_trailing_space(line);
    if (line == k_stats_start) return Marker::StatsStart;
    if (line == k_stats_end) return Marker::StatsEnd;
    if (line == k_badges_start) return Marker::BadgesStart;
    if (line == k_badges_end) return Marker::BadgesEnd;
    return Marker::None;
}

bool opens_machine_block(std::string_view line) {
    if (!line.starts_with(k_machine_start)) return false;
    const std::string_view rest = line.substr(k_machine_start.size());
    return rest.empty() || std::string_view(" \t\r\n{").find(rest.front()) != std::string_view::npos;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t\r\n\f\v", at), text.size());
}

bool is_end_comment(std::string_view text) {
    return text.starts_with(k_comment_open) &&
           text.substr(skip_space(text, k_comment_open.size())).starts_with("opentraces:stats-end");
}

bool is_object_text(std::string_view text) {
    text = trim(text);
    return text.size() >= 2 && text.front() == '{' && text.back() == '}';
}

class SectionFinder {
public:
    explicit SectionFinder(const std::vector<std::string_view>& lines)
        : m_lines(lines), m_fenced(fenced_lines(lines)), m_roles(lines.size(), LineRole::Kept) {}

    std::vector<LineRole> find() {
        for (std::size_t i = 0; i < m_lines.size(); ++i)
            if (!m_fenced[i] && opens_machine_block(m_lines[i])) i = remove_machine_block(i);
        find_pairs();
        place(LineRole::Statistics, m_statistics, m_lone_statistics);
        place(LineRole::Badges, m_badges, m_lone_badges);
        return std::move(m_roles);
    }

private:
    void remove(std::size_t begin, std::size_t end, LineRole role) {
        for (std::size_t i = begin; i <= end; ++i)
            m_roles[i] = role;
    }

    // Answers its last line. The comment must hold an object and nothing else; of a broken block only the
    // marker and the line of the object are ours.
    std::size_t remove_machine_block(std::size_t first) {
        std::string text;
        const std::size_t limit = std::min(m_lines.size(), first + k_longest_machine_block);
        for (std::size_t last = first; last < limit; ++last) {
            std::string_view line = m_lines[last];
            if (last == first) line.remove_prefix(k_machine_start.size());
            const bool closed_by_marker = without_trailing_space(line) == k_machine_end;
            const std::size_t close = closed_by_marker ? 0 : line.find(k_comment_close);
            if (close == std::string_view::npos) {
                text += line;
                continue;
            }
            text += line.substr(0, close);
            const std::string_view behind =
                closed_by_marker ? "" : line.substr(close + k_comment_close.size());
            if (!is_object_text(text) || !is_blank(behind)) break;
            remove(first, last, LineRole::Machine);
            return remove_end_marker(last);
        }
        const bool has_object = first + 1 < m_lines.size() && is_object_text(m_lines[first + 1]);
        const bool has_more = !trim(m_lines[first].substr(k_machine_start.size())).empty();
        if (has_more) return first;
        remove(first, has_object ? first + 1 : first, LineRole::Machine);
        return has_object ? first + 1 : first;
    }

    // A block that is closed by itself may still be followed by the end marker.
    std::size_t remove_end_marker(std::size_t last) {
        const std::size_t next = last + 1;
        if (next >= m_lines.size() || without_trailing_space(m_lines[next]) != k_machine_end) return last;
        remove(next, next, LineRole::Machine);
        return next;
    }

    void find_pairs() {
        std::optional<std::size_t> open;
        for (std::size_t i = 0; i < m_lines.size(); ++i) {
            if (m_fenced[i] || m_roles[i] != LineRole::Kept) continue;
            if (without_trailing_space(m_lines[i]) == k_machine_end) remove(i, i, LineRole::Machine);
            const Marker marker = marker_of(m_lines[i]);
            if (marker == Marker::None) continue;
            if (open && is_pair(marker_of(m_lines[*open]), marker)) {
                close_pair(*open, i);
                open.reset();
                continue;
            }
            if (open) lone(*open);
            open.reset();
            if (marker == Marker::StatsStart || marker == Marker::BadgesStart)
                open = i;
            else
                lone(i);
        }
        if (open) lone(*open);
    }

    static bool is_pair(Marker start, Marker end) {
        return (start == Marker::StatsStart && end == Marker::StatsEnd) ||
               (start == Marker::BadgesStart && end == Marker::BadgesEnd);
    }

    void close_pair(std::size_t begin, std::size_t end) {
        auto& first = marker_of(m_lines[end]) == Marker::StatsEnd ? m_statistics : m_badges;
        if (!first) first = begin;
        remove(begin, end, LineRole::Removed);
    }

    void lone(std::size_t at) {
        const Marker marker = marker_of(m_lines[at]);
        const bool statistics = marker == Marker::StatsStart || marker == Marker::StatsEnd;
        auto& first = statistics ? m_lone_statistics : m_lone_badges;
        if (!first) first = at;
        remove(at, at, LineRole::Removed);
    }

    void place(LineRole role, std::optional<std::size_t> section, std::optional<std::size_t> lone_marker) {
        if (!section) section = lone_marker;
        if (section) m_roles[*section] = role;
    }

    const std::vector<std::string_view>& m_lines;
    std::vector<bool> m_fenced;
    std::vector<LineRole> m_roles;
    std::optional<std::size_t> m_statistics, m_badges, m_lone_statistics, m_lone_badges;
};

}  // namespace

std::vector<bool> fenced_lines(const std::vector<std::string_view>& lines) {
    std::vector<bool> fenced(lines.size(), false);
    // A fence of this length or more finds no closing line in the rest of the text.
    std::size_t backticks = std::string_view::npos;
    std::size_t tildes = std::string_view::npos;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto fence = fence_of(lines[i], false);
        if (!fence) continue;
        std::size_t& never_closed = fence->mark == '`' ? backticks : tildes;
        const bool hopeless = fence->length >= never_closed;
        const std::size_t close = hopeless ? lines.size() : closing_line(lines, i, *fence);
        if (close == lines.size()) {
            never_closed = std::min(never_closed, fence->length);
            continue;
        }
        std::fill(fenced.begin() + static_cast<std::ptrdiff_t>(i),
                  fenced.begin() + static_cast<std::ptrdiff_t>(close) + 1, true);
        i = close;
    }
    return fenced;
}

std::vector<LineRole> find_sections(const std::vector<std::string_view>& lines) {
    return SectionFinder(lines).find();
}

std::size_t find_machine_opening(std::string_view text) {
    for (std::size_t open = text.find(k_comment_open); open != std::string_view::npos;
         open = text.find(k_comment_open, open + 1)) {
        const std::size_t name = skip_space(text, open + k_comment_open.size());
        if (text.substr(name, k_machine_name.size()) != k_machine_name) continue;
        const std::size_t object = skip_space(text, name + k_machine_name.size());
        if (text.substr(object, 1) == "{") return object;
    }
    return std::string_view::npos;
}

Range find_machine_object(std::string_view text) {
    const std::size_t begin = find_machine_opening(text);
    if (begin == std::string_view::npos) return {};
    for (std::size_t end = text.find('}', begin); end != std::string_view::npos;
         end = text.find('}', end + 1)) {
        const std::string_view rest = text.substr(skip_space(text, end + 1));
        if (rest.starts_with(k_comment_close) || is_end_comment(rest)) return {begin, end + 1};
    }
    return {};  // what does not end here does not end when it starts later either
}

}  // namespace opentraces::card
