#include "opentraces/cli/posix_terminal.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>

#include "cli/pager.hpp"
#include "cli/review/posix_screen.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_buffer = std::size_t{64} << 10;
constexpr int k_last_words_ms = 500;

int columns(const Environment& environment) {
    constexpr int k_most = 1000;  // tables are padded: nobody's COLUMNS may fill the memory
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return std::min<int>(size.ws_col, k_most);
    const std::string text = environment.get("COLUMNS").value_or("");
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value > 0 ? std::min(value, k_most) : 80;
}

// A file takes what it is given; anything else may make the writer wait.
bool takes_at_once(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

// Turns the echo off until destroyed.
class NoEcho {
public:
    explicit NoEcho(int fd) : m_fd(fd), m_active(::tcgetattr(fd, &m_before) == 0) {
        termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (m_active) ::tcsetattr(m_fd, TCSAFLUSH, &quiet);
    }
    ~NoEcho() {
        if (m_active) ::tcsetattr(m_fd, TCSAFLUSH, &m_before);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    int m_fd;
    termios m_before{};
    bool m_active;
};

class PosixTerminal final : public Terminal {
public:
    PosixTerminal(const Environment& environment, Checkpoint& checkpoint)
        : m_environment(environment),
          m_checkpoint(checkpoint),
          m_width(columns(environment)),
          m_out_is_terminal(::isatty(STDOUT_FILENO) == 1),
          m_out_takes_at_once(takes_at_once(STDOUT_FILENO)),
          m_colour(m_out_is_terminal && !environment.get("NO_COLOR") &&
                   environment.get("TERM").value_or("") != "dumb") {}

    std::size_t read(char* buffer, std::size_t size) override {
        while (true) {
            m_checkpoint.wait_readable(STDIN_FILENO);
            const ssize_t count = ::read(STDIN_FILENO, buffer, size);
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno == EINTR) continue;
            throw Error(ErrorCode::DiskFailed,
                        std::string("cannot read standard input: ") + std::strerror(errno));
        }
    }

    bool in_is_terminal() const override { return ::isatty(STDIN_FILENO) == 1; }
    bool out_is_terminal() const override { return m_out_is_terminal; }
    bool err_is_terminal() const override { return ::isatty(STDERR_FILENO) == 1; }
    int width() const override { return m_width; }
    bool colour() const override { return m_colour; }

    std::chrono::seconds utc_offset(TimePoint at) const override {
        const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
        std::tm local{};
        return std::chrono::seconds(::localtime_r(&seconds, &local) == nullptr ? 0 : local.tm_gmtoff);
    }

    std::optional<std::string> ask(std::string_view prompt) override {
        err(prompt);
        return read_line();
    }

    std::optional<std::string> ask_hidden(std::string_view prompt) override {
        // First, because it drops what was typed before: nobody may reply to a question and be unheard.
        const NoEcho no_echo(STDIN_FILENO);
        err(prompt);
        auto line = read_line();
        err("\n");
        return line;
    }

    void page() override {
        if (m_pager || !m_out_is_terminal) return;
        const auto command = pager_command(m_environment);
        if (!command) return;
        write_pending();
        m_pager = Pager::start(*command, m_environment);
    }

    std::unique_ptr<review::Screen> open_screen() override {
        const std::string name = m_environment.get("TERM").value_or("dumb");
        if (!in_is_terminal() || !m_out_is_terminal || name == "dumb") return nullptr;
        flush();
        return review::posix_screen(review::TerminalCodes::of(name, m_colour), m_checkpoint);
    }

    void flush() override {
        write_pending();
        m_pager.reset();
    }

protected:
    void write_out(std::string_view bytes) override {
        m_pending.append(bytes);
        if (m_pending.size() >= k_buffer) write_pending();
    }

    void write_err(std::string_view bytes) override {
        flush();
        write_all(STDERR_FILENO, bytes);
    }

private:
    void write_pending() {
        const std::string pending = std::move(m_pending);
        m_pending.clear();
        write_all(STDOUT_FILENO, pending);
    }

    std::optional<std::string> read_line() {
        std::string line;
        char c = 0;
        while (read(&c, 1) == 1) {
            if (c == '\n') return line;
            line.push_back(c);
        }
        if (line.empty()) return std::nullopt;
        return line;
    }

    int out_descriptor() const { return m_pager ? m_pager->descriptor() : STDOUT_FILENO; }

    // Somebody who does not read is waited for; but once the end was asked for, nothing more is said there.
    void wait_for_reader() {
        if (m_checkpoint.stop_requested()) {
            pollfd out{out_descriptor(), POLLOUT, 0};
            m_stalled = ::poll(&out, 1, k_last_words_ms) <= 0;
            return;
        }
        try {
            m_checkpoint.wait_writable(out_descriptor());
        } catch (const Error&) {
            m_stalled = true;
            throw;
        }
    }

    // A reader that went away (EPIPE) ends the output quietly, as in any pipe.
    void write_all(int fd, std::string_view text) {
        while (!text.empty() && !(fd == STDOUT_FILENO && m_reader_gone)) {
            const bool may_wait = fd == STDOUT_FILENO && (m_pager || !m_out_takes_at_once);
            if (may_wait) wait_for_reader();
            if (may_wait && m_stalled) return;
            // What a pipe that is ready takes without waiting.
            const std::size_t most = may_wait ? PIPE_BUF : text.size();
            const int descriptor = fd == STDOUT_FILENO ? out_descriptor() : fd;
            const ssize_t count = ::write(descriptor, text.data(), std::min(text.size(), most));
            if (count >= 0) {
                text.remove_prefix(static_cast<std::size_t>(count));
            } else if (errno != EINTR) {
                if (fd == STDERR_FILENO) return;
                if (errno == EPIPE) {
                    m_reader_gone = true;
                    return;
                }
                throw Error(ErrorCode::DiskFailed,
                            std::string("cannot write to standard output: ") + std::strerror(errno));
            }
        }
    }

    Environment m_environment;
    Checkpoint& m_checkpoint;
    int m_width;
    bool m_out_is_terminal;
    bool m_out_takes_at_once;
    bool m_colour;
    bool m_reader_gone = false;
    bool m_stalled = false;
    std::string m_pending;
    std::unique_ptr<Pager> m_pager;
};

}  // namespace

std::unique_ptr<Terminal> posix_terminal(const Environment& environment, Checkpoint& checkpoint) {
    return std::make_unique<PosixTerminal>(environment, checkpoint);
}

}  // namespace opentraces::cli
