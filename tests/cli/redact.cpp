// A text that no rule knows leaves a trace, and comes back, by the program that is run anew for each.
#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

TEST_CASE("redact takes a text from standard input out of what will be published, until unredact") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
    const std::string id(bench.expect(0, {"capture", testing::fixture_session(), "--json"})
                             .json()["trace_ids"]
                             .at(0)
                             .string_or());
    const auto shown = [&] { return bench.expect(0, {"show", id, "--verbose"}).out; };
    const auto has = [&] { return shown().find("notarize") != std::string::npos; };
    REQUIRE(has());
    const auto redacted = bench.expect(0, {"redact", id, "--text", "--json"}, "notarize\n");
    CHECK((redacted.out + redacted.err).find("notarize") == std::string::npos);
    CHECK_FALSE(has());
    bench.expect(0, {"unredact", id});
    CHECK(has());
    bench.expect(0, {"undo"});
    CHECK_FALSE(has());
    bench.expect(0, {"commit", id, "--yes"});
    bench.expect(0, {"push"});
    bench.expect(2, {"unredact", id});
}
