#include "flow/line_diff.hpp"

#include "catch.hpp"

using namespace opentraces;
using namespace opentraces::flow;

TEST_CASE("a diff shows what changes and its neighbours") {
    CHECK(line_diff("a\nb\n", "a\nb\n").empty());
    CHECK(line_diff("", "a\nb\n") == "+a\n+b\n");
    CHECK(line_diff("a\nb\n", "") == "-a\n-b\n");
    CHECK(line_diff("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\nx\n5\n6\n7\n") == "@@\n 2\n 3\n-4\n+x\n 5\n 6\n@@\n");
    CHECK(line_diff("a\nc\n", "a\nb\nc\n") == " a\n+b\n c\n");
}
