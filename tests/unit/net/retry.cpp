#include "opentraces/net/retry.hpp"

#include "catch.hpp"
#include "doubles/scripted_transport.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using namespace opentraces::net;
using opentraces::testing::ScriptedTransport;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct Bench {
    FixedClock clock{TimePoint(milliseconds(784'111'777'000))};  // Sun, 06 Nov 1994 08:49:37 GMT
    SeededIds ids{1};
    ScriptedTransport inner;
    RetryingTransport transport{inner, clock, ids};

    Response get() {
        Request request;
        request.url = "https://hub.example/x";
        return transport.send(request);
    }
    Response post_once() {
        Request request;
        request.method = "POST";
        request.url = "https://hub.example/x";
        request.repeatable = false;
        return transport.send(request);
    }
};

}  // namespace

TEST_CASE("backoff doubles up to its cap, and what the server asks for is a floor") {
    struct Row {
        int attempt;
        long base, cap;
        std::optional<long> floor;
        double jitter;
        long expected;
    };
    const Row rows[] = {
        {1, 1000, 30'000, {}, 0.0, 500},
        {1, 1000, 30'000, {}, 1.0, 1000},
        {2, 1000, 30'000, {}, 0.0, 1000},
        {3, 1000, 30'000, {}, 1.0, 4000},
        {6, 1000, 30'000, {}, 1.0, 30'000},
        {1000, 1000, 30'000, {}, 1.0, 30'000},
        {2'000'000'000, 1000, 30'000, {}, 0.0, 15'000},
        {1, 0, 30'000, {}, 1.0, 0},
        {5, 1000, 0, {}, 1.0, 0},
        {1, 50'000, 30'000, {}, 1.0, 30'000},
        {1, 1000, 30'000, 60'000, 0.0, 60'000},
        {9, 1000, 30'000, 60'000, 1.0, 61'000},
        {1, 1000, 30'000, 0, 0.5, 500},
        {1, 1000, 30'000, {}, 7.0, 1000},
        {1, 1000, 30'000, {}, -1.0, 500},
    };
    for (const Row& row : rows) {
        const auto floor = row.floor ? std::optional(milliseconds(*row.floor)) : std::nullopt;
        CHECK(backoff_delay(row.attempt, milliseconds(row.base), milliseconds(row.cap), floor, row.jitter) ==
              milliseconds(row.expected));
    }
}

TEST_CASE("Retry-After is seconds or a date") {
    const TimePoint now{milliseconds(784'111'777'000)};
    CHECK(parse_retry_after("120", now) == seconds(120));
    CHECK(parse_retry_after(" 0 ", now) == seconds(0));
    CHECK(parse_retry_after("-5", now) == seconds(0));
    CHECK(parse_retry_after("99999999999999999999", now) == seconds(366L * 24 * 3600));
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:40 GMT", now) == seconds(3));
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now) == seconds(0));
    CHECK_FALSE(parse_retry_after("soon", now));
    CHECK_FALSE(parse_retry_after("Sun, 06 Nov 1994 08:49:40 CET", now));
    CHECK_FALSE(parse_retry_after("", now));
}

TEST_CASE("the RateLimit header is read") {
    const auto limit = parse_rate_limit("\"api\";r=499;t=295");
    REQUIRE(limit);
    CHECK(limit->resource == "api");
    CHECK(limit->remaining == 499);
    CHECK(limit->reset == seconds(295));
    CHECK_FALSE(parse_rate_limit("\"api\""));
    CHECK_FALSE(parse_rate_limit(""));
    CHECK_FALSE(parse_rate_limit("\"api\";r=many;t=1"));
}

TEST_CASE("only transient statuses are repeated") {
    for (const int status : {408, 500, 502, 503, 504}) {
        Bench bench;
        bench.inner.expect("GET", "/x", status);
        bench.inner.expect("GET", "/x", 200, "fine");
        CHECK(bench.get().body == "fine");
        CHECK(bench.clock.sleeps().size() == 1);
    }
    for (const int status : {400, 401, 403, 404, 409, 412, 413, 422, 501}) {
        Bench bench;
        bench.inner.expect("GET", "/x", status);
        CHECK(bench.get().status == status);
        CHECK(bench.clock.sleeps().empty());
    }
}

TEST_CASE("the last transient answer is handed on") {
    Bench bench;
    for (int i = 0; i < 6; ++i)
        bench.inner.expect("GET", "/x", 503);
    CHECK(bench.get().status == 503);
    CHECK(bench.clock.sleeps().size() == 5);
}

TEST_CASE("what may have arrived is repeated only when that does no harm") {
    SECTION("a lost answer to a request that must not be repeated") {
        Bench bench;
        bench.inner.expect_failure("POST", "/x", TransportFailure::Broken, true);
        CHECK_THROWS_AS(bench.post_once(), TransportError);
        CHECK(bench.clock.sleeps().empty());
    }
    SECTION("nothing arrived") {
        Bench bench;
        bench.inner.expect_failure("POST", "/x", TransportFailure::Connect, false);
        bench.inner.expect("POST", "/x", 200);
        CHECK(bench.post_once().status == 200);
    }
    SECTION("a 503 to it") {
        Bench bench;
        bench.inner.expect("POST", "/x", 503);
        CHECK(bench.post_once().status == 503);
    }
    SECTION("a lost answer to a repeatable one") {
        Bench bench;
        bench.inner.expect_failure("GET", "/x", TransportFailure::Timeout, true);
        bench.inner.expect("GET", "/x", 200);
        CHECK(bench.get().status == 200);
    }
    SECTION("a certificate does not get better") {
        Bench bench;
        bench.inner.expect_failure("GET", "/x", TransportFailure::Tls, false);
        CHECK_THROWS_AS(bench.get(), TransportError);
    }
}

TEST_CASE("a full window is waited out, an action quota is reported") {
    SECTION("window") {
        Bench bench;
        bench.inner.expect("GET", "/x", 429, "", {{"ratelimit", "\"api\";r=0;t=34"}});
        bench.inner.expect("GET", "/x", 200);
        CHECK(bench.get().status == 200);
        REQUIRE(bench.clock.sleeps().size() == 1);
        CHECK(bench.clock.sleeps()[0] >= seconds(34));
        CHECK(bench.clock.sleeps()[0] <= seconds(35));
    }
    SECTION("action quota") {
        Bench bench;
        bench.inner.expect("POST", "/x", 429, "",
                           {{"ratelimit", "\"api\";r=498;t=12"},
                            {"x-error-message", "rate limit for repository commits (128 per hour)"},
                            {"retry-after", "3600"}});
        try {
            bench.post_once();
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::RateLimited);
            CHECK(error.message().find("128 per hour") != std::string::npos);
            CHECK(error.hint() == "Wait 60 min, then run the command again.");
        }
        CHECK(bench.clock.sleeps().empty());
    }
    SECTION("asked to wait too long") {
        Bench bench;
        bench.inner.expect("GET", "/x", 503, "", {{"retry-after", "86400"}});
        CHECK_THROWS_AS(bench.get(), Error);
    }
    SECTION("Retry-After is a floor") {
        Bench bench;
        bench.inner.expect("GET", "/x", 503, "", {{"retry-after", "90"}});
        bench.inner.expect("GET", "/x", 200);
        bench.get();
        CHECK(bench.clock.sleeps()[0] >= seconds(90));
    }
}

TEST_CASE("bytes that were handed out are not handed out again") {
    Bench bench;
    bench.inner.expect("GET", "/x", [](const Request& request) -> Response {
        request.sink("half");
        throw TransportError(TransportFailure::Broken, "cut", true);
    });
    std::string seen;
    Request request;
    request.url = "https://hub.example/x";
    request.sink = [&](std::string_view bytes) { seen += bytes; };
    CHECK_THROWS_AS(bench.transport.send(request), TransportError);
    CHECK(seen == "half");
}
