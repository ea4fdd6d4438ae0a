// A peer that closes its connection must be an error, not a signal that ends the process. libcurl asks its
// callers to see to that when they use threads.
#pragma once

#include <signal.h>

#include <ctime>

namespace opentraces::net {

// Keeps SIGPIPE from this thread while it lives; leaves the process's own handling alone.
class SigpipeGuard {
public:
    SigpipeGuard() {
        sigset_t pending;
        sigpending(&pending);
        m_was_pending = sigismember(&pending, SIGPIPE) == 1;
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, &m_before);
    }
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;
    ~SigpipeGuard() {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        const timespec now{};
        if (!m_was_pending) sigtimedwait(&pipe, nullptr, &now);
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }

private:
    bool m_was_pending = false;
    sigset_t m_before{};
};

}  // namespace opentraces::net
