#include "cli/review/painter.hpp"

namespace opentraces::cli::review {
namespace {

bool is_ascii(const std::string& text) {
    return text.size() == 1 && static_cast<unsigned char>(text.front()) < 0x80;
}

}  // namespace

std::string Painter::paint(const Grid& grid) {
    std::string out = m_codes.hide_cursor();
    if (!m_before || m_before->size() != grid.size()) {
        m_before.reset();
        out += m_codes.style(k_usual) + m_codes.clear();
    }
    m_style.reset();
    for (std::size_t row = 0; row < grid.size().rows; ++row)
        paint_row(out, grid, row);
    if (grid.cursor) out += m_codes.move(grid.cursor->row, grid.cursor->column) + m_codes.show_cursor();
    m_before = grid;
    return out;
}

// Terminals differ in how wide they think that letters are: behind one that is not ASCII the place is said
// again, so that none moves what follows.
void Painter::paint_row(std::string& out, const Grid& grid, std::size_t row) {
    bool in_place = false;
    for (std::size_t column = 0; column < grid.size().columns; ++column) {
        const GridCell& cell = grid.at(row, column);
        const bool same = m_before ? m_before->at(row, column) == cell : cell == GridCell{};
        if (same || cell.text.empty()) {
            in_place = in_place && cell.text.empty();
            continue;
        }
        if (!in_place) out += m_codes.move(row, column);
        if (m_style != cell.style) out += m_codes.style(cell.style);
        m_style = cell.style;
        out += cell.text;
        in_place = is_ascii(cell.text);
    }
}

}  // namespace opentraces::cli::review
