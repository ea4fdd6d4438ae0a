#include "flow/otlp_sender.hpp"

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/scripted_transport.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using namespace opentraces::flow;

namespace {

struct Bench {
    testing::InMemoryDisk disk;
    FixedClock clock{TimePoint{}};
    SeededIds ids{1};
    testing::ScriptedTransport transport;
    Environment environment;
    Ports ports{disk, clock, ids, transport, environment};
    SilentProgress progress;

    OtlpSender sender() { return {ports, otlp_endpoint("http://collector:4318/", environment), progress}; }
};

void add(OtlpSender& sender, const std::string& span) {
    sender.begin("s").write("{\"resourceSpans\":[" + span + "]}\n");
    sender.end();
}

}  // namespace

TEST_CASE("otlp sender: documents go together, with the headers of the environment") {
    Bench bench;
    bench.environment.variables["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=a%20b, second=2";
    net::Request seen;
    bench.transport.expect("POST", "http://collector:4318/v1/traces", [&](const net::Request& request) {
        seen = request;
        return net::Response{200, {}, "{}", request.url};
    });
    OtlpSender sender = bench.sender();
    add(sender, "{\"a\":1}");
    add(sender, "{\"b\":2}");
    sender.finish();
    CHECK(seen.body == R"({"resourceSpans":[{"a":1},{"b":2}]})");
    CHECK(seen.headers ==
          net::Headers{{"x-key", "a b"}, {"second", "2"}, {"content-type", "application/json"}});
    CHECK(sender.requests() == 1);
    CHECK(sender.documents() == 2);
}

TEST_CASE("otlp sender: batches are bounded, a larger document goes alone") {
    Bench bench;
    std::vector<std::size_t> sizes;
    for (int i = 0; i < 3; ++i) {
        bench.transport.expect("POST", "/v1/traces", [&](const net::Request& request) {
            sizes.push_back(request.body.size());
            return net::Response{200, {}, "", request.url};
        });
    }
    OtlpSender sender = bench.sender();
    const std::string half = "{\"x\":\"" + std::string(std::size_t{3} << 20, 'x') + "\"}";
    const std::string large = "{\"x\":\"" + std::string(std::size_t{6} << 20, 'x') + "\"}";
    add(sender, half);
    add(sender, large);
    add(sender, half);
    sender.finish();
    REQUIRE(sizes.size() == 3);
    CHECK(sizes[1] == large.size() + std::string(R"({"resourceSpans":[]})").size());
}

TEST_CASE("otlp sender: a busy collector is asked again") {
    Bench bench;
    bench.transport.expect("POST", "/v1/traces", 503);
    bench.transport.expect_failure("POST", "/v1/traces", net::TransportFailure::Broken, true);
    bench.transport.expect("POST", "/v1/traces", 200, "{}");
    OtlpSender sender = bench.sender();
    add(sender, "{}");
    sender.finish();
    CHECK(sender.requests() == 1);
    CHECK(bench.clock.sleeps().size() == 2);
}

TEST_CASE("otlp sender: rejected spans are counted") {
    Bench bench;
    bench.transport.expect("POST", "/v1/traces", 200,
                           R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too\nold"}})");
    OtlpSender sender = bench.sender();
    add(sender, "{}");
    sender.finish();
    CHECK(sender.rejected_spans() == 3);
    CHECK(sender.collector_words() == "too old");
}

TEST_CASE("otlp sender: a refusal names the collector and what it got before") {
    Bench bench;
    bench.transport.expect("POST", "/v1/traces", 401, R"({"message":"no key"})");
    bench.transport.expect("POST", "/v1/traces", 400, "<html>");
    OtlpSender first = bench.sender();
    add(first, "{}");
    const Error refused = testing::error_from([&] { first.finish(); });
    CHECK(refused.code() == ErrorCode::PermissionDenied);
    CHECK(refused.message().find("no key") != std::string::npos);
    OtlpSender second = bench.sender();
    add(second, "{}");
    CHECK(testing::error_from([&] { second.finish(); }).code() == ErrorCode::UnexpectedAnswer);
}

TEST_CASE("otlp sender: endpoints and headers that are none are refused") {
    Environment environment;
    CHECK(otlp_endpoint("https://c/v1/traces", environment).url == "https://c/v1/traces");
    CHECK(testing::error_from([&] { otlp_endpoint("collector:4318", environment); }).code() ==
          ErrorCode::BadOption);
    environment.variables["OTEL_EXPORTER_OTLP_HEADERS"] = "no-equals";
    CHECK(testing::error_from([&] { otlp_endpoint("http://c", environment); }).code() ==
          ErrorCode::ConfigInvalid);
    environment.variables["OTEL_EXPORTER_OTLP_HEADERS"] = "a=b%0d%0ax: y";
    CHECK(testing::error_from([&] { otlp_endpoint("http://c", environment); }).code() ==
          ErrorCode::ConfigInvalid);
}
