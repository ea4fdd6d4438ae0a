// A transport that plays a script: a request that does not match, and a script entry that nobody asked for,
// both fail the test.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::testing {

class ScriptedTransport final : public net::Transport {
public:
    using Answer = std::function<net::Response(const net::Request&)>;

    ScriptedTransport() = default;
    ScriptedTransport(const ScriptedTransport&) = delete;
    ScriptedTransport& operator=(const ScriptedTransport&) = delete;
    ~ScriptedTransport() override {
        if (std::uncaught_exceptions() == 0) CHECK(m_script.empty());
    }

    // `url` is the end of the expected URL.
    void expect(std::string method, std::string url, Answer answer) {
        m_script.push_back({std::move(method), std::move(url), std::move(answer)});
    }
    void expect(std::string method, std::string url, int status, std::string body = {},
                net::Headers headers = {}) {
        expect(std::move(method), std::move(url), [=](const net::Request& request) {
            net::Response response;
            response.status = status;
            response.url = request.url;
            response.headers = headers;
            if (request.sink && status / 100 == 2) {
                if (request.on_status) request.on_status(status);
                request.sink(body);
            } else {
                response.body = body;
            }
            return response;
        });
    }
    void expect_failure(std::string method, std::string url, net::TransportFailure failure, bool may_have_arrived) {
        expect(std::move(method), std::move(url), [=](const net::Request&) -> net::Response {
            throw net::TransportError(failure, "scripted failure", may_have_arrived);
        });
    }

    net::Response send(const net::Request& request) override {
        INFO(request.method << " " << request.url);
        REQUIRE_FALSE(m_script.empty());
        Entry entry = std::move(m_script.front());
        m_script.pop_front();
        CHECK(request.method == entry.method);
        INFO("expected " << entry.url);
        CHECK(request.url.ends_with(entry.url));
        requests.push_back(request);
        return entry.answer(request);
    }

    std::vector<net::Request> requests;

private:
    struct Entry {
        std::string method;
        std::string url;
        Answer answer;
    };
    std::deque<Entry> m_script;
};

}  // namespace opentraces::testing
