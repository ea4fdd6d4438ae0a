#include "cli/review/grid.hpp"

#include <algorithm>

#include "cli/cells.hpp"
#include "opentraces/core/code_point.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::string_view k_tab = "    ";

}  // namespace

std::string shown(std::string_view text) {
    std::string out;
    for (std::size_t begin = 0;;) {
        const std::size_t tab = text.find('\t', begin);
        out += printable_line(text.substr(begin, tab == std::string_view::npos ? tab : tab - begin));
        if (tab == std::string_view::npos) return out;
        out += k_tab;
        begin = tab + 1;
    }
}

std::size_t Grid::put(std::size_t row, std::size_t column, std::string_view text, Style style,
                      std::size_t most) {
    if (row >= m_size.rows) return column;
    const std::size_t room = m_size.columns - std::min(column, m_size.columns);
    const std::size_t end = column + std::min(most, room);
    const std::string safe = shown(text);
    const std::size_t start = column;
    for (std::size_t at = 0; at < safe.size();) {
        const std::size_t from = at;
        const std::size_t cells = cells_of(next_code_point(safe, at));
        const std::string_view letter = std::string_view(safe).substr(from, at - from);
        if (cells == 0) {
            if (column > start) add_mark(row, column - 1, letter);
            continue;
        }
        if (column + cells > end) break;
        set(row, column, {std::string(letter), style});
        if (cells == 2) set(row, column + 1, {"", style});
        column += cells;
    }
    return column;
}

// With as many as letters have in any language; a heap of them is for no reader.
void Grid::add_mark(std::size_t row, std::size_t column, std::string_view mark) {
    constexpr std::size_t k_most_bytes = 24;
    if (cell(row, column).text.empty()) --column;
    std::string& text = cell(row, column).text;
    if (text.size() + mark.size() <= k_most_bytes) text += mark;
}

// Half a letter is none.
void Grid::set(std::size_t row, std::size_t column, GridCell to) {
    GridCell& before = cell(row, column);
    if (before.text.empty() && !to.text.empty() && column > 0) cell(row, column - 1).text = " ";
    const bool was_wide =
        !before.text.empty() && column + 1 < m_size.columns && at(row, column + 1).text.empty();
    if (was_wide) cell(row, column + 1).text = " ";
    before = std::move(to);
}

void Grid::fill(std::size_t row, std::size_t column, std::size_t columns, Style style) {
    if (row >= m_size.rows) return;
    for (std::size_t at = column; at < std::min(column + columns, m_size.columns); ++at)
        set(row, at, {" ", style});
}

void Grid::restyle(std::size_t row, std::size_t column, std::size_t columns, Style style) {
    if (row >= m_size.rows) return;
    for (std::size_t at = column; at < std::min(column + columns, m_size.columns); ++at)
        cell(row, at).style = style;
}

std::string Grid::text() const {
    std::string text;
    for (std::size_t row = 0; row < m_size.rows; ++row) {
        std::string line;
        for (std::size_t column = 0; column < m_size.columns; ++column)
            line += at(row, column).text;
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

}  // namespace opentraces::cli::review
