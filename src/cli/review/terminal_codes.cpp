#include "cli/review/terminal_codes.hpp"

#include <unistd.h>

#include <fmt/format.h>

// Its macros are as common as words can be: last, and nowhere else.
#include <curses.h>
#include <term.h>

namespace opentraces::cli::review {
namespace {

constexpr int k_least_colours = 8;

// What xterm made and all others took over: presses, drags and the wheel, with places of any size; pasted
// text between brackets, so that none of it is taken for keys.
constexpr const char* k_mouse_and_paste_on = "\x1b[?1002h\x1b[?1006h\x1b[?2004h";
constexpr const char* k_mouse_and_paste_off = "\x1b[?2004l\x1b[?1006l\x1b[?1002l";

// Pauses ("$<5>") were for terminals of metal.
std::string without_pauses(std::string text) {
    for (std::size_t at = 0; (at = text.find("$<", at)) != std::string::npos;) {
        const std::size_t end = text.find('>', at);
        if (end == std::string::npos) break;
        text.erase(at, end - at + 1);
    }
    return text;
}

std::string capability(const char* name) {
    const char* const text = ::tigetstr(const_cast<char*>(name));
    return text == nullptr || text == reinterpret_cast<char*>(-1) ? "" : without_pauses(text);
}

std::string with_numbers(const std::string& text, int first, int second) {
    const char* const result = ::tparm(const_cast<char*>(text.c_str()), first, second, 0, 0, 0, 0, 0, 0, 0);
    return result == nullptr ? "" : result;
}

int ansi_number(Colour colour) {
    switch (colour) {
        case Colour::Red:
            return 1;
        case Colour::Green:
            return 2;
        case Colour::Yellow:
            return 3;
        case Colour::Blue:
            return 4;
        case Colour::Cyan:
            return 6;
        case Colour::Own:
            break;
    }
    return 0;
}

}  // namespace

TerminalCodes TerminalCodes::built_in(bool colours) {
    TerminalCodes codes;
    codes.m_colours = colours;
    codes.m_enter = "\x1b[?1049h";
    codes.m_leave = "\x1b[?1049l";
    codes.m_keys_on = "\x1b[?1h";
    codes.m_keys_off = "\x1b[?1l";
    codes.m_no_wrap = "\x1b[?7l";
    codes.m_wrap = "\x1b[?7h";
    codes.m_clear = "\x1b[H\x1b[2J";
    codes.m_show_cursor = "\x1b[?25h";
    codes.m_hide_cursor = "\x1b[?25l";
    codes.m_plain = "\x1b[0m";
    codes.m_bold = "\x1b[1m";
    codes.m_dim = "\x1b[2m";
    codes.m_underline = "\x1b[4m";
    codes.m_reverse = "\x1b[7m";
    return codes;
}

TerminalCodes TerminalCodes::of(const std::string& name, bool colours) {
    int found = 0;
    if (::setupterm(const_cast<char*>(name.c_str()), STDOUT_FILENO, &found) != OK || found != 1)
        return built_in(colours);
    TerminalCodes codes;
    codes.m_move = capability("cup");
    codes.m_clear = capability("clear");
    // One that cannot be addressed is none that this entry describes rightly.
    if (codes.m_move.empty() || codes.m_clear.empty()) return built_in(colours);
    codes.m_foreground = capability("setaf");
    codes.m_colours =
        colours && !codes.m_foreground.empty() && ::tigetnum(const_cast<char*>("colors")) >= k_least_colours;
    codes.m_enter = capability("smcup");
    codes.m_leave = capability("rmcup");
    codes.m_keys_on = capability("smkx");
    codes.m_keys_off = capability("rmkx");
    codes.m_no_wrap = capability("rmam");
    codes.m_wrap = capability("smam");
    codes.m_show_cursor = capability("cnorm");
    codes.m_hide_cursor = capability("civis");
    codes.m_plain = capability("sgr0");
    codes.m_bold = capability("bold");
    codes.m_dim = capability("dim");
    codes.m_underline = capability("smul");
    codes.m_reverse = capability("rev");
    return codes;
}

std::string TerminalCodes::enter() const {
    return m_enter + m_keys_on + m_no_wrap + k_mouse_and_paste_on + m_hide_cursor + m_clear;
}

std::string TerminalCodes::leave() const {
    return m_plain + k_mouse_and_paste_off + m_wrap + m_keys_off + m_show_cursor + m_leave;
}

std::string TerminalCodes::move(std::size_t row, std::size_t column) const {
    if (m_move.empty()) return fmt::format("\x1b[{};{}H", row + 1, column + 1);
    return with_numbers(m_move, static_cast<int>(row), static_cast<int>(column));
}

std::string TerminalCodes::style(const Style& style) const {
    std::string text = m_plain;
    if (style.bold) text += m_bold;
    if (style.dim) text += m_dim;
    if (style.underline) text += m_underline;
    if (style.reverse) text += m_reverse;
    if (!m_colours || style.colour == Colour::Own) return text;
    const int number = ansi_number(style.colour);
    return text +
           (m_foreground.empty() ? fmt::format("\x1b[3{}m", number) : with_numbers(m_foreground, number, 0));
}

}  // namespace opentraces::cli::review
