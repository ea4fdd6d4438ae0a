// docs/tutorial.md is run line by line, on the bundled sessions, and says what the page says it says.
#include <filesystem>

#include "catch.hpp"
#include "golden.hpp"
#include "hub_emulator/emulator.hpp"
#include "workbench/agent_sessions.hpp"
#include "workbench/console_page.hpp"

using namespace opentraces;
using testing::ConsoleStep;
using testing::Workbench;

namespace {

constexpr const char* k_token = "hf_emulatoremulatoremulator";

std::filesystem::path fixture(const std::string& name) {
    return std::filesystem::path(testing::source_folder()) / "tests/fixtures/sessions/claude-code" / name;
}

}  // namespace

TEST_CASE("tutorial: the page is true from its first command to its last") {
    hub_emulator::HubEmulator hub;
    hub.start();
    hub.add_user("alice", k_token);
    Workbench bench;
    const auto work = testing::begin_tutorial(bench, hub.hub_url(), k_token);
    testing::place_session(fixture("c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl"), bench.home(),
                           work / "parser");
    testing::place_session(fixture("9265dc4e-fa94-4c08-9932-fca495724501.jsonl"), bench.home(),
                           work / "parser");
    testing::place_session(fixture("1af7fc5e-8455-4414-9ccd-011d40f70b2a.jsonl"), bench.home(),
                           work / "website");
    testing::place_session(fixture("d7d4e19e-608d-44ef-b166-cd050ef274ba.jsonl"), bench.home(),
                           work / "website");
    testing::place_session(fixture("subagents-below/0a1b2c3d-4e5f-4061-8071-2a3b4c5d6e7f.jsonl"),
                           bench.home(), work / "tools");
    testing::run_console(bench, testing::source_text("docs/tutorial.md"), true);
    CHECK(hub.credential_leaks() == 0);
}

TEST_CASE("tutorial: what a page expects is compared, status and words") {
    const std::vector<ConsoleStep> steps = testing::console_steps(
        "text\n<!-- run: cp a b -->\n```console\n$ first\nsays …\n\n$ second # exit 8\n```\n```sh\n$ not "
        "this\n```\n");
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].command == "cp a b");
    CHECK_FALSE(steps[0].shown);
    CHECK(steps[1].expected == std::vector<std::string>{"says …", ""});
    CHECK(steps[2].exit == 8);
    CHECK(testing::says("a 12 b\nc\n", {"a … b", "c"}));
    CHECK(testing::says("a\nb\nc\nd\n", {"a", "…", "d"}));
    CHECK_FALSE(testing::says("a 12 b\nc\n", {"a … b"}));
    CHECK_FALSE(testing::says("a 12 c\n", {"a … b"}));
    CHECK_FALSE(testing::says("a\n", {"a", "b"}));
}
