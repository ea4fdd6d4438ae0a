#include <fmt/format.h>

#include <algorithm>

#include "cli/review/views.hpp"
#include "cli/review/wrap.hpp"
#include "cli/table.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli::review {
namespace {

// Gives the part of a range that this row shows another look.
void restyle(Grid& grid, std::size_t at, std::size_t column, const std::string& text, const Range& part,
             const Range& range, Style style) {
    const std::size_t begin = std::max(range.begin, part.begin);
    const std::size_t end = std::min(range.end, part.end);
    if (begin >= end) return;
    const std::string_view whole = text;
    const std::size_t from = columns_of(whole.substr(part.begin, begin - part.begin));
    grid.restyle(at, column + from, columns_of(whole.substr(begin, end - begin)), style);
}

std::vector<Range> hits_in(const std::string& text, const std::string& sought) {
    std::vector<Range> ranges;
    if (sought.empty()) return ranges;
    const std::string lower = to_lower_ascii(text);
    for (std::size_t at = 0; (at = lower.find(sought, at)) != std::string::npos; at += sought.size())
        ranges.push_back({at, at + sought.size()});
    return ranges;
}

// What of this line is selected.
Range selected_in(SessionView& session, std::size_t item, std::size_t line, std::size_t length) {
    const auto selection = session.selection();
    if (!selection || selection->first.item != item) return {};
    const auto& [from, to] = *selection;
    if (line < from.line || line > to.line) return {};
    const std::string& text = session.line(item, line).text;
    return {line == from.line ? from.byte : 0, line == to.line ? letter_after(text, to.byte) : length};
}

bool is_first_part(const Row& row) {
    return row.part.begin == 0;
}

void paint_text_row(Grid& grid, SessionView& session, const SessionView::ShownRow& shown_row,
                    std::size_t at) {
    const std::size_t width = grid.size().columns;
    const Row& row = shown_row.row;
    if (row.hidden > 0) {
        grid.put(at, 2, fmt::format("... {} more {} (Enter)", row.hidden, row.hidden == 1 ? "line" : "lines"),
                 k_faint);
    } else {
        const TextLine& line = session.line(shown_row.item, row.line);
        const std::size_t label = columns_of(line.label);
        if (is_first_part(row)) grid.put(at, 0, line.label, line.style);
        const std::string_view part =
            std::string_view(line.text).substr(row.part.begin, row.part.end - row.part.begin);
        grid.put(at, label, part, line.style);
        for (const Range& marker : markers_in(line.text))
            restyle(grid, at, label, line.text, row.part, marker, k_marked);
        for (const Range& hit : hits_in(line.text, session.searched()))
            restyle(grid, at, label, line.text, row.part, hit, k_hit);
        restyle(grid, at, label, line.text, row.part,
                selected_in(session, shown_row.item, row.line, line.text.size()), k_bar);
        if (shown_row.is_cursor && session.selects()) {
            const std::size_t byte = std::max(session.cursor().byte, row.part.begin);
            const std::size_t column =
                label + columns_of(std::string_view(line.text).substr(row.part.begin, byte - row.part.begin));
            grid.cursor = Place{at, std::min(column, width - 1)};
        }
    }
    if (!shown_row.is_cursor || session.selects()) return;
    grid.restyle(at, 0, 1, k_bar);
    if (!grid.cursor) grid.cursor = Place{at, 0};
}

}  // namespace

void paint_session(Grid& grid, SessionView& session, const store::TraceRow& row, std::size_t at,
                   std::size_t of) {
    const Size size = grid.size();
    const std::string title = cell_text(row.task.empty() ? "(no task)" : row.task);
    const std::uint64_t marks = session.marks();
    std::string state =
        fmt::format("{}{}  {} {}  {}/{}", store::name_of(row.stage), row.reviewed ? ", looked at" : "", marks,
                    marks == 1 ? "mark" : "marks", at + 1, of);
    const auto bar = [&](std::size_t line, const std::string& left, const std::string& right) {
        grid.fill(line, 0, size.columns, k_bar);
        const std::size_t taken = columns_of(right);
        const std::size_t room = size.columns > taken + 4 ? size.columns - taken - 4 : 1;
        grid.put(line, 1, cut_to_cells(left, room), k_bar);
        if (taken + 2 <= size.columns) grid.put(line, size.columns - taken - 1, right, k_bar);
    };
    bar(0, title, state);
    const auto window = session.window();
    for (std::size_t i = 0; i < window.size() && k_first_session_row + i + 2 < size.rows; ++i)
        paint_text_row(grid, session, window[i], k_first_session_row + i);
    const std::size_t item = session.cursor().item;
    const std::string known = session.findings() ? "" : ", what was found is not known";
    bar(size.rows - 2, short_id(row.id) + "  " + cell_text(row.agent) + known,
        fmt::format("step {} of {}", item, session.items() - 1));
}

}  // namespace opentraces::cli::review
