// Progress on standard error: a bar on a terminal, plain lines otherwise, nothing when quiet.
#pragma once

#include <string>

#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/flow/progress.hpp"

namespace opentraces::cli {

class TerminalProgress final : public flow::Progress {
public:
    TerminalProgress(Terminal& terminal, Clock& clock) : m_terminal(terminal), m_clock(clock) {}
    void set_quiet(bool quiet) { m_quiet = quiet; }
    void note(std::string_view text) override;
    void warning(std::string_view text) override;
    void upload(std::string_view path, std::uint64_t sent, std::uint64_t total) override;

private:
    void draw_bar(std::string_view path, std::uint64_t sent, std::uint64_t total);
    void end_bar();

    Terminal& m_terminal;
    Clock& m_clock;
    bool m_quiet = false;
    bool m_bar = false;
    std::string m_path;
    TimePoint m_started{};
    TimePoint m_drawn{};
};

// "12.3 MB", decimal units.
std::string bytes_text(std::uint64_t bytes);

}  // namespace opentraces::cli
