#include "opentraces/cli/signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "opentraces/core/error.hpp"

namespace opentraces::cli {
namespace {

constexpr std::array k_signals{SIGINT, SIGTERM, SIGHUP};

volatile sig_atomic_t g_requested = 0;
// A byte in it wakes whoever waits for input: a flag alone could be set between the look and the wait.
std::array<int, 2> g_pipe{-1, -1};

void (*volatile g_at_forced_end)() = nullptr;

void end_at_once() {
    if (g_at_forced_end != nullptr) g_at_forced_end();
    ::_exit(static_cast<int>(ErrorKind::Interrupted));
}

void on_signal(int) {
    if (g_requested != 0) end_at_once();
    g_requested = 1;
    const int before = errno;
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(g_pipe[1], &byte, 1);
    errno = before;
}

class SignalCheckpoint final : public Checkpoint {
public:
    SignalCheckpoint() {
        if (::pipe2(g_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0)
            throw Error(ErrorCode::Internal, "no pipe for signals");
        for (const int number : k_signals) {
            struct sigaction action = {};
            if (::sigaction(number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
            action = {};
            action.sa_handler = &on_signal;
            ::sigemptyset(&action.sa_mask);
            ::sigaction(number, &action, nullptr);
        }
    }

    bool stop_requested() const override { return g_requested != 0; }
    void wait_readable(int descriptor) override { wait(descriptor, POLLIN); }
    void wait_writable(int descriptor) override { wait(descriptor, POLLOUT); }

private:
    void wait(int descriptor, short events) const {
        std::array<pollfd, 2> both{{{descriptor, events, 0}, {g_pipe[0], POLLIN, 0}}};
        do {
            check();
        } while (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR);
        check();
    }
};

}  // namespace

Checkpoint& catch_signals() {
    static SignalCheckpoint checkpoint;
    return checkpoint;
}

void at_forced_end(void (*action)()) {
    g_at_forced_end = action;
}

}  // namespace opentraces::cli
