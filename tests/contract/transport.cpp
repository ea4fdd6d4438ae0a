// What the program relies on in its HTTP client.
#include "opentraces/net/transport.hpp"

#include <chrono>
#include <optional>
#include <thread>

#include "catch.hpp"
#include "doubles/raw_server.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/net/curl_transport.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using net::TransportFailure;

namespace {

// Counts to `size`, and knows how often it was started.
class Counting final : public net::BodySource {
public:
    explicit Counting(std::uint64_t size) : m_size(size) {}
    std::uint64_t size() const override { return m_size; }
    void rewind() override {
        m_at = 0;
        ++starts;
    }
    std::size_t read(char* buffer, std::size_t size) override {
        const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(size, m_size - m_at));
        for (std::size_t i = 0; i < count; ++i)
            buffer[i] = static_cast<char>('a' + (m_at + i) % 26);
        m_at += count;
        return count;
    }
    int starts = 0;

private:
    std::uint64_t m_size;
    std::uint64_t m_at = 0;
};

net::Request get(const std::string& url) {
    net::Request request;
    request.url = url;
    return request;
}

std::optional<net::TransportError> failure_of(net::Transport& transport, const net::Request& request) {
    try {
        transport.send(request);
    } catch (const net::TransportError& error) {
        return error;
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("an answer is status, headers and body") {
    RawServer server([](RawConnection& client) {
        while (!client.read_head().empty())
            client.answer("404 Not Found", "X-Error-Code: RepoNotFound\r\nETag: \"x\"\r\n", "nothing");
    });
    const auto transport = net::curl_transport({});
    const net::Response response = transport->send(get(server.url() + "/a?b=c"));
    CHECK(response.status == 404);
    CHECK(response.header("x-error-code") == "RepoNotFound");
    CHECK(response.header("etag") == "\"x\"");
    CHECK_FALSE(response.header("missing"));
    CHECK(response.body == "nothing");
    CHECK(response.url == server.url() + "/a?b=c");
}

TEST_CASE("connections are kept, and used again") {
    RawServer server([](RawConnection& client) {
        while (!client.read_head().empty())
            client.answer("200 OK", "", "ok");
    });
    const auto transport = net::curl_transport({});
    transport->send(get(server.url()));
    transport->send(get(server.url()));
    CHECK(server.connections() == 1);
}

TEST_CASE("a request that must not be repeated is sent once, even when the server hangs up") {
    int heads = 0;
    RawServer server([&](RawConnection& client) {
        const std::string head = client.read_head();
        if (head.starts_with("POST")) {
            ++heads;
            return;  // closes without an answer
        }
        client.answer("200 OK", "", "ok");
    });
    const auto transport = net::curl_transport({});
    transport->send(get(server.url()));
    net::Request request = get(server.url());
    request.method = "POST";
    request.repeatable = false;
    const auto failure = failure_of(*transport, request);
    REQUIRE(failure);
    CHECK(failure->failure() == TransportFailure::Broken);
    CHECK(failure->request_may_have_arrived());
    CHECK(heads == 1);
}

TEST_CASE("bodies are sent with their length, from their start") {
    std::string head;
    std::string body;
    RawServer server([&](RawConnection& client) {
        head = client.read_head();
        body = client.read_body(100'000);
        client.answer("200 OK", "", "");
    });
    const auto transport = net::curl_transport({});
    net::Request request = get(server.url());
    SECTION("from a source") {
        auto source = std::make_shared<Counting>(100'000);
        char taken[10];
        source->read(taken, sizeof taken);
        request.method = "PUT";
        request.body_source = source;
        std::uint64_t sent = 0;
        request.on_sent = [&](std::uint64_t bytes) { sent = bytes; };
        transport->send(request);
        CHECK(head.starts_with("PUT / HTTP/1.1\r\n"));
        CHECK(body.starts_with("abcdef"));
        CHECK(source->starts == 1);
        CHECK(sent == 100'000);
    }
    SECTION("from a text") {
        request.method = "POST";
        request.body = std::string(100'000, 'x');
        request.headers = {{"Content-Type", "application/json"}};
        transport->send(request);
        CHECK(head.find("Content-Type: application/json\r\n") != std::string::npos);
        CHECK(body == request.body);
    }
    CHECK(head.find("Content-Length: 100000\r\n") != std::string::npos);
    const std::string lower = to_lower_ascii(head);
    CHECK(lower.find("transfer-encoding") == std::string::npos);
    CHECK(lower.find("expect:") == std::string::npos);
    CHECK(lower.find("urlencoded") == std::string::npos);
}

TEST_CASE("redirects are handed on, not followed") {
    RawServer server([](RawConnection& client) {
        client.read_head();
        client.answer("302 Found", "Location: /elsewhere\r\n", "");
    });
    const net::Response response = net::curl_transport({})->send(get(server.url()));
    CHECK(response.status == 302);
    CHECK(response.header("location") == "/elsewhere");
    CHECK(server.connections() == 1);
}

TEST_CASE("a sink gets successes, everything else is collected") {
    const bool success = GENERATE(true, false);
    RawServer server([&](RawConnection& client) {
        client.read_head();
        client.answer(success ? "206 Partial Content" : "500 Oops", "", "content");
    });
    std::string seen;
    int status = 0;
    net::Request request = get(server.url());
    request.sink = [&](std::string_view bytes) { seen += bytes; };
    request.on_status = [&](int value) { status = value; };
    const net::Response response = net::curl_transport({})->send(request);
    CHECK(seen == (success ? "content" : ""));
    CHECK(status == (success ? 206 : 0));
    CHECK(response.body == (success ? "" : "content"));
}

TEST_CASE("what a sink throws comes through") {
    RawServer server([](RawConnection& client) {
        client.read_head();
        client.answer("200 OK", "", "content");
    });
    net::Request request = get(server.url());
    request.sink = [](std::string_view) { throw std::runtime_error("mine"); };
    CHECK_THROWS_WITH(net::curl_transport({})->send(request), "mine");
}

TEST_CASE("an answer that ends early is a failure") {
    RawServer server([](RawConnection& client) {
        client.read_head();
        client.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    });
    const auto failure = failure_of(*net::curl_transport({}), get(server.url() + "/?secret=1"));
    REQUIRE(failure);
    CHECK(failure->failure() == TransportFailure::Broken);
    CHECK(failure->request_may_have_arrived());
    CHECK(std::string(failure->what()).find("secret") == std::string::npos);
}

TEST_CASE("an answer without end is refused") {
    RawServer server([](RawConnection& client) {
        client.read_head();
        client.write("HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n" + std::string(20'000'000, 'x'));
    });
    const auto failure = failure_of(*net::curl_transport({}), get(server.url()));
    REQUIRE(failure);
    CHECK(failure->failure() == TransportFailure::TooLarge);
}

TEST_CASE("silence is a time-out, slowness is not") {
    RawServer server([](RawConnection& client) {
        const std::string head = client.read_head();
        if (head.find("/slow") != std::string::npos) {
            client.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
            for (int i = 0; i < 6; ++i) {
                std::this_thread::sleep_for(std::chrono::milliseconds(300));
                client.write("x");
            }
            return;
        }
        client.read_head();  // waits until the client gives up
    });
    net::CurlOptions options;
    options.limits.stall_seconds = 1;
    options.limits.min_speed = 1;
    const auto transport = net::curl_transport(options);
    net::Request request = get(server.url() + "/silent");
    const auto failure = failure_of(*transport, request);
    REQUIRE(failure);
    CHECK(failure->failure() == TransportFailure::Timeout);
    CHECK(failure->request_may_have_arrived());
    request.url = server.url() + "/slow";
    CHECK(transport->send(request).body.size() == 6);
}

TEST_CASE("nothing can have arrived where nobody listens") {
    const auto failure = failure_of(*net::curl_transport({}), get("http://127.0.0.1:1/"));
    REQUIRE(failure);
    CHECK(failure->failure() == TransportFailure::Connect);
    CHECK_FALSE(failure->request_may_have_arrived());
    const auto unknown = failure_of(*net::curl_transport({}), get("http://host.invalid/"));
    REQUIRE(unknown);
    CHECK_FALSE(unknown->request_may_have_arrived());
}

TEST_CASE("other schemes are refused") {
    CHECK(failure_of(*net::curl_transport({}), get("file:///etc/passwd")));
}

TEST_CASE("an interruption ends the request") {
    RawServer server([](RawConnection& client) {
        client.read_head();
        client.read_head();
    });
    net::CurlOptions options;
    options.interrupted = [] { return true; };
    const auto failure = failure_of(*net::curl_transport(options), get(server.url()));
    REQUIRE(failure);
    CHECK(failure->failure() == TransportFailure::Interrupted);
}

TEST_CASE("proxies come from the environment, by curl's rules") {
    Environment environment;
    environment.variables = {
        {"HTTP_PROXY", "http://upper"}, {"https_proxy", "http://lower"}, {"NO_PROXY", "localhost,.internal"}};
    net::CurlOptions options = net::curl_options(environment, "test/1");
    CHECK(options.http_proxy.empty());
    CHECK(options.https_proxy == "http://lower");
    CHECK(options.no_proxy == "localhost,.internal");
    environment.variables["ALL_PROXY"] = "http://all";
    CHECK(net::curl_options(environment, "").http_proxy == "http://all");
}

TEST_CASE("a proxy is used, and not used for exceptions") {
    std::string head;
    RawServer proxy([&](RawConnection& client) {
        head = client.read_head();
        client.answer("200 OK", "", "through the proxy");
    });
    net::CurlOptions options;
    options.http_proxy = proxy.url();
    options.no_proxy = "direct.invalid";
    const auto transport = net::curl_transport(options);
    CHECK(transport->send(get("http://hub.invalid/x")).body == "through the proxy");
    CHECK(head.starts_with("GET http://hub.invalid/x HTTP/1.1\r\n"));
    CHECK(failure_of(*transport, get("http://direct.invalid/x")));
}
