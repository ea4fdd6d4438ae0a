// A small blocking HTTP/1.1 server: one thread per connection, keep-alive, Content-Length and chunked bodies.
// It exists, instead of a library, because the faults need the socket: cutting a request body after N bytes,
// closing without an answer, and sending half of an announced body.
#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "http_message.hpp"

namespace hub_emulator {

class HttpServer {
public:
    struct Hooks {
        // Called with the head only. A value closes the connection after that many body bytes.
        std::function<std::optional<std::uint64_t>(const HttpRequest&)> body_limit;
        std::function<Reply(HttpRequest&)> handle;
    };

    HttpServer() = default;
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Binds 127.0.0.1 (and ::1 when available, for clients that resolve `localhost` to it first).
    void start(int port, Origin origin, Hooks hooks);
    void stop();
    int port() const { return m_port; }

private:
    struct Connection {
        int socket = -1;
        std::thread thread;
        std::atomic<bool> finished{false};
    };

    void listen_on_loopback(int port);
    void accept_loop();
    void serve(Connection& connection);
    bool serve_one(int socket, std::string& buffer);
    void join_finished();

    std::vector<int> m_listeners;
    int m_wake[2] = {-1, -1};
    int m_port = 0;
    Origin m_origin = Origin::k_hub;
    Hooks m_hooks;
    std::atomic<bool> m_stopping{false};
    std::thread m_acceptor;
    std::mutex m_mutex;
    std::list<Connection> m_connections;
};

}  // namespace hub_emulator
