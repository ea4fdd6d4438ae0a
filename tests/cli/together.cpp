// Several processes in one project: documented answers only, and in the end everything is in the dataset,
// once.
#include "workbench/together.hpp"

#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;
using testing::Workbench;

namespace {

// How many steps the revisions of each session have in the dataset.
std::map<std::string, std::set<std::int64_t>> published(hub_emulator::HubEmulator& hub, Workbench& bench) {
    std::map<std::string, std::set<std::int64_t>> sessions;
    std::set<std::string> ids;
    bench.expect(0, {"pull", "alice/traces", "-o", "copy"});
    for (const auto& entry : std::filesystem::directory_iterator(bench.project() / "copy/data")) {
        std::istringstream lines(Workbench::read(entry.path()));
        for (std::string line; std::getline(lines, line);) {
            const json::Value trace = json::parse(line);
            const auto steps = static_cast<std::int64_t>(trace["steps"].if_array()->size());
            INFO(trace["trace_id"].string_or());
            CHECK(ids.emplace(trace["trace_id"].string_or()).second);
            sessions[std::string(trace["session_id"].string_or())].insert(steps);
        }
    }
    CHECK(hub.credential_leaks() == 0);
    return sessions;
}

std::int64_t steps_of_fixture(Workbench& bench) {
    const json::Value parsed = json::parse(bench.expect(0, {"parse", testing::fixture_session()}).out);
    return static_cast<std::int64_t>(parsed["steps"].if_array()->size());
}

void work(testing::TogetherOptions options, const std::string& policy = "review") {
    hub_emulator::HubEmulator hub;
    hub.start();
    hub.add_user("alice", "hf_emulatoremulatoremulator");
    Workbench bench;
    bench.set("HF_ENDPOINT", hub.hub_url());
    bench.set("HF_TOKEN", "hf_emulatoremulatoremulator");
    bench.unset("OPENTRACES_SEED");
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "alice/traces", "--private", "--no-hook",
                     "--review-policy", policy});
    options.session = testing::fixture_session();
    const testing::TogetherReport report = testing::work_together(bench, options);
    for (const auto& [command, runs] : report.runs)
        UNSCOPED_INFO(command << " " << runs);
    UNSCOPED_INFO(report.sessions << " sessions; busy " << report.busy);
    CHECK(report.broken == "");
    const auto sessions = published(hub, bench);
    CHECK(static_cast<std::int64_t>(sessions.size()) == report.sessions);
    const std::int64_t whole = steps_of_fixture(bench);
    for (const auto& [session, steps] : sessions) {
        INFO(session);
        CHECK(*steps.rbegin() == whole);
    }
    bench.expect(0, {"verify", "--repo", "alice/traces"});
}

}  // namespace

TEST_CASE("together: two processes capture, commit and push, and nothing is lost or doubled") {
    testing::TogetherOptions options;
    options.rounds = 12;
    work(options);
}

TEST_CASE("together: also where clean traces are committed by themselves") {
    testing::TogetherOptions options;
    options.rounds = 12;
    options.seed = 2;
    work(options, "auto");
}

// cli_tests "[soak]" with OPENTRACES_SOAK_SECONDS, a minute where it is not set.
TEST_CASE("together: for as long as one likes", "[.][soak]") {
    testing::TogetherOptions options;
    const char* const seconds = std::getenv("OPENTRACES_SOAK_SECONDS");
    options.time = std::chrono::seconds(seconds != nullptr ? std::stol(seconds) : 60);
    options.seed = std::random_device{}();
    INFO("seed " << options.seed);
    work(options, GENERATE(as<std::string>{}, "review", "auto"));
}
