// A screen as a value: what every view paints into, and what tests read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/review/style.hpp"

namespace opentraces::cli::review {

struct Size {
    std::size_t rows = 24;
    std::size_t columns = 80;
    bool operator==(const Size&) const = default;
};

struct Place {
    std::size_t row = 0;
    std::size_t column = 0;
    bool operator==(const Place&) const = default;
};

struct GridCell {
    std::string text = " ";  // one letter with its marks; empty: the right half of a wide one
    Style style;
    bool operator==(const GridCell&) const = default;
};

// The gate for text from outside: whatever is put, no cell holds what a terminal obeys or does not show.
class Grid {
public:
    explicit Grid(Size size) : m_size(size), m_cells(size.rows * size.columns) {}

    Size size() const { return m_size; }
    const GridCell& at(std::size_t row, std::size_t column) const {
        return m_cells[row * m_size.columns + column];
    }

    // Text from anywhere, as shown() makes it; what has no room is cut, a wide letter never in half. Answers
    // the column behind it.
    std::size_t put(std::size_t row, std::size_t column, std::string_view text, Style style,
                    std::size_t most = std::string_view::npos);
    // Blanks.
    void fill(std::size_t row, std::size_t column, std::size_t columns, Style style);
    // Gives cells that are there another look.
    void restyle(std::size_t row, std::size_t column, std::size_t columns, Style style);

    std::optional<Place> cursor;  // where the user types; none: not shown
    // Rows without blanks at their ends, each with its line end.
    std::string text() const;

private:
    void set(std::size_t row, std::size_t column, GridCell to);
    void add_mark(std::size_t row, std::size_t column, std::string_view mark);
    GridCell& cell(std::size_t row, std::size_t column) { return m_cells[row * m_size.columns + column]; }

    Size m_size;
    std::vector<GridCell> m_cells;
};

// On one line, safe and as wide as cells_of() says: as printable_text(), a tab is four blanks.
std::string shown(std::string_view text);

}  // namespace opentraces::cli::review
