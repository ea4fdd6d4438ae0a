// A TCP server on a free loopback port whose test decides every byte.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "catch.hpp"

namespace opentraces::testing {

// One accepted connection.
class RawConnection {
public:
    explicit RawConnection(int socket) : m_socket(socket) {}

    // Bytes up to the end of the request's header block; empty when the client has closed.
    std::string read_head() {
        while (m_buffer.find("\r\n\r\n") == std::string::npos)
            if (!fill()) return {};
        const std::size_t end = m_buffer.find("\r\n\r\n") + 4;
        std::string head = m_buffer.substr(0, end);
        m_buffer.erase(0, end);
        return head;
    }
    std::string read_body(std::size_t size) {
        while (m_buffer.size() < size)
            if (!fill()) break;
        std::string body = m_buffer.substr(0, size);
        m_buffer.erase(0, size);
        return body;
    }
    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void answer(std::string_view status, std::string_view headers, std::string_view body) {
        write("HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    }

private:
    bool fill() {
        char buffer[65536];
        const ssize_t got = ::recv(m_socket, buffer, sizeof buffer, 0);
        if (got > 0) m_buffer.append(buffer, static_cast<std::size_t>(got));
        return got > 0;
    }
    int m_socket;
    std::string m_buffer;
};

// Connections are handled one after the other; each is closed when its handler returns.
class RawServer {
public:
    explicit RawServer(std::function<void(RawConnection&)> handler) : m_handler(std::move(handler)) {
        m_listener = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(m_listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(m_listener, 8) == 0);
        socklen_t size = sizeof address;
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { serve(); });
    }
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;
    ~RawServer() {
        m_stopping = true;
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    int connections() const { return m_connections; }

private:
    void serve() {
        while (!m_stopping) {
            const int client = ::accept(m_listener, nullptr, nullptr);
            if (client < 0) continue;
            ++m_connections;
            RawConnection connection(client);
            m_handler(connection);
            ::close(client);
        }
    }

    std::function<void(RawConnection&)> m_handler;
    int m_listener = -1;
    int m_port = 0;
    std::atomic<bool> m_stopping{false};
    std::atomic<int> m_connections{0};
    std::thread m_thread;
};

}  // namespace opentraces::testing
