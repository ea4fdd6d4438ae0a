#include "opentraces/cli/terminal.hpp"

#include <algorithm>
#include <array>

#include "cli/cells.hpp"
#include "cli/review/screen.hpp"
#include "opentraces/core/printable.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::array k_colours{k_green, k_yellow, k_red, k_bold, k_dim, k_plain};

std::string with_colours(std::string_view text) {
    std::string shown;
    std::size_t begin = 0;
    for (std::size_t at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b', at)) {
        const std::string_view rest = text.substr(at);
        const auto* const colour =
            std::find_if(k_colours.begin(), k_colours.end(),
                         [rest](std::string_view sequence) { return rest.starts_with(sequence); });
        if (colour == k_colours.end()) {
            ++at;
            continue;
        }
        shown.append(printable_text(text.substr(begin, at - begin))).append(*colour);
        begin = at += colour->size();
    }
    return shown.append(printable_text(text.substr(begin)));
}

}  // namespace

void Terminal::out(std::string_view text) {
    write_out(colour() ? with_colours(text) : printable_text(text));
}

void Terminal::err(std::string_view text) {
    write_err(printable_text(text));
}

void Terminal::data(std::string_view bytes) {
    m_has_data = true;
    if (out_is_terminal()) {
        out(bytes);
    } else {
        write_out(bytes);
    }
}

void Terminal::redraw(std::string_view line) {
    const std::string printable = printable_line(line);
    // A line that reaches the last column wraps on some terminals.
    const std::string_view shown = first_cells(printable, static_cast<std::size_t>(std::max(width(), 2)) - 1);
    const std::size_t cells = cells_of(shown);
    std::string text = "\r" + std::string(shown);
    if (m_drawn > cells) text += std::string(m_drawn - cells, ' ');
    if (cells == 0) text += '\r';
    m_drawn = cells;
    write_err(text);
}

std::unique_ptr<review::Screen> Terminal::open_screen() {
    return nullptr;
}

}  // namespace opentraces::cli
