// What sessions cost: by prices of one's own, and how far a cost is known, from the session to the card.
#include <filesystem>

#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr const char* k_token = "hf_emulatoremulatoremulator";

// Ten times what the fixture's model costs by the program's own table, where it has a date in its name.
const std::string k_tenfold =
    "# Date: 2026-05-01\n"
    "model\tinput\toutput\tcache_read\tcache_write_5m\tcache_write_1h\n"
    "claude-opus-4-5\t50\t250\t5\t62.5\t100\n";

json::Value record_of(const RunResult& parsed) {
    return json::parse(parsed.out.substr(0, parsed.out.find('\n')));
}

std::string cost_of(const json::Value& record) {
    return json::to_compact(record["metrics"]["estimated_cost_usd"]) + ", " +
           std::string(record["metadata"]["opentraces_cost"]["source"].string_or());
}

std::string cost_of_stored(Workbench& bench) {
    const json::Value listed = bench.expect(0, {"list", "--json"}).json();
    REQUIRE(listed["total"].integer() == 1);
    const std::string id(listed["traces"].at(0)["trace_id"].string_or());
    return cost_of(json::parse(Workbench::read(bench.project() / ".opentraces/traces" / (id + ".jsonl"))));
}

const std::string k_own = "6.318373, prices of pricing_file, 2026-05-01";
const std::string k_standard = "0.631837, prices of 2026-11-26";

}  // namespace

TEST_CASE(
    "prices of one's own change what captured sessions cost, and the record says whose prices they are") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh"});
    bench.expect(0, {"capture", fixture_session()});
    CHECK(cost_of_stored(bench) == k_standard);
    bench.write(bench.project() / "prices.tsv", k_tenfold);
    bench.expect(0, {"config", "set", "pricing_file", "prices.tsv"});
    CHECK(bench.expect(0, {"capture", fixture_session(), "--json"}).json()["updated"].integer() == 1);
    CHECK(cost_of_stored(bench) == k_own);
    CHECK(bench.expect(0, {"capture", fixture_session(), "--json"}).json()["unchanged"].integer() == 1);
    CHECK(json::to_compact(bench.expect(0, {"usage", "--json"}).json()["totals"]["cost_usd"]) == "6.318373");
    // The copy tells the same, by the prices of today.
    bench.expect(0, {"config", "unset", "pricing_file"});
    bench.expect(0, {"recapture", "--all"});
    CHECK(cost_of_stored(bench) == k_standard);
    bench.expect(0, {"config", "set", "--user", "pricing_file", "prices.tsv"});
    bench.expect(0, {"recapture", "--all"});
    CHECK(cost_of_stored(bench) == k_own);
    bench.work_in(bench.home());
    CHECK(cost_of(record_of(bench.expect(0, {"parse", fixture_session()}))) == k_own);
}

TEST_CASE("prices of one's own that are broken later stop what reckons with them; a hook's session waits") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--start-fresh"});
    bench.write(bench.project() / "prices.tsv", k_tenfold);
    bench.expect(0, {"config", "set", "pricing_file", "prices.tsv"});
    bench.write(bench.project() / "prices.tsv", k_tenfold + "claude-opus-5\tdear\t1\n");
    const json::Value refused = bench.expect(3, {"capture", fixture_session(), "--json"}).json();
    CHECK(refused["error"]["message"].string_or() ==
          "pricing_file: " + (bench.project() / "prices.tsv").string() +
              ":4: input is no number from 0 to 1000000");
    CHECK(refused["error"]["hint"].string_or().find("opentraces config unset pricing_file") !=
          std::string::npos);

    const std::string call = R"({"session_id":"x","transcript_path":")" + fixture_session() + R"(","cwd":")" +
                             bench.project().string() + R"(","hook_event_name":"SessionEnd"})";
    bench.expect(0, {"capture", "--hook"}, call);
    const auto log = bench.project() / ".opentraces/hook.log";
    Running::wait_until([&] {
        return std::filesystem::exists(log) &&
               Workbench::read(log).find("prices.tsv:4:") != std::string::npos;
    });
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 0);
    bench.write(bench.project() / "prices.tsv", k_tenfold);
    bench.expect(0, {"capture", "--queued"});
    CHECK(cost_of_stored(bench) == k_own);
}

TEST_CASE("prices of one's own price imported rows too, where the rows have no cost") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--no-hook"});
    bench.write(bench.project() / "prices.tsv", "model\tinput\toutput\nmy-model\t2\t4\n");
    bench.expect(0, {"config", "set", "pricing_file", "prices.tsv"});
    const std::string row =
        R"({"schema_version":"ATIF-v1.4","session_id":"s","agent":{"name":"a","version":"1","model_name":"my-model"},)"
        R"("steps":[{"step_id":1,"source":"user","message":"Do it"},{"step_id":2,"source":"agent","message":"Done",)"
        R"("metrics":{"prompt_tokens":1000000,"completion_tokens":500000},)"
        R"("tool_calls":[{"tool_call_id":"c","function_name":"Bash","arguments":{"command":"ls"}}],)"
        R"("observation":{"results":[{"source_call_id":"c","content":"x"}]}}]})";
    bench.write(bench.project() / "row.json", row);
    bench.expect(0, {"import", "row.json"});
    CHECK(cost_of_stored(bench) == "4.0, prices of pricing_file");
}

TEST_CASE("a cost that is a lower bound is one in the card and in usage, on the Hub too") {
    hub_emulator::HubEmulator hub;
    hub.start();
    hub.add_user("alice", k_token);
    Workbench bench;
    bench.set("HF_ENDPOINT", hub.hub_url());
    bench.set("HF_TOKEN", k_token);
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "alice/traces", "--private", "--no-hook"});
    bench.expect(0, {"config", "set", "capture.max_observation", "50"});
    bench.expect(0, {"capture", fixture_session()});
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push"});
    const std::string card = hub.file("alice/traces", "README.md");
    for (const char* part :
         {"| Total cost | ≥ $0.63 (estimated, over 1 of 1 trace; a lower bound: in 1 trace the last count "
          "of ",
          "| Average cost per trace | ≥ $0.63 |\n",
          "| Active time | 0 h 3 min (without waiting for people, over 1 of 1 trace) |\n", "| Cut texts | ",
          R"("cost_lower_bound_traces":1,"total_active_s":186,"active_time_traces":1,"cut_texts":)"}) {
        CAPTURE(card);
        CHECK(card.find(part) != std::string::npos);
    }
    CHECK(bench.expect(0, {"usage"}).out.find("≥ $0.63") != std::string::npos);
    CHECK(bench.expect(0, {"usage", "--json"}).json()["totals"]["lower_bound_costs"].integer() == 1);
    CHECK(bench.expect(0, {"verify", "--json"}).json()["problems"].if_array()->empty());
    CHECK(hub.credential_leaks() == 0);
}
