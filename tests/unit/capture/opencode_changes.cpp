#include "capture/opencode/changes.hpp"

#include "catch.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;

namespace {

std::vector<enrich::FileChange> changes(const char* tool, const char* state) {
    return capture::opencode::changes_of(tool, json::parse(state));
}

TEST_CASE("opencode: whole contents, where a version keeps them", "[capture]") {
    const auto edit = changes("edit",
                              R"({"input":{"filePath":"/a","oldString":"1","newString":"2"},
            "metadata":{"diff":"@@ -1,1 +1,1 @@\n-1\n+2\n","filediff":{"before":"1\n","after":"2\n"}}})");
    REQUIRE(edit.size() == 1);
    CHECK(edit[0].before == "1\n");
    CHECK(edit[0].written == "2\n");
    CHECK_FALSE(edit[0].created);
}

TEST_CASE("opencode: an edit of nothing makes the file, and what was before is no empty file", "[capture]") {
    const auto edit = changes(
        "edit",
        R"({"input":{"filePath":"/a","oldString":"","newString":"2\n"},"metadata":{"filediff":{"before":"","after":"2\n"}}})");
    REQUIRE(edit.size() == 1);
    CHECK(edit[0].created);
    CHECK(edit[0].written == "2\n");
    CHECK_FALSE(edit[0].before);
    CHECK(edit[0].replacements.empty());
}

TEST_CASE("opencode: a written file is new only when the result says so", "[capture]") {
    const auto file = [](const char* existed) {
        const std::string state =
            R"({"input":{"filePath":"/a","content":"x"},"metadata":{)" + std::string(existed) + "}}";
        return changes("write", state.c_str()).at(0);
    };
    CHECK(file(R"("exists":false)").created);
    CHECK_FALSE(file(R"("exists":true)").created);
    CHECK_FALSE(file("").created);
    CHECK(file("").written == "x");
}

TEST_CASE("opencode: the edits of one call are changes of their own", "[capture]") {
    const auto edits = changes(
        "multiedit",
        R"({"input":{"filePath":"/a","edits":[{"oldString":"1","newString":"2"},{"filePath":"/b","oldString":"3","newString":"4"}]},
            "metadata":{"results":[{"filediff":{"before":"1","after":"2"}}]}})");
    REQUIRE(edits.size() == 2);
    CHECK(edits[0].path == "/a");
    CHECK(edits[0].before == "1");
    CHECK(edits[1].path == "/b");
    CHECK(edits[1].replacements.at(0).old_text == "3");
}

TEST_CASE("opencode: a patch has its places from the result, unless an indent was taken off", "[capture]") {
    const auto patched = [](const char* diff) {
        const std::string state =
            R"({"input":{"patchText":"*** Begin Patch\n*** Update File: a\n@@\n-1\n+2\n*** Delete File: b\n*** Add File: c\n+3\n*** End Patch"},
                "metadata":{"files":[{"type":"update","patch":")" +
            std::string(diff) +
            R"("},{"type":"delete","before":"gone\n"},{"type":"add","patch":"@@ -0,0 +1 @@\n+3\n"}]}})";
        return changes("apply_patch", state.c_str());
    };
    const auto placed = patched("@@ -4,1 +4,1 @@\\n-1\\n+2\\n");
    REQUIRE(placed.size() == 3);
    CHECK(placed[0].hunks.at(0).old_start == 4);
    CHECK(placed[0].sought.empty());
    CHECK(placed[1].before == "gone\n");
    CHECK(placed[2].created);
    CHECK(placed[2].written == "3\n");
    CHECK(patched("@@ -4,1 +4,1 @@\\n- 1\\n+ 2\\n")[0].sought.size() == 1);
    CHECK(changes("bash", R"({"input":{"filePath":"/a"}})").empty());
}

}  // namespace
