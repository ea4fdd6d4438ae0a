// The terminal as a port.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace opentraces::cli {

class Terminal {
public:
    virtual ~Terminal() = default;
    virtual void out(std::string_view text) = 0;
    virtual void err(std::string_view text) = 0;
    // Bytes of standard input, 0 at the end.
    virtual std::size_t read(char* buffer, std::size_t size) = 0;
    virtual bool in_is_terminal() const = 0;
    virtual bool out_is_terminal() const = 0;
    virtual bool err_is_terminal() const = 0;
    virtual int width() const = 0;  // columns, 80 when unknown
    virtual bool colour() const = 0;
    // One line typed by the user, without the line end; nullopt at the end of input.
    virtual std::optional<std::string> ask(std::string_view prompt) = 0;
    virtual std::optional<std::string> ask_hidden(std::string_view prompt) = 0;
    // Everything printed has left the process; Error DiskFailed if that was impossible.
    virtual void flush() = 0;
};

}  // namespace opentraces::cli
