#include "http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <stdexcept>

namespace hub_emulator {
namespace {

constexpr std::size_t k_max_head = 1U << 20;
constexpr std::size_t k_read_size = 1U << 16;
constexpr std::uint64_t k_max_body = 1ULL << 33;

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool receive_more(int socket, std::string& buffer) {
    const auto old = buffer.size();
    buffer.resize(old + k_read_size);
    const auto got = ::recv(socket, buffer.data() + old, k_read_size, 0);
    buffer.resize(old + (got > 0 ? static_cast<std::size_t>(got) : 0));
    return got > 0;
}

bool receive_until(int socket, std::string& buffer, std::size_t size) {
    buffer.reserve(size);
    while (buffer.size() < size) {
        if (!receive_more(socket, buffer)) {
            return false;
        }
    }
    return true;
}

// Moves one CRLF-terminated line out of the buffer.
bool read_line(int socket, std::string& buffer, std::string& line) {
    auto end = buffer.find("\r\n");
    while (end == std::string::npos) {
        if (buffer.size() > k_max_head || !receive_more(socket, buffer)) {
            return false;
        }
        end = buffer.find("\r\n");
    }
    line = buffer.substr(0, end);
    buffer.erase(0, end + 2);
    return true;
}

bool read_head(int socket, std::string& buffer, HttpRequest& request) {
    std::string line;
    do {
        if (!read_line(socket, buffer, line)) {
            return false;
        }
    } while (line.empty());
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string::npos || last <= first) {
        return false;
    }
    request.method = line.substr(0, first);
    request.set_target(line.substr(first + 1, last - first - 1));
    while (read_line(socket, buffer, line)) {
        if (line.empty()) {
            return true;
        }
        const auto colon = line.find(':');
        if (colon == std::string::npos) {
            return false;
        }
        const auto start = line.find_first_not_of(" \t", colon + 1);
        const auto end = line.find_last_not_of(" \t");
        request.headers.emplace_back(line.substr(0, colon),
                                     start == std::string::npos ? "" : line.substr(start, end - start + 1));
    }
    return false;
}

bool read_chunked(int socket, std::string& buffer, std::string& body, std::uint64_t limit) {
    std::string line;
    while (read_line(socket, buffer, line)) {
        const auto size = std::strtoull(line.c_str(), nullptr, 16);
        if (size == 0) {
            while (read_line(socket, buffer, line) && !line.empty()) {
            }
            return true;
        }
        if (size > k_max_body || body.size() + size > limit || !receive_until(socket, buffer, size + 2)) {
            return false;
        }
        body.append(buffer, 0, size);
        buffer.erase(0, size + 2);
    }
    return false;
}

bool read_sized(int socket, std::string& buffer, std::string& body, std::uint64_t size, std::uint64_t limit) {
    if (!receive_until(socket, buffer, static_cast<std::size_t>(std::min(size, limit)))) {
        return false;
    }
    if (limit < size) {
        return false;
    }
    if (buffer.size() == size) {
        body.swap(buffer);
        buffer.clear();
    } else {
        body = buffer.substr(0, static_cast<std::size_t>(size));
        buffer.erase(0, static_cast<std::size_t>(size));
    }
    return true;
}

bool read_body(int socket, std::string& buffer, HttpRequest& request, std::uint64_t limit) {
    const auto* length = request.header("Content-Length");
    request.chunked = to_lower(request.header_or("Transfer-Encoding")).find("chunked") != std::string::npos;
    if (to_lower(request.header_or("Expect")) == "100-continue" &&
        !send_all(socket, "HTTP/1.1 100 Continue\r\n\r\n")) {
        return false;
    }
    if (request.chunked) {
        return read_chunked(socket, buffer, request.body, limit);
    }
    const std::uint64_t size = length != nullptr ? std::strtoull(length->c_str(), nullptr, 10) : 0;
    return size <= k_max_body && read_sized(socket, buffer, request.body, size, limit);
}

std::string chunked_body(std::string_view body) {
    constexpr std::size_t k_chunk = 4096;
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += k_chunk) {
        const auto piece = body.substr(at, k_chunk);
        char size[24];
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        out.append(size).append(piece).append("\r\n");
    }
    return out + "0\r\n\r\n";
}

