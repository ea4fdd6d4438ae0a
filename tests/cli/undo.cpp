// A decision that is taken back, by the program that is run anew for each.
#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

TEST_CASE("undo takes decisions back until they are pushed") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
    bench.expect(6, {"undo"});
    const std::string id(bench.expect(0, {"capture", testing::fixture_session(), "--json"})
                             .json()["trace_ids"]
                             .at(0)
                             .string_or());
    const auto stage = [&] {
        return std::string(bench.expect(0, {"show", id, "--json"}).json()["stage"].string_or());
    };
    bench.expect(0, {"reject", id});
    const json::Value undone = bench.expect(0, {"undo", "--json"}).json()["undone"];
    CHECK(undone["kind"].string_or() == "reject");
    CHECK(undone["trace_ids"].at(0).string_or() == id);
    CHECK(stage() == "inbox");

    bench.expect(0, {"commit", id, "-m", "Kept"});
    bench.expect(0, {"uncommit", id});
    bench.expect(0, {"undo"});
    CHECK(stage() == "committed");
    CHECK(bench.expect(0, {"log"}).out.find("Kept") != std::string::npos);

    bench.expect(0, {"push"});
    const auto refused = bench.expect(2, {"undo", "--json"});
    CHECK(refused.json()["error"]["code"].string_or() == "INVALID_STATE");
    CHECK(std::string(refused.json()["error"]["message"].string_or()).find("was pushed") !=
          std::string::npos);
    CHECK(stage() == "pushed");
    const json::Value listed = bench.expect(0, {"undo", "--list", "--json"}).json()["decisions"];
    REQUIRE(listed.if_array() != nullptr);
    CHECK(listed.if_array()->size() == 1);
    CHECK(listed.at(0)["can_be_undone"] == json::Value(false));
}
