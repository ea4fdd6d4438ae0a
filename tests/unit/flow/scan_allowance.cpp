// Comments that say why something stays.
#include "catch.hpp"
#include "opentraces/flow/scan.hpp"

using namespace opentraces;
using flow::Allowance;

namespace {

Allowance allowance(std::string_view before, std::string_view after, bool json = false) {
    return flow::allowance_of({before, "secret", after, json});
}

}  // namespace

TEST_CASE("allow comments: on the line of the finding, with a reason") {
    CHECK(allowance("key = ", "  # opentraces:allow a key of the tests") == Allowance::Allowed);
    CHECK(allowance("/* opentraces:allow sample */ k = ", "") == Allowance::Allowed);
    CHECK(allowance("key = ", "\n# opentraces:allow a key of the tests") == Allowance::None);
    CHECK(allowance("a\n\nkey = ", " // opentraces:allow: documented\nnext") == Allowance::Allowed);
    CHECK(allowance("key = ", "") == Allowance::None);
}

TEST_CASE("allow comments: without a reason they do not count") {
    CHECK(allowance("key = ", " # opentraces:allow") == Allowance::WithoutReason);
    CHECK(allowance("key = ", " # opentraces:allow  ") == Allowance::WithoutReason);
    CHECK(allowance("key = ", " <!-- opentraces:allow -->") == Allowance::WithoutReason);
    CHECK(allowance("key = ", " /* opentraces:allow */ other words") == Allowance::WithoutReason);
    CHECK(allowance("key = ", " # opentraces:allow x1") == Allowance::WithoutReason);
    CHECK(allowance("key = ", " # opentraces:allowed as a word") == Allowance::None);
    // What was found is no reason.
    CHECK(allowance("# opentraces:allow ", "") == Allowance::WithoutReason);
}

TEST_CASE("allow comments: alone on the line above") {
    CHECK(allowance("x\n  // opentraces:allow taken from the manual\nkey = ", "") == Allowance::Allowed);
    CHECK(allowance("# opentraces:allow\nkey = ", "") == Allowance::WithoutReason);
    CHECK(allowance("k = 1 # opentraces:allow the other\nkey = ", "") == Allowance::None);
    CHECK(allowance("# opentraces:allow too far\n\nkey = ", "") == Allowance::None);
    const std::string_view long_line(std::string_view("# opentraces:allow is there\n"));
    CHECK(allowance(std::string(long_line) + std::string(5000, ' ') + "key = ", "") == Allowance::None);
}

TEST_CASE("allow comments: strings of JSON have none") {
    CHECK(allowance("{\"k\":\"", "\",\"c\":\"opentraces:allow it is data\"}", true) == Allowance::None);
}
