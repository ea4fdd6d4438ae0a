// Finding, choosing and looking at captured sessions with the real binary.
#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

namespace {

void capture_fixture(Workbench& bench) {
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
}

}  // namespace

TEST_CASE("looking: what a session has used, chosen as everywhere, and shown in outline") {
    Workbench bench;
    capture_fixture(bench);
    const json::Value usage = bench.expect(0, {"usage", "--by", "agent", "--everywhere", "--json"}).json();
    CHECK(usage["totals"]["trace_count"].integer() == 1);
    CHECK(*usage["totals"]["cache_read_tokens"].integer() > 0);
    const json::Value listed = bench.expect(0, {"list", "--since", "2020-01-01", "--json"}).json();
    const std::string id(listed["traces"].at(0)["trace_id"].string_or());
    CHECK(bench.expect(0, {"list", "--until", "2020-01-01"}).out == "No trace matches.\n");
    CHECK(bench.expect(0, {"show", id, "--outline"}).out.find("Prompts (") != std::string::npos);
}

TEST_CASE("looking: a session is read again from its raw copy, and old copies are pruned") {
    Workbench bench;
    capture_fixture(bench);
    CHECK(bench.expect(0, {"recapture", "--all", "--json"}).json()["unchanged"].integer() == 1);
    CHECK(bench.expect(0, {"prune", "--dry-run"}).out == "Nothing to prune.\n");
}
