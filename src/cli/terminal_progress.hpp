// Progress on standard error: one line on a terminal, plain lines for what matters otherwise, nothing when
// quiet.
#pragma once

#include <string>

#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/flow/progress.hpp"

namespace opentraces::cli {

class TerminalProgress final : public flow::Progress {
public:
    TerminalProgress(Terminal& terminal, Clock& clock) : m_terminal(terminal), m_clock(clock) {}
    ~TerminalProgress() override { clear_work(); }
    TerminalProgress(const TerminalProgress&) = delete;
    TerminalProgress& operator=(const TerminalProgress&) = delete;
    void set_quiet(bool quiet) { m_quiet = quiet; }
    void note(std::string_view text) override;
    void warning(std::string_view text) override;
    void upload(std::string_view path, std::uint64_t sent, std::uint64_t total) override;
    // Shown once it has lasted a second; nothing of it is left on the screen.
    void working(std::string_view what, std::uint64_t done, std::uint64_t total) override;
    void working_bytes(std::string_view what, std::uint64_t done, std::uint64_t total) override;

private:
    using Show = std::string (*)(std::uint64_t);
    void draw_work(std::string_view what, std::uint64_t done, std::uint64_t total, Show show);
    void draw_bar(std::string_view path, std::uint64_t sent, std::uint64_t total);
    void end_bar();
    void clear_work();

    Terminal& m_terminal;
    Clock& m_clock;
    bool m_quiet = false;
    bool m_bar = false;
    bool m_working = false;  // its line is on the screen
    std::string m_path;
    std::string m_what;
    TimePoint m_started{};
    TimePoint m_drawn{};
    TimePoint m_work_started{};
    TimePoint m_work_drawn{};
};

// "12.3 MB", decimal units.
std::string bytes_text(std::uint64_t bytes);

}  // namespace opentraces::cli
