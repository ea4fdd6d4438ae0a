// Texts that stand for other things: times, hexadecimal digits, base64.
#include <string>

#include "catch.hpp"
#include "opentraces/core/base64.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/date_time.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/hex.hpp"

using namespace opentraces;

TEST_CASE("ISO 8601 is read in every form that sessions have") {
    const auto expected = read_iso8601("2026-03-28T10:00:05Z");
    REQUIRE(expected);
    CHECK(expected->has_time);
    for (const char* text :
         {"2026-03-28t10:00:05z", "2026-03-28 10:00:05", "2026-03-28T12:00:05+02", "2026-03-28T12:00:05+0200",
          "2026-03-28T12:00:05+02:00", "2026-03-28T08:30:05-01:30", "2026-03-29T00:00:05+14:00",
          "2026-03-28T09:59:60+00:00"}) {
        CAPTURE(text);
        const auto at = read_iso8601(text);
        REQUIRE(at);
        CHECK(at->second - expected->second == std::chrono::seconds(text[18] == '0' ? -5 : 0));
        CHECK(at->nanoseconds == 0);
    }
    CHECK(read_iso8601("2026-03-28T10:00")->second == expected->second - std::chrono::seconds(5));
    const auto fine = read_iso8601("2026-03-28T10:00:05,1234567891Z");
    REQUIRE(fine);
    CHECK(fine->nanoseconds == 123'456'789);
    CHECK(fine->fraction_digits == 9);
    CHECK(read_iso8601("2026-03-28T10:00:05.10")->fraction_digits == 2);
    const auto date = read_iso8601("2026-03-28");
    REQUIRE(date);
    CHECK_FALSE(date->has_time);
    CHECK(format_iso8601(TimePoint{date->second}) == "2026-03-28T00:00:00.000Z");
}

TEST_CASE("what only resembles ISO 8601 is refused") {
    for (const char* text : {"",
                             "2026",
                             "2026-03",
                             "2026-3-28",
                             "2026-13-01",
                             "2026-00-10",
                             "2026-02-30",
                             "2026-03-00",
                             "20260328T100005Z",
                             "2026-03-28T",
                             "2026-03-28Z",
                             "2026-03-28T10",
                             "2026-03-28T24:00:00Z",
                             "2026-03-28T10:60",
                             "2026-03-28T10:00:61",
                             "2026-03-28T10:00:05.",
                             "2026-03-28T10:00:05.Z",
                             "2026-03-28T10:00.5Z",
                             "2026-03-28T10:00:05+2",
                             "2026-03-28T10:00:05+02:",
                             "2026-03-28T10:00:05+24:00",
                             "2026-03-28T10:00:05+02:60",
                             "2026-03-28T10:00:05+02:0",
                             "2026-03-28T10:00:05 Z",
                             "2026-03-28T10:00:05Zx",
                             "+2026-03-28",
                             "1774692005"}) {
        CAPTURE(text);
        CHECK_FALSE(read_iso8601(text));
        CHECK_FALSE(parse_iso8601(text));
    }
}

TEST_CASE("hexadecimal digits") {
    CHECK((hex_digit('0') == 0 && hex_digit('9') == 9 && hex_digit('a') == 10 && hex_digit('F') == 15));
    for (const char c : {'g', 'G', '/', ':', '@', '`', '\0', ' ', '\xe9'})
        CHECK(hex_digit(c) == -1);
    CHECK(hex_value("x7fFF", 1, 4) == 0x7FFF);
    CHECK(hex_value("7f", 0, 3) == -1);
    CHECK(hex_value("7f", 2, 1) == -1);
    CHECK(hex_value("7f", 3, 1) == -1);
    CHECK(hex_value("7g", 0, 2) == -1);
    CHECK(is_lower_hex("0af9", 4));
    CHECK_FALSE(is_lower_hex("0aF9", 4));
    CHECK_FALSE(is_lower_hex("0af9", 5));
    CHECK_FALSE(is_lower_hex("0ag9", 4));
    CHECK(is_uuid("6f1c2f0e-8f6b-5e0a-9a3e-0B3A2C1D4E5F"));
    CHECK_FALSE(is_uuid("6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5"));
    CHECK_FALSE(is_uuid("6f1c2f0e08f6b-5e0a-9a3e-0b3a2c1d4e5f"));
    CHECK_FALSE(is_uuid("6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5g"));
}

TEST_CASE("base64 is read strictly as a field and leniently as a run") {
    for (const std::string& bytes : {std::string(), std::string("a"), std::string("ab"), std::string("abc"),
                                     std::string("\0\xff\x7f\xfb", 4)})
        CHECK(decode_base64(base64(bytes)) == bytes);
    for (const char* text : {"YQ", "YQ=", "YR==", "YQ==x", "YQ ==", "Y", "-_-_", "YWJj\n", "===="}) {
        CAPTURE(text);
        CHECK_FALSE(decode_base64(text));
    }
    CHECK(decode_base64_run("YWJjZA==rest") == "abcd");
    CHECK(decode_base64_run("YWJj.ZGVm") == "abc");
    CHECK(decode_base64_run("-_-_") == decode_base64_run("+/+/"));
    CHECK(decode_base64_run("!").empty());
}
