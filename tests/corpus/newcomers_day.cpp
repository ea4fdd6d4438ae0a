// docs/tutorial.md with 64 sessions of the corpus in three projects: the same commands end as the page says,
// and what they publish is what was there. Skipped where the corpus is not there.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

#include "catch.hpp"
#include "golden.hpp"
#include "hub_emulator/emulator.hpp"
#include "workbench/agent_sessions.hpp"
#include "workbench/console_page.hpp"

using namespace opentraces;
using testing::Workbench;

namespace {

constexpr const char* k_token = "hf_emulatoremulatoremulator";

constexpr std::size_t k_sessions = 64;

const std::filesystem::path k_corpus =
    std::filesystem::path(testing::source_folder()) / "../shared/corpus/claude-code";

// One of each session; what is there in several states of growth is taken once.
std::vector<std::filesystem::path> sessions() {
    std::vector<std::filesystem::path> found;
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(k_corpus)) {
        const auto& path = entry.path();
        const bool part = path.filename().string().starts_with("agent-") ||
                          path.string().find("/subagents/") != std::string::npos ||
                          path.string().find("/growing/") != std::string::npos;
        if (path.extension() == ".jsonl" && !part && names.insert(path.filename().string()).second)
            found.push_back(path);
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

TEST_CASE("newcomer's day: 64 sessions of the corpus, three projects, the commands of the tutorial") {
    if (!std::filesystem::is_directory(k_corpus)) {
        std::cout << "skipped: no corpus beside the project\n";
        return;
    }
    hub_emulator::HubEmulator hub;
    hub.start();
    hub.add_user("alice", k_token);
    Workbench bench;
    const auto work = testing::begin_tutorial(bench, hub.hub_url(), k_token);
    const std::vector<const char*> projects{"parser", "website", "tools"};
    std::size_t placed = 0;
    for (const auto& session : sessions()) {
        if (placed == k_sessions) break;
        // A day without damaged files: those have tests of their own.
        const testing::RunResult parsed = bench.run({"parse", "--quiet", session.string()});
        if (parsed.exit == 0 && !parsed.out.empty())
            testing::place_session(session, bench.home(), work / projects[placed++ % projects.size()]);
    }
    REQUIRE(placed == k_sessions);
    testing::run_console(bench, testing::source_text("docs/tutorial.md"), false);

    // In the evening everything is published, what needs review too: all that was captured is there.
    std::int64_t published = 0;
    for (const char* name : projects) {
        bench.work_in(work / name);
        bench.expect(0, {"commit", "--all", "--include-needs-review"});
        bench.expect(0, {"push"});
    }
    for (const char* dataset : {"alice/parser", "alice/website"})
        published += bench.expect(0, {"verify", "--repo", dataset, "--json"})
                         .json()["trace_count"]
                         .integer()
                         .value_or(0);
    const json::Value all = bench.expect(0, {"list", "--everywhere", "--json"}).json();
    CHECK(all["total"].integer().value_or(-1) == published);
    CHECK(published > 60);
    for (const json::Value& trace : *all["traces"].if_array())
        CHECK(trace["stage"].string_or() == "pushed");
    CHECK(hub.credential_leaks() == 0);
}
