#include <thread>

#include "client.hpp"

using namespace hub_emulator;
using namespace hub_emulator::testing;

TEST_CASE("several requests share a connection, and bodies may be chunked") {
    Hub hub;
    hub.create("traces");
    const std::string line = R"({"paths":["README.md",".gitattributes"]})";
    const std::string head =
        "Host: x\r\nAuthorization: Bearer hf_alice\r\nContent-Type: application/json\r\n";
    char size[16];
    std::snprintf(size, sizeof size, "%zx", line.size());
    const auto answer = send_raw(hub.emulator.hub_url(),
                                 "GET /api/datasets/alice/traces/auth-check HTTP/1.1\r\n" + head + "\r\n" +
                                     "POST /api/datasets/alice/traces/paths-info/main HTTP/1.1\r\n" + head +
                                     "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + size +
                                     "\r\n" + line + "\r\n0\r\n\r\n");
    REQUIRE(answer.find("\r\n\r\nOKHTTP/1.1 200 OK") != std::string::npos);
    REQUIRE(answer.find(R"("path":".gitattributes")") != std::string::npos);
}

TEST_CASE("Expect: 100-continue is answered before the body") {
    Hub hub;
    const auto answer = send_raw(hub.emulator.hub_url(),
                                 "POST /api/validate-yaml HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                                 "Connection: close\r\nContent-Length: 14\r\n\r\n{\"content\":\"\"}");
    REQUIRE(answer.rfind("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", 0) == 0);
}

TEST_CASE("every answer has a request id and the rate limit") {
    Hub hub;
    for (const auto* path : {"/api/whoami-v2", "/api/datasets/alice/none", "/nowhere"}) {
        const auto answer = hub.get(path);
        REQUIRE(answer.header("X-Request-Id").rfind("Root=1-", 0) == 0);
        REQUIRE(answer.header("RateLimit").rfind("\"api\";r=", 0) == 0);
        REQUIRE(answer.header("RateLimit-Policy") == "\"fixed window\";\"api\";q=1000;w=300");
    }
    const auto traced =
        send({"GET", hub.emulator.hub_url() + "/api/datasets", "", {{"X-Amzn-Trace-Id", "abc"}}});
    REQUIRE(traced.header("X-Request-Id").find(";abc") != std::string::npos);
}

TEST_CASE("the log records what happened") {
    Hub hub;
    hub.create("traces");
    hub.emulator.clear_log();
    hub.get("/api/datasets/alice/traces?blobs=true");
    const auto log = hub.emulator.requests();
    REQUIRE(log.size() == 1);
    REQUIRE(log[0].method == "GET");
    REQUIRE(log[0].target == "/api/datasets/alice/traces?blobs=true");
    REQUIRE(log[0].had_authorization);
    REQUIRE(log[0].status == 200);
    REQUIRE(log[0].answer_bytes > 0);
    REQUIRE(log[0].origin == Origin::k_hub);
}

TEST_CASE("stop ends open connections and stalls") {
    auto hub = std::make_unique<Hub>();
    Fault stall;
    stall.kind = FaultKind::k_stall;
    stall.delay = std::chrono::seconds(60);
    hub->emulator.add_fault(stall);
    const auto begin = std::chrono::steady_clock::now();
    std::thread client([&] { hub->get("/api/whoami-v2"); });
    while (hub->emulator.requests().empty()) {
        std::this_thread::yield();
    }
    hub->emulator.stop();
    client.join();
    REQUIRE(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}

TEST_CASE("many clients at once") {
    Hub hub;
    hub.create("traces");
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&hub, i] {
            for (int k = 0; k < 10; ++k) {
                hub.commit("alice/traces",
                           {file_op("f" + std::to_string(i) + "-" + std::to_string(k), std::to_string(k))});
            }
        });
    }
    for (auto& client : clients) {
        client.join();
    }
    REQUIRE(hub.emulator.commits("alice/traces").size() == 81);
    REQUIRE(hub.emulator.commits("alice/traces").front().files.size() == 81);
}
