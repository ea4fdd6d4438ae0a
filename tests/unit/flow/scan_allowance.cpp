// Comments that say why something stays.
#include "catch.hpp"
#include "opentraces/flow/scan.hpp"

using namespace opentraces;
using flow::AllowComment;

namespace {

AllowComment allowance(std::string_view before, std::string_view after, bool json = false) {
    return flow::allowance_of({before, "secret", after, json});
}

}  // namespace

TEST_CASE("allow comments: on the line of the finding, with a reason") {
    CHECK(allowance("key = ", "  # opentraces:allow a key of the tests") == AllowComment::Allowed);
    CHECK(allowance("/* opentraces:allow sample */ k = ", "") == AllowComment::Allowed);
    CHECK(allowance("key = ", "\n# opentraces:allow a key of the tests") == AllowComment::None);
    CHECK(allowance("a\n\nkey = ", " // opentraces:allow: documented\nnext") == AllowComment::Allowed);
    CHECK(allowance("key = ", "") == AllowComment::None);
}

TEST_CASE("allow comments: without a reason they do not count") {
    CHECK(allowance("key = ", " # opentraces:allow") == AllowComment::WithoutReason);
    CHECK(allowance("key = ", " # opentraces:allow  ") == AllowComment::WithoutReason);
    CHECK(allowance("key = ", " <!-- opentraces:allow -->") == AllowComment::WithoutReason);
    CHECK(allowance("key = ", " /* opentraces:allow */ other words") == AllowComment::WithoutReason);
    CHECK(allowance("key = ", " # opentraces:allow x1") == AllowComment::WithoutReason);
    CHECK(allowance("key = ", " # opentraces:allowed as a word") == AllowComment::None);
    // What was found is no reason.
    CHECK(allowance("# opentraces:allow ", "") == AllowComment::WithoutReason);
}

TEST_CASE("allow comments: alone on the line above") {
    CHECK(allowance("x\n  // opentraces:allow taken from the manual\nkey = ", "") == AllowComment::Allowed);
    CHECK(allowance("# opentraces:allow\nkey = ", "") == AllowComment::WithoutReason);
    CHECK(allowance("k = 1 # opentraces:allow the other\nkey = ", "") == AllowComment::None);
    CHECK(allowance("# opentraces:allow too far\n\nkey = ", "") == AllowComment::None);
    const std::string_view long_line(std::string_view("# opentraces:allow is there\n"));
    CHECK(allowance(std::string(long_line) + std::string(5000, ' ') + "key = ", "") == AllowComment::None);
}

TEST_CASE("allow comments: strings of JSON have none") {
    CHECK(allowance("{\"k\":\"", "\",\"c\":\"opentraces:allow it is data\"}", true) == AllowComment::None);
}
