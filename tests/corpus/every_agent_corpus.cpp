// Sessions of every agent of the registration list, those of the fixtures and of the corpus where it is
// there, on the whole way: capture, commit, push to a Hub over HTTP, verify, pull, validate, every format of
// export.
#include <filesystem>
#include <iostream>
#include <map>

#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/formats/format.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

constexpr const char* k_token = "hf_emulatoremulatoremulator";
constexpr const char* k_dataset = "alice/every-agent";

std::vector<std::string> with_sessions(std::vector<std::string> words) {
    const std::string source = testing::source_folder();
    words.push_back(source + "/tests/fixtures/sessions");
    const std::string corpus = source + "/../shared/corpus";
    if (std::filesystem::is_directory(corpus))
        words.push_back(corpus);
    else
        std::cout << "skipped: no corpus beside the project, the fixtures alone\n";
    return words;
}

std::map<std::string, std::int64_t> captured_traces(Workbench& bench) {
    std::map<std::string, std::int64_t> traces;
    const json::Value listed = bench.expect(0, {"list", "--json"}).json();
    for (const json::Value& trace : *listed["traces"].if_array())
        ++traces[std::string(trace["agent"].string_or())];
    return traces;
}

std::int64_t capture_all(Workbench& bench) {
    // Some files of the corpus are damaged: each is named with what is wrong.
    const json::Value answer = bench.run(with_sessions({"capture", "--json"})).json();
    for (const json::Value& failure : *answer["failures"].if_array()) {
        INFO(std::string(failure["path"].string_or()));
        CHECK_FALSE(failure["message"].string_or().empty());
        CHECK(failure["code"].string_or() == "CORRUPT_SESSION");
    }
    std::int64_t total = 0;
    std::map<std::string, std::int64_t> traces = captured_traces(bench);
    for (const capture::Agent* agent : capture::agents()) {
        const std::int64_t count = traces[std::string(agent->name)];
        INFO(std::string(agent->name));
        CHECK(count > 0);
        std::cout << agent->name << ": " << count << " traces\n";
        total += count;
    }
    return total;
}

// A record that a format cannot hold is left out and named; the others are written.
void export_in_every_format(Workbench& bench) {
    for (const formats::Format& format : formats::formats()) {
        const std::string name(format.name);
        INFO(name);
        const std::filesystem::path out = bench.path("out-" + name);
        const RunResult result = bench.run({"export", "--format", name, "--stage", "pushed", "--keep-going",
                                            "--split-by", "trace", "-o", out, "--json"});
        INFO(result.err);
        CHECK(result.exit == 0);
        CHECK(std::filesystem::exists(out));
    }
}

}  // namespace

TEST_CASE("every agent: its sessions go from capture to a dataset that verifies, and into every format",
          "[corpus]") {
    hub_emulator::HubEmulator hub;
    hub.start();
    hub.add_user("alice", k_token);
    Workbench bench;
    bench.set("HF_ENDPOINT", hub.hub_url());
    bench.set("HF_TOKEN", k_token);
    bench.expect(0, {"init", "--remote", k_dataset, "--private", "--no-hook", "--start-fresh"});
    const std::int64_t total = capture_all(bench);
    bench.expect(0, {"commit", "--all", "--include-needs-review"});
    CHECK(bench.expect(0, {"push", "--json"}).json()["uploaded"].integer() == total);
    CHECK(bench.expect(0, {"verify", "--repo", k_dataset, "--json"}).json()["trace_count"].integer() ==
          total);
    // Captured once more, nothing is new.
    const json::Value again = bench.run(with_sessions({"capture", "--json"})).json();
    CHECK(again["captured"].integer() == 0);
    CHECK(again["updated"].integer() == 0);

    bench.expect(0, {"pull", k_dataset, "-o", "copy"});
    std::vector<std::string> validate{"validate"};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.project() / "copy"))
        if (entry.path().extension() == ".jsonl" && entry.path().filename().string().starts_with("traces_"))
            validate.push_back(entry.path());
    REQUIRE(validate.size() > 1);
    bench.expect(0, validate);
    export_in_every_format(bench);
    CHECK(hub.credential_leaks() == 0);
}
