// What the start of a file tells, and files that are one document.
#include <string>

#include "capture/documents.hpp"
#include "capture/edit_calls.hpp"
#include "capture/heads.hpp"
#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::capture;
using namespace opentraces::testing;

TEST_CASE("heads: of a document that is cut, what was read until then counts", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/a", R"( {"id":"x","n":12,"yes":true,"list":[{"role":"user","text":"a\nb"},{"role":"as)");
    Sources sources(disk);
    const json::Value start = start_of_document("/a", sources);
    CHECK(start["id"].string_or() == "x");
    CHECK(start["n"].integer() == 12);
    CHECK(start["yes"].bool_or(false));
    CHECK(start["list"].at(0)["text"].string_or() == "a\nb");
    REQUIRE(start["list"].if_array() != nullptr);
    CHECK(start["list"].if_array()->size() == 2);
    put(disk, "/b", "[1, {\"a\":");
    CHECK(start_of_document("/b", sources).at(1).if_object() != nullptr);
    put(disk, "/n", "12");
    CHECK(start_of_document("/n", sources).is_null());
    put(disk, "/c", "{\"id\":\"x\"} more");
    CHECK(start_of_document("/c", sources)["id"].string_or() == "x");
    put(disk, "/d", std::string(100, '{'));
    CHECK(start_of_document("/d", sources).if_object() != nullptr);
    put(disk, "/e", R"({"a":)" + std::string(100'000, '['));
    CHECK(start_of_document("/e", sources)["a"].if_array() != nullptr);
}

TEST_CASE("heads: only the first lines of a file say what it is", "[capture]") {
    InMemoryDisk disk;
    std::string text;
    for (int line = 0; line < 60; ++line)
        text += "{\"n\":" + std::to_string(line) + "}\n";
    put(disk, "/a", text);
    Sources sources(disk);
    const auto is = [](std::int64_t wanted) {
        return [wanted](const json::Value& object) { return object["n"].integer() == wanted; };
    };
    CHECK(starts_with_lines("/a", sources, is(3)));
    CHECK(starts_with_lines("/a", sources, is(39)));
    CHECK_FALSE(starts_with_lines("/a", sources, is(40)));
}

TEST_CASE("documents: a session that is no whole document is refused with its line", "[capture]") {
    InMemoryDisk disk;
    Sources sources(disk);
    const auto reason = [&](const std::string& text) {
        put(disk, "/a", text);
        ParsedSession parsed;
        CHECK_FALSE(read_session_document("/a", sources, parsed).has_value());
        CHECK(parsed.verdict == ParseVerdict::Refused);
        return parsed.reason + " in line " + std::to_string(parsed.line);
    };
    CHECK(reason("") == "empty file in line 0");
    CHECK(reason("\n{\n\"a\": [1,").ends_with("in line 3"));
    CHECK(reason("{\"a\":\n\"\xff\"}").starts_with("not UTF-8"));
    CHECK(reason("{}\n{}") == "not JSON: text after the value in line 1");
    ParsedSession parsed;
    put(disk, "/a", "\n{\"a\":\"\\ud83d\"}\n");
    CHECK((*read_session_document("/a", sources, parsed))["a"].string_or() == "\xef\xbf\xbd");
    CHECK(read_side_document("/none", sources, parsed).is_null());
    CHECK(parsed.report.skipped.empty());
    put(disk, "/side", "{");
    CHECK(read_side_document("/side", sources, parsed).is_null());
    REQUIRE(parsed.report.skipped.size() == 1);
    CHECK(parsed.report.skipped[0].words == "side: not JSON");
}

namespace {

std::vector<enrich::FileChange> asked(const char* tool, const char* input) {
    trace::ToolCall call;
    call.tool_name = tool;
    call.input = *json::parse(input).if_object();
    return changes_asked(call);
}

}  // namespace

TEST_CASE("edit calls: what a call asks to do to files, however its agent calls it", "[capture]") {
    const auto written = asked("write_file", R"({"file_path":"/p/a","content":"x\ny\n"})");
    REQUIRE(written.size() == 1);
    CHECK(written[0].path == "/p/a");
    CHECK(written[0].written == "x\ny\n");
    CHECK_FALSE(written[0].created);
    CHECK(asked("create_file", R"({"path":"a","content":""})")[0].created);

    const auto replaced = asked("replace", R"({"file_path":"a","old_string":"x","new_string":"y"})");
    REQUIRE(replaced.size() == 1);
    CHECK(replaced[0].replacements.at(0).old_text == "x");
    CHECK(replaced[0].replacements.at(0).new_text == "y");
    const auto many = asked(
        "MultiEdit", R"({"path":"a","edits":[{"oldText":"x","newText":"y"},{"oldText":"z","newText":""}]})");
    REQUIRE(many.size() == 1);
    CHECK(many[0].replacements.size() == 2);
    CHECK(asked("str_replace_editor", R"({"command":"view","path":"a"})").empty());
    CHECK(asked("str_replace_editor", R"({"command":"create","path":"a","file_text":"b"})")[0].created);
    CHECK(asked("delete_file", R"({"path":"a"})")[0].deleted);
    CHECK(
        asked("apply_patch", R"({"input":"*** Begin Patch\n*** Delete File: a\n*** End Patch"})")[0].deleted);

    CHECK(asked("write_file", R"({"content":"x"})").empty());
    CHECK(asked("edit", R"({"path":"a"})").empty());
    CHECK(asked("read_file", R"({"path":"a","content":"x"})").empty());
}

TEST_CASE("edit calls: blocks that are searched and replaced", "[capture]") {
    const auto blocks = replacements_in_blocks(
        "a\n<<<<<<< SEARCH\nx\n=======\ny\nz\n>>>>>>> REPLACE\n"
        "------- SEARCH\n=======\nnew\n+++++++ REPLACE\n<<<<<<< SEARCH\nnever ended\n");
    REQUIRE(blocks.size() == 2);
    CHECK(blocks[0].old_text == "x\n");
    CHECK(blocks[0].new_text == "y\nz\n");
    CHECK(blocks[1].old_text.empty());
    CHECK(blocks[1].new_text == "new\n");
}
