// A false alarm, by the program that is run anew for each.
#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

TEST_CASE("allow: a rule is let through in the project, listed, and taken back") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
    bench.expect(2, {"allow", "--project", "--rule", "phone_number"});
    bench.expect(0, {"allow", "--project", "--rule", "phone_number", "--reason", "Part numbers"});
    const json::Value listed = bench.expect(0, {"allow", "--list", "--json"}).json()["allowances"];
    CHECK(listed.at(0)["reason"].string_or() == "Part numbers");
    bench.expect(0, {"allow", "--remove", "1"});
    CHECK(bench.expect(0, {"allow", "--list"}).out == "Nothing is allowed.\n");
    bench.expect(0, {"undo"});
    CHECK(bench.expect(0, {"allow", "--list"}).out.find("Part numbers") != std::string::npos);
}
