#include "cli/review/posix_screen.hpp"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "cli/review/painter.hpp"
#include "opentraces/cli/signals.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::cli::review {
namespace {

constexpr long k_escape_wait_ms = 50;  // what follows an escape within it belongs to it
constexpr std::size_t k_most = 1000;   // rows and columns
constexpr std::array k_waking{SIGINT, SIGTERM, SIGHUP, SIGWINCH};

volatile sig_atomic_t g_resized = 0;
// What is left to do when the process ends at once.
termios g_before{};
std::string* g_leave = nullptr;

void on_resize(int) {
    g_resized = 1;
}

void restore_at_once() {
    if (g_leave == nullptr) return;
    [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, g_leave->data(), g_leave->size());
    ::tcsetattr(STDIN_FILENO, TCSANOW, &g_before);
}

// While it lives, signals come only where somebody waits for them: none gets lost between look and wait.
class HeldSignals {
public:
    HeldSignals() {
        sigset_t held;
        ::sigemptyset(&held);
        for (const int number : k_waking)
            ::sigaddset(&held, number);
        ::sigprocmask(SIG_BLOCK, &held, &m_before);
    }
    ~HeldSignals() { ::sigprocmask(SIG_SETMASK, &m_before, nullptr); }
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;
    const sigset_t& before() const { return m_before; }

private:
    sigset_t m_before;
};

class PosixScreen final : public Screen {
public:
    PosixScreen(TerminalCodes codes, Checkpoint& checkpoint)
        : m_painter(std::move(codes)), m_checkpoint(checkpoint), m_leave(m_painter.codes().leave()) {
        if (::tcgetattr(STDIN_FILENO, &m_before) != 0)
            throw Error(ErrorCode::DiskFailed, "standard input is no terminal that can be set up");
        struct sigaction action = {};
        action.sa_handler = &on_resize;
        ::sigemptyset(&action.sa_mask);
        ::sigaction(SIGWINCH, &action, &m_on_resize_before);
        g_before = m_before;
        g_leave = &m_leave;
        at_forced_end(&restore_at_once);
        enter();
    }
    ~PosixScreen() override {
        leave();
        at_forced_end(nullptr);
        g_leave = nullptr;
        ::sigaction(SIGWINCH, &m_on_resize_before, nullptr);
    }
    PosixScreen(const PosixScreen&) = delete;
    PosixScreen& operator=(const PosixScreen&) = delete;

    Size size() const override {
        winsize size{};
        if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
        return {std::min<std::size_t>(size.ws_row, k_most), std::min<std::size_t>(size.ws_col, k_most)};
    }

    void show(const Grid& grid) override { write_all(m_painter.paint(grid)); }

    Event next() override {
        while (true) {
            if (const auto event = m_keys.next(false)) return taken(*event);
            if (wait()) {
                read_keys();
            } else if (g_resized != 0) {
                g_resized = 0;
                m_painter.forget();
                return {.kind = Event::Kind::Resize};
            } else if (const auto event = m_keys.next(true)) {
                return taken(*event);
            }
        }
    }

private:
    void enter() {
        termios quiet = m_before;
        quiet.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
        quiet.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
        quiet.c_cc[VMIN] = 1;
        quiet.c_cc[VTIME] = 0;
        quiet.c_cc[VSUSP] = _POSIX_VDISABLE;  // comes as a key: the screen is left first
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        write_all(m_painter.codes().enter());
        m_painter.forget();
    }
    void leave() noexcept { restore_at_once(); }

    Event taken(const Event& event) {
        const bool aside = event.is(Key::Control) && event.letter == 'z';
        if (!aside) return event;
        leave();
        ::kill(0, SIGTSTP);
        enter();
        return {.kind = Event::Kind::Resize};
    }

    // True: there is something to read. False: a signal, or a started sequence that nothing follows.
    bool wait() {
        const HeldSignals held;
        m_checkpoint.check();
        if (g_resized != 0) return false;
        fd_set readable;
        FD_ZERO(&readable);
        FD_SET(STDIN_FILENO, &readable);
        timespec patience{0, k_escape_wait_ms * 1'000'000};
        const int ready = ::pselect(STDIN_FILENO + 1, &readable, nullptr, nullptr,
                                    m_keys.waits() ? &patience : nullptr, &held.before());
        m_checkpoint.check();
        return ready > 0;
    }

    void read_keys() {
        std::array<char, 4096> bytes{};
        const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (count <= 0) throw Error(ErrorCode::Interrupted, "the terminal is gone");
        m_keys.feed({bytes.data(), static_cast<std::size_t>(count)});
    }

    void write_all(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
            if (count >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(count));
            } else if (errno != EINTR && errno != EAGAIN) {
                throw Error(ErrorCode::Interrupted, "the terminal is gone");
            }
            m_checkpoint.check();
        }
    }

    Painter m_painter;
    Checkpoint& m_checkpoint;
    std::string m_leave;
    KeyDecoder m_keys;
    termios m_before{};
    struct sigaction m_on_resize_before = {};
};

}  // namespace

std::unique_ptr<Screen> posix_screen(TerminalCodes codes, Checkpoint& checkpoint) {
    return std::make_unique<PosixScreen>(std::move(codes), checkpoint);
}

}  // namespace opentraces::cli::review
