// A TCP listener on a free port of 127.0.0.1 that hands connections, one after the other, to a thread of its
// own.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "catch.hpp"

namespace opentraces::testing {

class LoopbackListener {
public:
    LoopbackListener() {
        m_listener = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(m_listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(m_listener, 8) == 0);
        socklen_t size = sizeof address;
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
    }
    LoopbackListener(const LoopbackListener&) = delete;
    LoopbackListener& operator=(const LoopbackListener&) = delete;
    ~LoopbackListener() {
        stop();
        ::close(m_listener);
    }

    int port() const { return m_port; }
    // `handle` gets each connected socket, which is closed when it returns.
    void start(std::function<void(int)> handle) {
        m_thread = std::thread([this, handle = std::move(handle)] {
            while (!m_stopping) {
                const int client = ::accept(m_listener, nullptr, nullptr);
                if (client < 0) continue;
                handle(client);
                ::close(client);
            }
        });
    }
    // The handler is not called any more.
    void stop() {
        if (!m_thread.joinable()) return;
        m_stopping = true;
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
    }

private:
    int m_listener = -1;
    int m_port = 0;
    std::atomic<bool> m_stopping{false};
    std::thread m_thread;
};

}  // namespace opentraces::testing
