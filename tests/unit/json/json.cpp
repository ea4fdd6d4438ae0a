#include "catch.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/visible.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;

namespace {

std::string compact(std::string_view text) {
    return json::to_compact(json::parse(text));
}

std::string canonical(std::string_view text) {
    std::string out;
    json::append_canonical(out, json::parse(text));
    return out;
}

json::ByteSource source_of(std::string text, std::size_t block = 7) {
    return [text = std::move(text), block, at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        const std::size_t count = std::min({block, size, text.size() - at});
        text.copy(buffer, count, at);
        at += count;
        return count;
    };
}

}  // namespace

TEST_CASE("JSON keeps integer digits, key order and the kind of a number") {
    CHECK(compact(R"( {"b":123456789012345678901234567890, "a":[1.0, 1, -0, -0.0, 1e3]} )") ==
          R"({"b":123456789012345678901234567890,"a":[1.0,1,0,-0.0,1000.0]})");
}

TEST_CASE("the last of two equal keys wins at the place of the first") {
    CHECK(compact(R"({"a":1,"b":2,"a":3})") == R"({"a":3,"b":2})");
    std::string many = "{";
    for (int i = 0; i < 100; ++i)
        many += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    CHECK(json::parse(many + R"("k7":"x"})")["k7"].string_or() == "x");
}

TEST_CASE("numbers are spelled as the two forms ask") {
    CHECK(compact("[0.00001,1e-7,1e16,12345678901234567.0,1e22,5e-324,0.1]") ==
          "[0.00001,1e-7,1e+16,1.2345678901234568e+16,1e+22,5e-324,0.1]");
    CHECK(canonical("[0.00001,1e-7,1e16,9999999999999998.0,NaN,-Infinity]") ==
          "[1e-05, 1e-07, 1e+16, 9999999999999998.0, NaN, -Infinity]");
    CHECK(compact("[NaN,Infinity,1e400,1e-400]") == "[null,null,null,0.0]");
}

TEST_CASE("strings are escaped as the two forms ask") {
    const std::string text = "\"a\\u2028b\\u0085c\\u007f\\u00e9\\ud83d\\ude00\\/\\u0001\"";
    CHECK(compact(text) == "\"a\\u2028b\\u0085c\x7f\xC3\xA9\xF0\x9F\x98\x80/\\u0001\"");
    CHECK(canonical(text) == "\"a\\u2028b\\u0085c\\u007f\\u00e9\\ud83d\\ude00/\\u0001\"");
    CHECK(canonical("{\"\xF0\x9F\x98\x80\":1,\"\xEF\xBF\xBF\":2}") ==
          "{\"\\uffff\": 2, \"\\ud83d\\ude00\": 1}");
}

TEST_CASE("strings of every length are read and written alike, whatever stands at each of their bytes") {
    // Bytes are looked at eight at a time.
    const std::vector<std::string> odd{"\"",
                                       "\\",
                                       "\n",
                                       "\x01",
                                       "\x1f",
                                       " ",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xc2\x85",
                                       "\xe2\x80\xa8",
                                       "\xe2\x82\xac",
                                       "/",
                                       "\xf0\x9f\x99\x82"};
    for (std::size_t length = 0; length < 34; ++length) {
        for (std::size_t at = 0; at <= length; ++at) {
            for (const std::string& first : odd) {
                const std::string& second = odd[(at + length) % odd.size()];
                const std::string text =
                    std::string(at, 'a') + first + std::string(length - at, 'z') + second;
                std::string canonical;
                json::append_canonical_string(canonical, text);
                REQUIRE(json::parse(json::to_compact(json::Value(text))).string_or() == text);
                REQUIRE(json::parse(canonical).string_or() == text);
                REQUIRE(std::all_of(canonical.begin(), canonical.end(),
                                    [](char c) { return c >= 0x20 && c < 0x7f; }));
            }
        }
    }
}

