// A published trace is found by today's rules, taken back, and stays away.
#include <filesystem>

#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_token = std::string("hf") + "_emulatoremulatoremulator";

struct Published {
    explicit Published(const std::string& remote) : remote(remote) {
        hub.start();
        hub.add_user("ada", k_token);
        bench.set("HF_ENDPOINT", hub.hub_url());
        bench.set("HF_TOKEN", k_token);
        // Every command draws the same names at the same second.
        bench.set("OPENTRACES_NOW", "2026-08-06T18:00:00Z");
        bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--remote", remote});
        bench.expect(0, {"capture", fixture_session()});
        bench.expect(0, {"commit", "--all"});
        bench.expect(0, {"push"});
        id = bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or();
        // What nobody took for a secret when it was published.
        bench.expect(0, {"config", "set", "redact"}, word + "\n");
    }
    hub_emulator::HubEmulator hub;
    Workbench bench;
    std::string remote;
    std::string id;
    const std::string word = "goreleaser";
};

}  // namespace

TEST_CASE("rescan and takedown: from what is found to a dataset without it") {
    Published day(GENERATE("./dataset", "ada/traces"));
    Workbench& bench = day.bench;
    const json::Value found = bench.expect(8, {"rescan", "--all", "-o", "plan.jsonl", "--json"}).json();
    REQUIRE(found["published_traces"].if_array()->size() == 1);
    CHECK(found["published_traces"].at(0)["trace_id"].string_or() == day.id);
    CHECK(found["stored_traces"].if_array()->size() == 1);
    CHECK(found["error"]["code"].string_or() == "CHECK_FAILED");
    const std::string plan = Workbench::read(bench.project() / "plan.jsonl");
    CHECK(plan.find(day.word) == std::string::npos);
    const RunResult shown = bench.expect(8, {"verify"});
    CHECK((shown.out + shown.err).find("To mend secret: opentraces rescan ") != std::string::npos);
    bench.expect(2, {"takedown", "--plan", "plan.jsonl"});
    const json::Value mended =
        bench.expect(0, {"takedown", "--plan", "plan.jsonl", "--yes", "--json"}).json();
    CHECK(mended["traces"].at(0)["withdrawal"].string_or() == "redacted");
    CHECK_FALSE(mended["commit"].is_null());
    bench.expect(0, {"verify"});
    CHECK(bench.expect(0, {"takedown", "--plan", "plan.jsonl", "--yes"}).out.find("Nothing was changed") !=
          std::string::npos);
    // Its local copy has the old text; the dataset does not take it.
    CHECK(bench.expect(8, {"rescan", "--json"}).json()["stored_traces"].if_array()->size() == 1);
}

TEST_CASE("takedown: says what it cannot do, and squashes when the name is given") {
    Published day("ada/traces");
    Workbench& bench = day.bench;
    const RunResult removed =
        bench.expect(0, {"takedown", day.id, "--remove", "--reason", "a name", "--yes"});
    CHECK(removed.out.find("The history of ada/traces still holds the old bytes") != std::string::npos);
    CHECK(removed.out.find("revoke it first") != std::string::npos);
    CHECK(removed.out.find("opentraces takedown --squash-history --repo ada/traces") != std::string::npos);
    const std::string list = day.hub.file("ada/traces", "opentraces/withdrawn.jsonl");
    CHECK(list.find(day.id) != std::string::npos);
    CHECK(list.find("\"reason\":\"a name\"") != std::string::npos);
    REQUIRE(day.hub.commits("ada/traces").size() > 1);
    bench.expect(2, {"takedown", "--squash-history"});
    bench.expect(2, {"takedown", "--squash-history", "--confirm", "ada/trace"});
    CHECK(day.hub.commits("ada/traces").size() > 1);
    const json::Value squashed =
        bench.expect(0, {"takedown", "--squash-history", "--confirm", "ada/traces", "--json"}).json();
    CHECK(squashed["squashed_to"].string_or() == day.hub.head("ada/traces"));
    CHECK(day.hub.commits("ada/traces").size() == 1);
    bench.expect(0, {"verify"});
}
