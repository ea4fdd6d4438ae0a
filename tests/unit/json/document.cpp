#include "opentraces/json/document.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "source_files.hpp"

using namespace opentraces;

namespace {

// What a reader makes of a text: the value, or why there is none.
template <class Read>
std::string outcome(Read read, std::string_view text) {
    try {
        return json::to_compact(read(text));
    } catch (const json::SyntaxError& error) {
        return error.what();
    }
}

void check_alike(std::string_view text) {
    const std::string exact = outcome([](std::string_view t) { return json::parse(t); }, text);
    CHECK(outcome(json::read_document, text) == exact);
}

std::string refusal(std::string_view text) {
    try {
        json::read_document(text);
        return "accepted";
    } catch (const json::SyntaxError& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("documents are read as records are: digits, order, the last of equal keys") {
    const std::string text =
        R"({"b":123456789012345678901234567890,"a":[1.50,-0,-0.0,1e3,1E400,-7,18446744073709551615],"b":{"":null}})";
    const json::Value value = json::read_document(text);
    CHECK(value == json::parse(text));
    CHECK(value.if_object()->begin()->first == "b");
    CHECK(value["a"].at(0).if_number()->literal == "1.50");
    CHECK(value["a"].at(1).if_number()->literal == "-0");
    std::string many = "{";
    for (int i = 0; i < 100; ++i)
        many += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    check_alike(many + R"("k7":"x","k99":"y","k99":"z"})");
    check_alike("[" + std::string(4300, '7') + ",-" + std::string(4300, '7') + "]");
}

TEST_CASE("both readers say the same of odd texts, with the same place") {
    for (const std::string_view text : {
             std::string_view(""),
             std::string_view(" "),
             std::string_view("\0", 1),
             std::string_view("{}\0", 3),
             std::string_view("{}\0]", 4),
             std::string_view("{\"a\":\0}", 7),
             std::string_view("\"a\0b\"", 5),
             std::string_view("\xEF\xBB\xBF{}"),
             std::string_view("{"),
             std::string_view("[1,]"),
             std::string_view("{\"a\":1,}"),
             std::string_view("{\"a\" 1}"),
             std::string_view("{a:1}"),
             std::string_view("{'a':1}"),
             std::string_view("01"),
             std::string_view("-"),
             std::string_view("1."),
             std::string_view(".5"),
             std::string_view("+1"),
             std::string_view("1e+"),
             std::string_view("nul"),
             std::string_view("nulll"),
             std::string_view("[1] 2"),
             std::string_view("// no\n{}"),
             std::string_view("{} // no"),
             std::string_view("/* no */ {}"),
             std::string_view("\"\\x\""),
             std::string_view("\"\\u12g4\""),
             std::string_view("\"\\u12"),
             std::string_view("\"\\ud800\""),
             std::string_view("\"\\udc00\\ud800\""),
             std::string_view("\"\\ud83d\\ude00\""),
             std::string_view("\"a\nb\""),
             std::string_view("\"a\tb\""),
             std::string_view("\"\x7f\""),
             std::string_view("\"\xff\""),
             std::string_view("\"\xc0\xaf\""),
             std::string_view("\"\xed\xa0\x80\""),
             std::string_view("\"\xf4\x90\x80\x80\""),
             std::string_view("\"\xc3\""),
             std::string_view("\xc2\xa0{}"),
             std::string_view(" \t\r\n{ \"a\" : [ true , false , null ] } \n"),
             std::string_view("\f{}"),
             std::string_view("\"\\/\\b\\f\\n\\r\\t\\\\\\\"\""),
         }) {
        CAPTURE(std::string(text));
        check_alike(text);
    }
    check_alike(std::string(201, '[') + std::string(201, ']'));
    check_alike(std::string(202, '[') + std::string(202, ']'));
    check_alike(std::string(100000, '['));
    std::string deep;
    for (int i = 0; i < 202; ++i)
        deep += "{\"a\":";
    check_alike(deep + "1" + std::string(202, '}'));
    check_alike(std::string(4301, '7'));
    check_alike("-" + std::string(4301, '7'));
}

TEST_CASE("a number of a document is finite") {
    CHECK(refusal("[1, NaN]") == "a number that is not finite at byte 5");
    CHECK(refusal("Infinity") == "a number that is not finite at byte 1");
    CHECK(refusal("[-Infinity]") == "a number that is not finite at byte 2");
    CHECK(refusal("[0, 1e99999]") == "a number that is not finite at byte 5");
}

TEST_CASE("why a document is refused never quotes it") {
    for (const std::string secret :
         {"hunter2", "\"hunter2", "{\"hunter2\":hunter2}", "1hunter2", "\"hunter2\\q\""})
        CHECK(refusal(secret).find("hunter2") == std::string::npos);
}

TEST_CASE("both readers and both writers agree on every fixture") {
    std::size_t documents = 0;
    const std::filesystem::path tests = std::filesystem::path(testing::source_folder()) / "tests";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tests)) {
        const bool is_seed = entry.path().parent_path() == tests / "fuzz/corpus/json";
        if (!entry.is_regular_file() || (entry.path().extension() != ".json" && !is_seed)) continue;
        CAPTURE(entry.path().string());
        const std::string text = testing::file_text(entry.path());
        json::Value value;
        try {
            value = json::parse(text);
        } catch (const json::SyntaxError&) {
            check_alike(text);
            continue;
        }
        if (refusal(text).starts_with("a number that is not finite")) continue;
        ++documents;
        REQUIRE(json::read_document(text) == value);
        REQUIRE(json::write_document(value) == json::to_compact(value));
        REQUIRE(json::read_document(json::write_pretty(value)) == json::parse(json::to_compact(value)));
    }
    CHECK(documents > 50);
}

TEST_CASE("documents are written as records are, to the byte") {
    json::Object object;
    object.append("s", json::Array{"a\xC2\x85z", "a\xE2\x80\xA8z", "a\xE2\x80\xA9z"});
    object.append("a\xE2\x80\xA8", "\xC2\x85\xE2\x80\xA9 \x7f \"\\/ \x01\n\xF0\x9F\x98\x80");
    object.append("\xFF", "\xFF\xFE and text");  // a name of a file; whoever cannot have that looks for it
    object.append(
        "", json::Array{0.1, 1e-5, 1e-7, 1e15, 1e16, 1e22, 5e-324, 9007199254740993.0, -0.0, 2.0,
                        std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()});
    object.append("n",
                  json::parse("[-0,123456789012345678901234567890,9223372036854775808,1E400,1.50,0.00001]"));
    object.append("i",
                  json::Array{std::int64_t{-9223372036854775807}, std::uint64_t{18446744073709551615u}, 0});
    object.append("e", json::Array{json::Object(), json::Array(), nullptr, true, false, "", "text"});
    const json::Value value(std::move(object));
    CHECK(json::write_document(value) == json::to_compact(value));
    CHECK(json::write_document(value["e"]) == R"([{},[],null,true,false,"","text"])");
    // Seen in scores: the library's digits are not always the shortest ones.
    for (std::uint64_t i = 1; i < 20000; ++i) {
        const double number = static_cast<double>(i * 0x9E3779B97F4A7C15 >> 11) / 1e13;
        REQUIRE(json::write_document(json::Value(number)) == json::to_compact(json::Value(number)));
    }
}

TEST_CASE("pretty documents are indented by two spaces") {
    const json::Value value = json::parse(R"({"a":[1,[],{}, {"b":1e-05}],"c":{},"d":"\u2028"})");
    CHECK(json::write_pretty(value) ==
          "{\n  \"a\": [\n    1,\n    [],\n    {},\n    {\n      \"b\": 0.00001\n    }\n  ],\n  \"c\": {},\n"
          "  \"d\": \"\\u2028\"\n}");
    CHECK(json::write_pretty(json::Value("a")) == "\"a\"");
}

TEST_CASE("only what reads records, rows and sessions has the exact reader") {
    constexpr std::array k_readers{"src/json/",
                                   "src/trace/",
                                   "src/capture/",
                                   "src/formats/",
                                   "src/shard/",
                                   "src/quality/audit/",
                                   "src/flow/import_rows.cpp",
                                   "src/cli/commands/show.cpp",
                                   "src/cli/transcript.cpp"};
    for (const testing::SourceFile& file : testing::source_files("src")) {
        const bool may = std::any_of(k_readers.begin(), k_readers.end(),
                                     [&](const char* reader) { return file.path.starts_with(reader); });
        CAPTURE(file.path);
        CHECK((may || file.text.find("opentraces/json/reader.hpp") == std::string::npos));
    }
}