TEST_CASE("a raw control character is found at its place") {
    for (std::size_t length = 0; length < 34; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (const std::string before : {"", "\\n"}) {
                std::string text = "\"" + before + std::string(length, 'a') + "\"";
                const std::size_t place = 1 + before.size() + at;
                text[place] = '\x1f';
                try {
                    json::parse(text);
                    FAIL("not refused");
                } catch (const json::SyntaxError& error) {
                    REQUIRE(error.offset() == place);
                }
                CHECK_THROWS_AS(json::parse(text.substr(0, place)), json::SyntaxError);
            }
        }
    }
}

TEST_CASE("text that is not JSON is refused with its place") {
    for (const char* text :
         {"", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "\"\\ud800\"", "\"\\x\"", "\"a\nb\"", "nul",
          "[1] 2", "\xEF\xBB\xBF{}", "\"\xff\"", "{'a':1}", "//", "\"\\udc00\\ud800\""}) {
        CAPTURE(text);
        CHECK_THROWS_AS(json::parse(text), json::SyntaxError);
    }
    try {
        json::parse("{\"a\": \"ok\xC3\xA9\xFF\"}");
        FAIL("accepted");
    } catch (const json::SyntaxError& error) {
        CHECK(error.offset() == 11);
    }
}

TEST_CASE("nesting is bounded") {
    CHECK_NOTHROW(json::parse(std::string(201, '[') + std::string(201, ']')));
    CHECK_THROWS_AS(json::parse(std::string(202, '[') + std::string(202, ']')), json::SyntaxError);
    CHECK_THROWS_AS(json::parse(std::string(100000, '[')), json::SyntaxError);
}

TEST_CASE("lines are split at LF only, with offsets, whatever the block size") {
    for (const std::size_t block : {1U, 2U, 7U, 100000U}) {
        json::LineReader reader(source_of("one\r\n\ntwo\xE2\x80\xA8two\nlast", block));
        json::Line line;
        REQUIRE(reader.next(line));
        CHECK((line.text == "one" && line.number == 1 && line.offset == 0));
        REQUIRE(reader.next(line));
        CHECK((line.text.empty() && line.offset == 5));
        REQUIRE(reader.next(line));
        CHECK((line.text == "two\xE2\x80\xA8two" && line.offset == 6));
        REQUIRE(reader.next(line));
        CHECK((line.text == "last" && !line.terminated && line.number == 4));
        CHECK_FALSE(reader.next(line));
    }
}

TEST_CASE("a line beyond the limit is skipped to its end and reported") {
    json::LineReader reader(source_of(std::string(100, 'x') + "\nshort\n" + std::string(50, 'y'), 13), 20);
    json::Line line;
    REQUIRE(reader.next(line));
    CHECK((line.too_long && line.length == 100 && line.text.empty()));
    REQUIRE(reader.next(line));
    CHECK((line.text == "short" && line.offset == 101));
    REQUIRE(reader.next(line));
    CHECK((line.too_long && line.length == 50 && !line.terminated));
    CHECK_FALSE(reader.next(line));
}

TEST_CASE("an answer that may end on a terminal escapes what that obeys or does not show") {
    json::Object object;
    object.append("a\x1b\xC2\x9B", "\x7f\xE2\x80\xAE\xE2\x80\x8B\xF3\xA0\x81\xA1 \xC3\xA9\xFF");
    const std::string text = json::to_visible(json::Value(object));
    CHECK(text == R"({"a\u001b\u009b":"\u007f\u202e\u200b\udb40\udc61 )"
                  "\xC3\xA9"
                  R"(\ufffd"})");
    const json::Value back = json::parse(text);
    CHECK(back["a\x1b\xC2\x9B"].string_or() ==
          "\x7f\xE2\x80\xAE\xE2\x80\x8B\xF3\xA0\x81\xA1 \xC3\xA9\xEF\xBF\xBD");
}
