// From one screen to the next: the fewest bytes that need no thought.
#pragma once

#include <optional>
#include <string>

#include "cli/review/grid.hpp"
#include "cli/review/terminal_codes.hpp"

namespace opentraces::cli::review {

class Painter {
public:
    explicit Painter(TerminalCodes codes) : m_codes(std::move(codes)) {}

    const TerminalCodes& codes() const { return m_codes; }
    // What shows `grid`, after what was shown before.
    std::string paint(const Grid& grid);
    // Nobody knows what is on the screen: the next one is painted whole.
    void forget() { m_before.reset(); }

private:
    void paint_row(std::string& out, const Grid& grid, std::size_t row);

    TerminalCodes m_codes;
    std::optional<Grid> m_before;
    std::optional<Style> m_style;  // as the terminal has it now
};

}  // namespace opentraces::cli::review
