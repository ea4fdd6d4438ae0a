// A dataset that becomes public while traces are on their way.
#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

TEST_CASE("push: a dataset that became public meanwhile is no success, and the traces are pushed") {
    constexpr const char* k_token = "hf_emulatoremulatoremulator";
    hub_emulator::HubEmulator hub;
    hub.start();
    hub.add_user("ada", k_token);
    Workbench bench;
    bench.set("HF_ENDPOINT", hub.hub_url());
    bench.set("HF_TOKEN", k_token);
    bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--remote", "ada/traces"});
    bench.expect(0, {"capture", fixture_session()});
    bench.expect(0, {"commit", "--all"});
    hub_emulator::Fault turn;
    turn.kind = hub_emulator::FaultKind::k_commit_slips_in;
    turn.method = "POST";
    turn.path_parts = {"/paths-info/"};
    turn.callback = [&] { hub.set_private("ada/traces", false); };
    hub.add_fault(turn);
    const RunResult run = bench.expect(3, {"push", "--json"});
    CHECK(run.json()["error"]["code"].string_or() == "VISIBILITY_MISMATCH");
    CHECK(run.json()["became_public"].bool_or(false));
    CHECK(run.json()["visibility"].string_or() == "public");
    CHECK(run.json()["uploaded"].integer() == 1);
    CHECK(run.err.find("became public during the push") != std::string::npos);
    CHECK(bench.expect(0, {"list", "--stage", "pushed", "--json"}).json()["total"].integer() == 1);
}
