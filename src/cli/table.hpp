// A table for people: columns as wide as what is in them, the last one cut to what the terminal has left.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace opentraces::cli {

struct Column {
    std::string_view title;
    bool right = false;    // numbers
    std::size_t most = 0;  // cells; what is longer is cut. 0: as it is
};

struct Cell {
    std::string text;
    std::string_view colour{};  // of terminal.hpp; used only where there are colours
};

class Table {
public:
    // `width` cells, 0 for no limit: then nothing is cut.
    Table(std::vector<Column> columns, std::size_t width, bool colours);
    // One cell for each column.
    void add(std::vector<Cell> cells);
    std::string text() const;

private:
    void append_row(std::string& text, const std::vector<Cell>& row,
                    const std::vector<std::size_t>& widths) const;

    std::vector<Column> m_columns;
    std::size_t m_width;
    bool m_colours;
    std::vector<std::vector<Cell>> m_rows;
};

// Safe to show on one line, and as wide in every terminal.
std::string cell_text(std::string_view text);
// Cut to that many cells, with a mark.
std::string cut_to_cells(std::string_view text, std::size_t cells);

}  // namespace opentraces::cli
