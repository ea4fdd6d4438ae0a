// A TCP server on a free loopback port whose test decides every byte.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "loopback_listener.hpp"

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
            if (sent <= 0) return close();
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    // The client still listens, as far as the last write can tell.
    bool is_open() const { return m_open; }
    void close() {
        m_open = false;
        ::shutdown(m_socket, SHUT_RDWR);
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
    bool m_open = true;
    std::string m_buffer;
};

// Connections are handled one after the other; each is closed when its handler returns.
class RawServer {
public:
    explicit RawServer(std::function<void(RawConnection&)> handler) {
        m_listener.start([this, handler = std::move(handler)](int client) {
            ++m_connections;
            RawConnection connection(client);
            handler(connection);
        });
    }
    ~RawServer() { m_listener.stop(); }
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_listener.port()); }
    int connections() const { return m_connections; }

private:
    std::atomic<int> m_connections{0};
    LoopbackListener m_listener;
};

}  // namespace opentraces::testing
