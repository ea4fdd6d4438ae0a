// Tokens: the grammar of RFC 8259 and the three bare words, with byte offsets.
#include "opentraces/json/lexer.hpp"
#include "catch.hpp"
#include "opentraces/json/reader.hpp"

#include <string>
#include <vector>

using namespace opentraces;
using json::Token;

namespace {

template <class String>
Token last_token(std::string_view text) {
    json::Tokens<String> in(text);
    Token token = in.next();
    while (token != Token::End && token != Token::Bad)
        token = in.next();
    return token;
}

// What the tokens cover, one after the other.
std::vector<std::string> texts(std::string_view text) {
    json::LocatedTokens in(text);
    std::vector<std::string> found;
    for (Token token = in.next(); token != Token::End; token = in.next()) {
        REQUIRE(token != Token::Bad);
        found.emplace_back(in.text());
    }
    return found;
}

}  // namespace

TEST_CASE("tokens say where they are") {
    CHECK(texts(R"( {"a" : [1, -2.5e+3 ,"x\"y" ] ,"b":{}, "c":[true,false,null,NaN,-Infinity]} )") ==
          std::vector<std::string>{"{", "\"a\" :", "[", "1", "-2.5e+3", "\"x\\\"y\"", "]", "\"b\":", "{", "}",
                                   "\"c\":", "[", "true", "false", "null", "NaN", "-Infinity", "]", "}"});
}

TEST_CASE("tokens are what the reader takes, and nothing else") {
    for (const char* text :
         {"0", "-0", "1e5", "1E-5", "1.0e+5", "\"\"", "\"\\u00e9\\/\"", "[]", " [ ] ", "{}", "[[],{}]", "NaN",
          "Infinity", "-Infinity", "{\"a\":1,\"a\":2}", "null ", "\"\\ud83d\\ude00\"", "[1,2]"}) {
        CAPTURE(text);
        CHECK(last_token<json::StringToken>(text) == Token::End);
        CHECK(last_token<std::string>(text) == Token::End);
        CHECK_NOTHROW(json::parse(text));
    }
    for (const char* text : {"",
                             " ",
                             "1.2.3",
                             "1e+-",
                             "1e",
                             "1.",
                             ".5",
                             "01",
                             "-01",
                             "-",
                             "+1",
                             "--1",
                             "1-",
                             "0x1",
                             "\"\\q\"",
                             "\"\\u12\"",
                             "\"\\u12g4\"",
                             "\"\\'\"",
                             "\"a",
                             "\"a\\\"",
                             "\"\\",
                             "\"\\u\"",
                             "\"\n\"",
                             "[",
                             "[1",
                             "[1,",
                             "[1,]",
                             "[,1]",
                             "[1 2]",
                             "]",
                             "{",
                             "{\"a\"",
                             "{\"a\":",
                             "{\"a\":1",
                             "{\"a\":1,",
                             "{\"a\":1,}",
                             "{,}",
                             "{\"a\" 1}",
                             "{1:2}",
                             "{\"a\":1]",
                             "[1}",
                             "nul",
                             "nulL",
                             "True",
                             "nan",
                             "-NaN",
                             "Inf",
                             "-Inf",
                             "[] []",
                             "{}x",
                             "'a'",
                             "\"\\ud83d\\u12\"",
                             "//",
                             "\f1"}) {
        CAPTURE(text);
        CHECK(last_token<json::StringToken>(text) == Token::Bad);
        CHECK(last_token<std::string>(text) == Token::Bad);
        CHECK_THROWS_AS(json::parse(text), json::SyntaxError);
    }
}

TEST_CASE("a lone surrogate is a token, but no text") {
    for (const char* text :
         {R"("\ud800")", R"("\udc00\ud800")", R"("\ud83dx")", R"("\ud800\n")", R"("\ud800\u0041")"}) {
        CAPTURE(text);
        json::LocatedTokens located(text);
        REQUIRE(located.next() == Token::String);
        CHECK(located.string().lone_surrogate);
        CHECK(located.next() == Token::End);
        CHECK(last_token<std::string>(text) == Token::Bad);
    }
    json::LocatedTokens pair(R"("\ud83d\ude00")");
    REQUIRE(pair.next() == Token::String);
    CHECK(pair.string().escaped);
    CHECK_FALSE(pair.string().lone_surrogate);
}

TEST_CASE("a token that is not JSON is named with its place") {
    json::LocatedTokens in(R"({"a": "xy\q"})");
    CHECK(in.next() == Token::ObjectBegin);
    CHECK(in.next() == Token::Key);
    REQUIRE(in.next() == Token::Bad);
    CHECK(in.begin() == 6);
    CHECK(in.failed_at() == 10);
    CHECK(std::string(in.why()) == "an unknown escape in a string");
}

TEST_CASE("nesting is a matter of the caller's bound") {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    CHECK(last_token<json::StringToken>(deep) == Token::End);
    json::LocatedTokens bounded("[[[]]]", 2);
    CHECK(bounded.next() == Token::ArrayBegin);
    CHECK(bounded.next() == Token::ArrayBegin);
    REQUIRE(bounded.next() == Token::Bad);
    CHECK(bounded.failed_at() == 2);
}