// True if the connection may serve another request.
bool write_reply(int socket, const HttpRequest& request, const Reply& reply) {
    const auto& response = reply.response;
    const bool no_body = request.method == "HEAD" || response.status == 304 || response.status == 204;
    const bool close = reply.truncate_at.has_value() || reply.after != nullptr ||
                       to_lower(request.header_or("Connection")) == "close";
    std::string head =
        "HTTP/1.1 " + std::to_string(response.status) + " " + reason_phrase(response.status) + "\r\n";
    for (const auto& [name, value] : response.headers) {
        head += name + ": " + value + "\r\n";
    }
    if (response.chunked) {
        head += "Transfer-Encoding: chunked\r\n";
    } else if (response.status != 304) {
        head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    }
    head += close ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
    if (!send_all(socket, head)) {
        return false;
    }
    if (no_body) {
        return !close;
    }
    if (response.chunked) {
        return send_all(socket, chunked_body(response.body)) && !close;
    }
    const std::string_view body(response.body);
    return send_all(socket,
                    body.substr(0, static_cast<std::size_t>(reply.truncate_at.value_or(body.size())))) &&
           !close;
}

int bind_socket(int family, const sockaddr* address, socklen_t length) {
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6) {
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (::bind(fd, address, length) != 0 || ::listen(fd, 128) != 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

}  // namespace

HttpServer::~HttpServer() {
    stop();
}

void HttpServer::listen_on_loopback(int port) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = bind_socket(AF_INET, reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
    if (fd < 0) {
        throw std::runtime_error("cannot listen on 127.0.0.1:" + std::to_string(port));
    }
    m_listeners.push_back(fd);
    socklen_t length = sizeof v4;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&v4), &length);
    m_port = ntohs(v4.sin_port);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<std::uint16_t>(m_port));
    v6.sin6_addr = in6addr_loopback;
    if (const int fd6 = bind_socket(AF_INET6, reinterpret_cast<const sockaddr*>(&v6), sizeof v6); fd6 >= 0) {
        m_listeners.push_back(fd6);
    }
}

void HttpServer::start(int port, Origin origin, Hooks hooks) {
    m_origin = origin;
    m_hooks = std::move(hooks);
    m_stopping = false;
    listen_on_loopback(port);
    if (::pipe(m_wake) != 0) {
        throw std::runtime_error("cannot create a pipe");
    }
    m_acceptor = std::thread([this] { accept_loop(); });
}

void HttpServer::stop() {
    if (!m_acceptor.joinable()) {
        return;
    }
    m_stopping = true;
    if (::write(m_wake[1], "x", 1) < 0) {
        std::abort();
    }
    m_acceptor.join();
    for (const int fd : m_listeners) {
        ::close(fd);
    }
    m_listeners.clear();
    {
        const std::lock_guard lock(m_mutex);
        for (auto& connection : m_connections) {
            if (!connection.finished) {
                ::shutdown(connection.socket, SHUT_RDWR);
            }
        }
    }
    for (auto& connection : m_connections) {
        connection.thread.join();
    }
    m_connections.clear();
    ::close(m_wake[0]);
    ::close(m_wake[1]);
}

void HttpServer::join_finished() {
    m_connections.remove_if([](Connection& connection) {
        if (connection.finished) {
            connection.thread.join();
            return true;
        }
        return false;
    });
}

void HttpServer::accept_loop() {
    std::vector<pollfd> polls;
    for (const int fd : m_listeners) {
        polls.push_back({fd, POLLIN, 0});
    }
    polls.push_back({m_wake[0], POLLIN, 0});
    while (!m_stopping) {
        if (::poll(polls.data(), polls.size(), -1) < 0) {
            continue;
        }
        for (std::size_t i = 0; i + 1 < polls.size(); ++i) {
            if ((polls[i].revents & POLLIN) == 0) {
                continue;
            }
            const int socket = ::accept4(polls[i].fd, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) {
                continue;
            }
            const int on = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            const std::lock_guard lock(m_mutex);
            join_finished();
            auto& connection = m_connections.emplace_back();
            connection.socket = socket;
            connection.thread = std::thread([this, &connection] { serve(connection); });
        }
    }
}

void HttpServer::serve(Connection& connection) {
    std::string buffer;
    try {
        while (!m_stopping && serve_one(connection.socket, buffer)) {
        }
    } catch (const std::exception& error) {
        std::cerr << "hub emulator: connection closed: " << error.what() << "\n";
    }
    const std::lock_guard lock(m_mutex);
    ::close(connection.socket);
    connection.finished = true;
}

bool HttpServer::serve_one(int socket, std::string& buffer) {
    HttpRequest request;
    request.origin = m_origin;
    if (!read_head(socket, buffer, request)) {
        return false;
    }
    const auto limit = m_hooks.body_limit ? m_hooks.body_limit(request) : std::nullopt;
    if (!read_body(socket, buffer, request, limit.value_or(UINT64_MAX)) || limit) {
        return false;
    }
    const Reply reply = m_hooks.handle(request);
    if (reply.drop) {
        return false;
    }
    const bool again = write_reply(socket, request, reply);
    if (reply.after) {
        ::shutdown(socket, SHUT_RDWR);
        reply.after();
    }
    return again;
}

}  // namespace hub_emulator
