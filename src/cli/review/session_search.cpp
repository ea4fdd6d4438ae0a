// Looking for something in a session, and taking hold of it.
#include <algorithm>

#include "cli/review/session_view.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/trace/title.hpp"

namespace opentraces::cli::review {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

}  // namespace

bool SessionView::has_marks(std::size_t number) const {
    if (m_findings_of.contains(number)) return true;
    return number > 0 ? m_body->index().steps[number - 1].markers > 0 : m_body->index().head_markers > 0;
}

bool SessionView::is_marked(std::size_t number, std::size_t at) {
    const TextLine& of = line(number, at);
    return of.found || !markers_in(of.text).empty();
}

// Items one after the other, from the cursor's line on, around the end.
bool SessionView::go_to_next(bool backwards, const std::function<bool(std::size_t)>& is_worth_reading,
                             const Wanted& wanted) {
    const std::size_t count = items();
    const std::size_t from = m_cursor.item;
    for (std::size_t n = 0; n <= count; ++n) {
        const std::size_t number = backwards ? (from + count - n % count) % count : (from + n) % count;
        if (!is_worth_reading(number)) continue;
        const std::size_t lines = text(number).lines.size();
        for (std::size_t i = 0; i < lines; ++i) {
            const std::size_t at = backwards ? lines - 1 - i : i;
            const bool passed = backwards ? at >= m_cursor.line : at <= m_cursor.line;
            if (n == 0 && passed) continue;
            if (!wanted(number, at)) continue;
            go({number, at, 0});
            return true;
        }
    }
    return false;
}

bool SessionView::next_mark(bool backwards) {
    return go_to_next(
        backwards, [this](std::size_t number) { return has_marks(number); },
        [this](std::size_t number, std::size_t at) { return is_marked(number, at); });
}

bool SessionView::search(const std::string& text, bool backwards) {
    m_searched = to_lower_ascii(text);
    if (m_searched.empty()) return false;
    return go_to_next(
        backwards, [](std::size_t) { return true; },
        [this](std::size_t number, std::size_t at) {
            const TextLine& of = line(number, at);
            return to_lower_ascii(of.text).find(m_searched) != std::string::npos ||
                   to_lower_ascii(of.label).find(m_searched) != std::string::npos;
        });
}

void SessionView::begin_selection() {
    m_anchor = m_cursor;
}

std::optional<std::pair<Position, Position>> SessionView::selection() const {
    if (!m_anchor || m_anchor->item != m_cursor.item) return std::nullopt;
    return std::minmax(*m_anchor, m_cursor);
}

std::string SessionView::selected_text() {
    const auto range = selection();
    if (!range) return {};
    const auto& [from, to] = *range;
    const StepText& of = text(from.item);
    if (from.line == to.line) {
        const std::string& whole = of.lines[from.line].text;
        return whole.substr(std::min(from.byte, whole.size()), letter_after(whole, to.byte) - from.byte);
    }
    std::string selected = of.lines[from.line].text.substr(from.byte);
    for (std::size_t number = from.line + 1; number < to.line; ++number)
        selected += "\n" + of.lines[number].text;
    const std::string& last = of.lines[to.line].text;
    return selected + "\n" + last.substr(0, letter_after(last, to.byte));
}

std::string SessionView::word_at_cursor() {
    const std::string& whole = line(m_cursor.item, m_cursor.line).text;
    std::size_t begin = std::min(m_cursor.byte, whole.size());
    while (begin < whole.size() && is_blank(whole[begin]))
        ++begin;
    while (begin > 0 && !is_blank(whole[begin - 1]))
        --begin;
    std::size_t end = begin;
    while (end < whole.size() && !is_blank(whole[end]))
        ++end;
    return whole.substr(begin, end - begin);
}

std::vector<std::size_t> SessionView::prompts() const {
    std::vector<std::size_t> numbers;
    const std::vector<StepPlace>& steps = m_body->index().steps;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (steps[i].role == trace::Role::User) numbers.push_back(i + 1);
    return numbers;
}

std::string SessionView::title_of_item(std::size_t number) {
    if (number == 0) return "session";
    const trace::Step step = m_body->step(number - 1);
    return step.content ? trace::title_of(*step.content) : "";
}

std::uint64_t SessionView::marks() const {
    std::uint64_t count = m_body->index().head_markers;
    for (const StepPlace& step : m_body->index().steps)
        count += step.markers;
    if (m_findings)
        for (const store::FoundPlace& place : m_findings->places)
            if (!place.redacted) ++count;
    return count;
}

}  // namespace opentraces::cli::review
