// The terminal as a port, and the gate for text from outside.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/core/clock.hpp"

namespace opentraces::cli::review {
class Screen;
}

namespace opentraces::cli {

// Colours that answers may use where colour() is true: the only control sequences that out() lets through.
inline constexpr std::string_view k_green = "\x1b[32m";
inline constexpr std::string_view k_yellow = "\x1b[33m";
inline constexpr std::string_view k_red = "\x1b[31m";
inline constexpr std::string_view k_bold = "\x1b[1m";
inline constexpr std::string_view k_dim = "\x1b[2m";
inline constexpr std::string_view k_plain = "\x1b[0m";

class Terminal {
public:
    virtual ~Terminal() = default;
    // Text for people and JSON answers. Whatever it was made from, nothing in it can drive a terminal or
    // hide: see printable_text().
    void out(std::string_view text);
    void err(std::string_view text);
    // What a filter was asked for, byte for byte; as out() when standard output is a terminal.
    void data(std::string_view bytes);
    // Standard output belongs to data by now: what else there is to say belongs on standard error.
    bool has_data() const { return m_has_data; }
    // Writes one line of standard error over the one before, cut to fit, without any control sequence: that
    // is right on every terminal. An empty one clears it.
    void redraw(std::string_view line);

    // Bytes of standard input, 0 at the end.
    virtual std::size_t read(char* buffer, std::size_t size) = 0;
    virtual bool in_is_terminal() const = 0;
    virtual bool out_is_terminal() const = 0;
    virtual bool err_is_terminal() const = 0;
    virtual int width() const = 0;  // columns, 80 when unknown
    virtual bool colour() const = 0;
    // How far the clock on the user's wall is before UTC at that time.
    virtual std::chrono::seconds utc_offset(TimePoint) const { return {}; }
    // One line typed by the user, without the line end; nullopt at the end of input.
    virtual std::optional<std::string> ask(std::string_view prompt) = 0;
    virtual std::optional<std::string> ask_hidden(std::string_view prompt) = 0;
    // What out() is given from now on goes through the user's pager, if there is one and somebody sits there;
    // until flush(), or until something is to be said on standard error. A pager that cannot be run, or that
    // the user leaves early, is no error.
    virtual void page() {}
    // Everything printed has left the process, and the user the pager; Error DiskFailed if that was
    // impossible.
    virtual void flush() = 0;
    // The whole of it, until that is destroyed; null where there is none: a pipe, or a terminal that can do
    // nothing (TERM=dumb). Nothing is said by out() and err() meanwhile.
    virtual std::unique_ptr<review::Screen> open_screen();

protected:
    virtual void write_out(std::string_view bytes) = 0;
    virtual void write_err(std::string_view bytes) = 0;

private:
    bool m_has_data = false;
    std::size_t m_drawn = 0;  // cells of the line that redraw() has left
};

}  // namespace opentraces::cli
