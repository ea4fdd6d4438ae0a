// What a terminal wants to be told: from its entry in terminfo, or, where there is none, what ECMA-48 and
// xterm say, as every terminal of today understands it.
#pragma once

#include <cstddef>
#include <string>

#include "cli/review/style.hpp"

namespace opentraces::cli::review {

class TerminalCodes {
public:
    // `name` as TERM has it. Without `colours` there are attributes only.
    static TerminalCodes of(const std::string& name, bool colours);
    // Without terminfo.
    static TerminalCodes built_in(bool colours);

    std::string enter() const;  // the screen that one leaves again; mouse and pasted text are told of
    std::string leave() const;  // all of it back
    std::string move(std::size_t row, std::size_t column) const;
    std::string style(const Style& style) const;  // whatever was before
    const std::string& clear() const { return m_clear; }
    const std::string& show_cursor() const { return m_show_cursor; }
    const std::string& hide_cursor() const { return m_hide_cursor; }

private:
    bool m_colours = false;
    std::string m_enter, m_leave, m_keys_on, m_keys_off, m_no_wrap, m_wrap;
    std::string m_clear, m_show_cursor, m_hide_cursor, m_move;
    std::string m_plain, m_bold, m_dim, m_underline, m_reverse, m_foreground;
};

}  // namespace opentraces::cli::review
