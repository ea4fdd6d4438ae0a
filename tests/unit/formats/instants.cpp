#include "catch.hpp"
#include "formats/view/prepared.hpp"

using namespace opentraces::formats;

namespace {

std::string round_trip(std::string_view text) {
    const auto at = parse_instant(text);
    return at ? instant_text(*at) : "none";
}

}  // namespace

TEST_CASE("formats: times of every spelling become UTC with three to six digits") {
    CHECK(round_trip("2026-03-28T10:00:05.000Z") == "2026-03-28T10:00:05.000Z");
    CHECK(round_trip("2026-03-28 10:00") == "2026-03-28T10:00:00.000Z");
    CHECK(round_trip("2026-03-28T10:00:05.1+02:00") == "2026-03-28T08:00:05.100Z");
    CHECK(round_trip("2026-03-28T23:30:00-0130") == "2026-03-29T01:00:00.000Z");
    CHECK(round_trip("2026-03-28T10:00:05.123456Z") == "2026-03-28T10:00:05.123456Z");
    CHECK(round_trip("2026-03-28T10:00:05.123456789") == "2026-03-28T10:00:05.123456Z");
    CHECK(round_trip("1969-12-31T23:59:59.999Z") == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("formats: every nanosecond of a time is kept") {
    CHECK(parse_instant("2026-03-28T10:00:05.123456789Z")->ns == 1774692005123456789);
    CHECK(parse_instant("2026-03-28T10:00:05.1234567891234Z")->ns == 1774692005123456789);
    CHECK(to_milliseconds(*parse_instant("2026-03-28T10:00:05.123999Z")) == 1774692005123);
    CHECK(to_milliseconds(*parse_instant("1969-12-31T23:59:59.9985Z")) == -2);
}

TEST_CASE("formats: what is not a time is none") {
    for (const auto* text :
         {"", "now", "2026-03-28", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-03-28T24:00:00Z",
          "2026-03-28T10:00:05.Z", "2026-03-28T10:00:05Zx", "2026-03-28T10:00:05+2", "1600-01-01T00:00:00Z",
          "9999-01-01T00:00:00Z", "1774692005", "2026-03-28T10", "2026-03-28T10:00:05 Z"})
        CHECK(round_trip(text) == "none");
}
