// HTTP as a port: one request, one answer, bodies streamed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace opentraces::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A request body that can be sent again from its start.
class BodySource {
public:
    virtual ~BodySource() = default;
    virtual std::uint64_t size() const = 0;
    virtual void rewind() = 0;
    virtual std::size_t read(char* buffer, std::size_t size) = 0;
};

struct Request {
    std::string method = "GET";
    std::string url;
    Headers headers;
    std::string body;  // used when body_source is null
    std::shared_ptr<BodySource> body_source;
    // Receives the answer's body when the status is 2xx; otherwise the body is collected in Response::body.
    std::function<void(std::string_view)> sink;
    // Told of the status before the sink gets its first byte; may be empty.
    std::function<void(int)> on_status;
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds patience{0};       // on top of Limits::stall_seconds
    std::chrono::seconds total_timeout{0};  // 0 = none
    // Told of bytes sent so far; may be empty.
    std::function<void(std::uint64_t)> on_sent;
    // Sending it twice has the effect of sending it once, so a lost answer may be retried.
    bool repeatable = true;
};

struct Response {
    int status = 0;
    Headers headers;   // names in lower case
    std::string body;  // at most 16 MiB kept
    std::string url;   // the request's
    std::optional<std::string> header(std::string_view lower_case_name) const;
};

// What kept an answer from arriving. Thrown by Transport::send; carries no URL query.
enum class TransportFailure { Connect, Resolve, Tls, Timeout, Broken, TooLarge, Interrupted };

class TransportError : public std::exception {
public:
    TransportError(TransportFailure failure, std::string message, bool request_may_have_arrived);
    TransportFailure failure() const { return m_failure; }
    // False only when nothing of the request can have reached the server.
    bool request_may_have_arrived() const { return m_may_have_arrived; }
    const char* what() const noexcept override { return m_message.c_str(); }

private:
    TransportFailure m_failure;
    std::string m_message;
    bool m_may_have_arrived;
};

// Never follows redirects, never adds credentials: the Hub client decides both.
class Transport {
public:
    virtual ~Transport() = default;
    virtual Response send(const Request& request) = 0;
};

}  // namespace opentraces::net
