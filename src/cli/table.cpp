#include "cli/table.hpp"

#include <algorithm>

#include "cli/cells.hpp"
#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/joiners.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_gap = 2;
constexpr std::size_t k_least_last = 12;
constexpr std::string_view k_cut = "\xE2\x80\xA6";

}  // namespace

std::string cell_text(std::string_view text) {
    return printable_line(without_joiners(text));
}

std::string cut_to_cells(std::string_view text, std::size_t cells) {
    if (cells_of(text) <= cells) return std::string(text);
    return std::string(first_cells(text, cells - 1)).append(k_cut);
}

Table::Table(std::vector<Column> columns, std::size_t width, bool colours)
    : m_columns(std::move(columns)), m_width(width), m_colours(colours) {
    std::vector<Cell> titles;
    for (const Column& column : m_columns)
        titles.push_back({std::string(column.title), k_bold});
    m_rows.push_back(std::move(titles));
}

void Table::add(std::vector<Cell> cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i].text = cell_text(cells[i].text);
        if (m_width > 0 && m_columns[i].most > 0)
            cells[i].text = cut_to_cells(cells[i].text, m_columns[i].most);
    }
    m_rows.push_back(std::move(cells));
}

void Table::append_row(std::string& text, const std::vector<Cell>& row,
                       const std::vector<std::size_t>& widths) const {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const bool last = i + 1 == row.size();
        const std::string shown = last && m_width > 0 ? cut_to_cells(row[i].text, widths[i]) : row[i].text;
        const std::size_t cells = cells_of(shown);
        const std::size_t padding = widths[i] > cells ? widths[i] - cells : 0;
        if (m_columns[i].right) text.append(padding, ' ');
        const bool coloured = m_colours && !row[i].colour.empty() && !shown.empty();
        if (coloured) text.append(row[i].colour);
        text += shown;
        if (coloured) text.append(k_plain);
        if (!last) text.append((m_columns[i].right ? 0 : padding) + k_gap, ' ');
    }
    while (text.ends_with(' '))
        text.pop_back();
    text += '\n';
}

std::string Table::text() const {
    std::vector<std::size_t> widths(m_columns.size(), 0);
    for (const auto& row : m_rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], cells_of(row[i].text));
    if (m_width > 0) {
        std::size_t used = 0;
        for (std::size_t i = 0; i + 1 < widths.size(); ++i)
            used += widths[i] + k_gap;
        widths.back() = std::max(k_least_last, m_width > used ? m_width - used : 0);
    }
    std::string text;
    for (const auto& row : m_rows)
        append_row(text, row, widths);
    return text;
}

}  // namespace opentraces::cli
