// Pages of the documentation as tests (workbench/console_page.hpp).
#include "catch.hpp"
#include "workbench/console_page.hpp"

using namespace opentraces;
using testing::ConsoleStep;

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
