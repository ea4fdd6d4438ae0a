#include "enrich/tracked_file.hpp"

#include <algorithm>
#include <utility>

#include "enrich/line_diff.hpp"
#include "enrich/sought_lines.hpp"

namespace opentraces::enrich {
namespace {

constexpr std::size_t k_most_text = std::size_t{64} << 20;   // of one file
constexpr std::int64_t k_last_line = std::int64_t{1} << 40;  // line numbers are foreign text, too
constexpr const char* k_too_much = "the session's files are larger than what is followed";

// Replaces as the tool does; nullopt when an old text is not there, or what comes out is too long.
std::optional<std::string> replaced(std::string text, const std::vector<Replacement>& replacements,
                                    ReplayBounds& bounds) {
    for (const Replacement& one : replacements) {
        if (one.old_text.empty()) {
            if (!text.empty()) return std::nullopt;
            text = one.new_text;
            continue;
        }
        std::size_t at = text.find(one.old_text);
        if (at == std::string::npos) return std::nullopt;
        std::string after;
        std::size_t from = 0;
        for (; at != std::string::npos; at = one.all ? text.find(one.old_text, from) : std::string::npos) {
            after.append(text, from, at - from).append(one.new_text);
            from = at + one.old_text.size();
            if (after.size() > k_most_text) {
                bounds.pass();
                return std::nullopt;
            }
        }
        text = after.append(text, from);
    }
    return text;
}

std::string inked(std::string_view text) {
    std::string ink;
    for (const char c : text)
        if (c != ' ' && c != '\t' && c != '\r') ink += c;
    return ink;
}

std::string inked_side(const Hunk& shown, char side) {
    std::string ink;
    for (const std::string& line : shown.lines)
        if (!line.empty() && (line[0] == ' ' || line[0] == side))
            ink += inked(std::string_view(line).substr(1)) + "\n";
        else if (line.starts_with('\\'))
            return {};
    return ink;
}

}  // namespace

void TrackedFile::see(const FileView& view) {
    if (m_bounds.are_reached()) return lose();
    m_bounds.read(m_text.size() + view.text.size());
    if (view.whole) return see_whole(view.text, 0);
    if (m_known == Known::Whole) {
        // Somebody has changed it since; the next whole content will show how.
        m_drifted |= !shows(view);
        return;
    }
    m_known = Known::Parts;
    std::int64_t number = std::clamp<std::int64_t>(view.start_line, 1, k_last_line);
    m_bounds.hold(view.text.size());
    const std::string text = view.text + "\n";
    for (const std::string_view line : lines_of(text))
        m_parts[number++] = line.substr(0, line.size() - 1);
}

void TrackedFile::see_whole(const std::string& text, std::int64_t step) {
    if (m_known == Known::Whole && m_text == text) return settle();
    if (m_known == Known::Whole) {
        const std::int64_t maker = m_file.stale ? m_stale_step : step;
        add_change(maker, m_text, text, maker > 0, maker > 0);
        if (maker == 0 && m_file.own_changes > 0) m_file.changed_between = true;
    } else if (m_known == Known::Absent) {
        miss(step, "it came back after it was deleted");
    } else if (m_file.changes.empty()) {
        m_file.before = text;
    } else {
        // What happened before is in hunks; the rest will be too.
        m_file.whole = false;
    }
    set(text);
    settle();
}

void TrackedFile::change(const FileChange& change) {
    if (m_bounds.are_reached()) return miss(change.step_index, k_too_much);
    if (change.before && !change.created) see_whole(*change.before, 0);
    if (change.deleted) return remove(change.step_index);
    if (change.written) return write(change);
    if (!change.sought.empty()) return seek(change);
    if (!change.replacements.empty() && edit(change)) return;
    if (!change.shown_only && change.exact && !change.hunks.empty()) return take_hunks(change);
    miss(change.step_index,
         m_bounds.are_reached() ? k_too_much : "the text that was changed is not in the log");
}

void TrackedFile::write_text(std::int64_t step, const std::string& text) {
    if (m_bounds.are_reached()) return miss(step, k_too_much);
    if (m_known == Known::Whole) {
        add_change(step, m_text, text, true, false);
    } else {
        create(step, text, false);
    }
    set(text);
    settle();
}

void TrackedFile::append_text(std::int64_t step, const std::string& text) {
    if (m_known != Known::Whole)
        return miss(step, "added to by a shell command, and what was there is not in the log");
    write_text(step, m_text + text);
}

void TrackedFile::change_unseen(std::int64_t step) {
    m_file.stale = true;
    m_stale_step = step;
    m_parts.clear();
    if (m_known == Known::Parts) m_known = Known::Nothing;
}

void TrackedFile::remove(std::int64_t step) {
    if (m_known != Known::Whole || m_file.stale)
        return miss(step, "deleted, and its content is not in the log");
    add_change(step, m_text, {}, true, false);
    m_known = Known::Absent;
    m_text.clear();
}

void TrackedFile::miss(std::int64_t step, const char* why) {
    note_gap(step, why);
    lose();
}

std::optional<std::string> TrackedFile::content() const {
    if (m_known != Known::Whole || m_file.stale) return std::nullopt;
    return m_text;
}

ReplayedFile TrackedFile::finish() {
    if (m_known == Known::Whole) m_file.after = m_text;
    if (m_known == Known::Absent) m_file.after.reset();
    if (m_known == Known::Parts || m_known == Known::Nothing) m_file.whole = false;
    if (m_file.stale)
        note_gap(m_stale_step, "changed by a shell command, and what came of it is not in the log");
    return std::move(m_file);
}

void TrackedFile::set(std::string text) {
    m_bounds.hold(text.size(), m_text.size());
    m_text = std::move(text);
    m_known = Known::Whole;
    m_parts.clear();
}

void TrackedFile::note_gap(std::int64_t step, const char* why) {
    if (!m_file.gap.empty()) return;
    m_file.gap = why;
    m_file.gap_step = step;
    m_file.gap_at = m_file.changes.size();
}

void TrackedFile::lose() {
    m_known = Known::Nothing;
    m_bounds.hold(0, m_text.size());
    m_text = {};
    m_parts.clear();
    m_drifted = false;
    if (!m_file.changes.empty()) m_file.whole = false;
    m_file.before.reset();
}

void TrackedFile::add_change(std::int64_t step, const std::string& before, const std::string& after, bool own,
                             bool by_shell) {
    m_bounds.read(before.size() + after.size());
    ExactChange change{step, line_diff(before, after), own, false, !by_shell};
    if (change.hunks.empty()) return;
    hold(change);
    if (own) ++m_file.own_changes;
    m_file.changes.push_back(std::move(change));
}

void TrackedFile::create(std::int64_t step, const std::string& text, bool by_tool) {
    ExactChange change{step, line_diff({}, text), true, true, by_tool};
    hold(change);
    ++m_file.own_changes;
    if (m_file.changes.empty()) m_file.before.reset();
    m_file.changes.push_back(std::move(change));
}

void TrackedFile::hold(const ExactChange& change) {
    for (const Hunk& hunk : change.hunks)
        for (const std::string& line : hunk.lines)
            m_bounds.hold(line.size());
}

void TrackedFile::write(const FileChange& change) {
    if (m_known == Known::Whole) {
        add_change(change.step_index, m_text, *change.written, true, false);
    } else if (change.created) {
        create(change.step_index, *change.written, true);
    } else {
        m_file.whole = false;
        note_gap(change.step_index, "written over, and what was there is not in the log");
    }
    set(*change.written);
    settle();
}

bool TrackedFile::edit(const FileChange& change) {
    const bool creates =
        change.replacements.size() == 1 && change.replacements[0].old_text.empty() && !change.before;
    if (creates && m_known != Known::Whole && m_known != Known::Parts) {
        create(change.step_index, change.replacements[0].new_text, true);
        set(change.replacements[0].new_text);
        settle();
        return true;
    }
    if (m_known == Known::Whole && !m_file.stale && !m_drifted) {
        auto after = replaced(m_text, change.replacements, m_bounds);
        if (!after) return false;
        add_change(change.step_index, m_text, *after, true, false);
        set(std::move(*after));
        return true;
    }
    return edit_parts(change);
}

void TrackedFile::seek(const FileChange& change) {
    std::optional<std::string> after;
    if (m_known == Known::Whole && !m_file.stale && !m_drifted) {
        std::size_t compared = m_text.size();
        after = with_sought(m_text, change.sought, compared);
        m_bounds.read(compared);
    }
    if (!after) return miss(change.step_index, "where in the file it was changed is not in the log");
    add_change(change.step_index, m_text, *after, true, false);
    set(std::move(*after));
}

// Only some lines are known: the places are those of the hunks, the bytes those of the lines.
bool TrackedFile::edit_parts(const FileChange& change) {
    std::vector<Hunk> exact;
    std::vector<Part> parts;
    std::int64_t shift = 0;
    for (const Hunk& shown : change.hunks) {
        const auto part = exact_part(shown, change.replacements);
        if (!part) return false;
        for (Hunk& hunk : line_diff(part->before, part->after)) {
            hunk.old_start += part->start - 1;
            hunk.new_start += part->start - 1 + shift;
            exact.push_back(std::move(hunk));
        }
        shift += static_cast<std::int64_t>(lines_of(part->after).size()) - shown.old_lines;
        parts.push_back(*part);
    }
    if (exact.empty()) return false;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        replace_parts(part->start, static_cast<std::int64_t>(lines_of(part->before).size()), part->after);
    m_file.whole = false;
    ++m_file.own_changes;
    m_file.changes.push_back({change.step_index, std::move(exact), true, false, true});
    return true;
}

std::optional<TrackedFile::Part> TrackedFile::exact_part(const Hunk& shown,
                                                         const std::vector<Replacement>& replacements) const {
    if (shown.old_start < 0 || shown.old_start > k_last_line || shown.old_lines < 0 ||
        shown.old_lines > static_cast<std::int64_t>(m_parts.size()))
        return std::nullopt;
    Part part;
    part.start = shown.old_lines == 0 ? shown.old_start + 1 : shown.old_start;
    for (std::int64_t line = part.start; line < part.start + shown.old_lines; ++line) {
        const auto known = m_parts.find(line);
        if (known == m_parts.end()) return std::nullopt;
        part.before += known->second + "\n";
    }
    part.after = part.before;
    for (const Replacement& one : replacements)
        if (auto after = replaced(part.after, {one}, m_bounds)) part.after = std::move(*after);
    // What is shown has other blanks, and nothing else that is different.
    if (inked(part.before) != inked_side(shown, '-') || inked(part.after) != inked_side(shown, '+'))
        return std::nullopt;
    return part;
}

void TrackedFile::replace_parts(std::int64_t start, std::int64_t count, const std::string& text) {
    std::map<std::int64_t, std::string> parts;
    const std::vector<std::string_view> lines = lines_of(text);
    const std::int64_t shift = static_cast<std::int64_t>(lines.size()) - count;
    for (auto& [number, line] : m_parts) {
        if (number < start) parts[number] = std::move(line);
        if (number >= start + count) parts[number + shift] = std::move(line);
    }
    for (std::size_t at = 0; at < lines.size(); ++at) {
        std::string_view line = lines[at];
        if (line.ends_with('\n')) line.remove_suffix(1);
        parts[start + static_cast<std::int64_t>(at)] = line;
    }
    m_parts = std::move(parts);
}

// A diff whose lines are the file's own.
void TrackedFile::take_hunks(const FileChange& change) {
    if (change.whole_file && change.created) {
        std::string text;
        for (const Hunk& hunk : change.hunks)
            for (std::size_t at = 0; at < hunk.lines.size(); ++at)
                if (hunk.lines[at].starts_with('+')) text.append(hunk.lines[at], 1).append("\n");
        return write_text(change.step_index, text);
    }
    if (m_known == Known::Whole && !m_file.stale && !m_drifted) {
        if (auto after = applied(m_text, change.hunks)) {
            add_change(change.step_index, m_text, *after, true, false);
            return set(std::move(*after));
        }
    }
    lose();
    m_file.whole = false;
    ++m_file.own_changes;
    m_file.changes.push_back({change.step_index, change.hunks, true, change.whole_file, true});
}

bool TrackedFile::shows(const FileView& view) const {
    const std::vector<std::string_view> lines = lines_of(m_text);
    std::size_t at = static_cast<std::size_t>(std::max<std::int64_t>(view.start_line, 1)) - 1;
    for (const std::string_view shown : lines_of(view.text)) {
        std::string_view line = shown.ends_with('\n') ? shown.substr(0, shown.size() - 1) : shown;
        if (at >= lines.size()) return line.empty();
        std::string_view own = lines[at++];
        if (own.ends_with('\n')) own.remove_suffix(1);
        if (own != line) return false;
    }
    return true;
}

}  // namespace opentraces::enrich
