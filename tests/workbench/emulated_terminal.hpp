// The real program on a pseudo-terminal, and what a terminal shows of it: an emulator (libvterm) reads what
// it writes.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workbench/workbench.hpp"

namespace opentraces::testing {

class EmulatedTerminal {
public:
    // Starts the program in the bench's folder and environment, with TERM as `type`.
    EmulatedTerminal(Workbench& bench, const std::vector<std::string>& arguments, std::size_t rows = 24,
                     std::size_t columns = 80, const std::string& type = "xterm-256color");
    ~EmulatedTerminal();
    EmulatedTerminal(const EmulatedTerminal&) = delete;
    EmulatedTerminal& operator=(const EmulatedTerminal&) = delete;

    void type(std::string_view bytes);
    void resize(std::size_t rows, std::size_t columns);
    void send(int signal) const;

    // The screen as text, blanks at the ends of rows left out.
    std::string screen();
    std::string row(std::size_t number);
    // Waits until the screen says so; fails the test after 30 s.
    void wait_for(std::string_view text);
    // Until it does not.
    void wait_until_gone(std::string_view text);
    // Until nothing comes for a while: to be used where the screen alone cannot tell.
    void settle();
    // The exit status, once the program has ended; what it leaves on the screen is read.
    int wait();

    // Letters with that look on the screen, row by row.
    enum class Look { Bold, Reverse, Coloured };
    std::string letters_with(Look look);
    bool on_other_screen() const;  // the one that full-screen programs use
    bool reports_mouse() const;
    bool cursor_is_visible() const;
    // Echo and lines, as a shell needs them.
    bool is_cooked() const;
    // All bytes that the program has written.
    const std::string& written() const { return m_written; }

private:
    struct Emulator;
    bool take(int milliseconds);

    int m_master = -1;
    int m_slave = -1;  // kept open, so that its settings can be looked at
    pid_t m_child = -1;
    int m_status = -1;
    std::string m_written;
    std::unique_ptr<Emulator> m_emulator;
};

}  // namespace opentraces::testing
