// Patches of git, a hunk at a time.
#include "flow/diff_reader.hpp"

#include <algorithm>
#include <cstring>

#include "catch.hpp"

using namespace opentraces;
using flow::DiffPart;
using flow::DiffReader;

namespace {

json::ByteSource source_of(const std::string& text, std::size_t piece) {
    return [&text, piece, at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        const std::size_t count = std::min({size, piece, text.size() - at});
        std::memcpy(buffer, text.data() + at, count);
        at += count;
        return count;
    };
}

std::string rest_of(DiffReader& reader, std::size_t piece) {
    std::string text;
    std::string buffer(piece, '\0');
    while (const std::size_t count = reader.read(buffer.data(), piece))
        text.append(buffer, 0, count);
    return text;
}

struct Part {
    std::string commit, path, text;
    bool operator==(const Part&) const = default;
};

std::vector<Part> parts_of(const std::string& patches, std::size_t piece = 4096) {
    DiffReader reader(source_of(patches, piece));
    std::vector<Part> parts;
    DiffPart part;
    while (reader.next(part)) {
        std::string text = rest_of(reader, piece);
        parts.push_back({part.commit, part.path, std::move(text)});
    }
    return parts;
}

const std::string k_patches =
    "commit 1111\n first line\n\n diff --git is only said\n\n"
    "diff --git a/one.txt b/one.txt\nindex 1..2 100644\n--- a/one.txt\n+++ b/one.txt\n"
    "@@ -1,3 +1,3 @@ where\n around\n--- a/removed\n+++ b/added\n last\n"
    "@@ -10 +10,2 @@\n-x\n\\ No newline at end of file\n+y\n+z\n\\ No newline at end of file\n"
    "diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-@@ -1 "
    "+1 @@\n-b\n"
    "commit 2222\n two\n"
    "diff --git \"a/t\\303\\244\\t\" \"b/t\\303\\244\\t\"\n--- /dev/null\n+++ \"b/t\\303\\244\\t\"\n"
    "@@ -0,0 +1 @@\n+new\n"
    "diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-o\n+n\n";

}  // namespace

TEST_CASE("patches: messages and hunks, as the text that is there afterwards") {
    const std::vector<Part> expected = {
        {"1111", "", "first line\n\ndiff --git is only said\n\n"},
        {"1111", "one.txt", "around\n++ b/added\nlast\n"},
        {"1111", "one.txt", "y\nz\n"},
        {"2222", "", "two\n"},
        {"2222", "t\xc3\xa4\t", "new\n"},
        {"2222", "a b", "n\n"},
    };
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}})
        CHECK(parts_of(k_patches, piece) == expected);
}

TEST_CASE("patches: what nobody reads is left out") {
    DiffReader reader(source_of(k_patches, 64));
    DiffPart part;
    int count = 0;
    while (reader.next(part))
        ++count;
    CHECK(count == 6);
}

TEST_CASE("patches: where a text stands in the file, and whether it is new") {
    const std::string patches = "+++ b/f\n@@ -20,3 +20,4 @@\n a\n+bb\n+cc\n-d\n e\n";
    DiffReader reader(source_of(patches, 4096));
    DiffPart part;
    REQUIRE(reader.next(part));
    CHECK(part.commit.empty());
    CHECK(rest_of(reader, 4096) == "a\nbb\ncc\ne\n");
    const auto place = [&](std::uint64_t offset, std::uint64_t length, std::uint64_t line) {
        const DiffReader::Place place = reader.place_of(offset, length, line);
        return std::pair(place.line, place.added);
    };
    CHECK(place(0, 1, 1) == std::pair(std::uint64_t{20}, false));
    CHECK(place(2, 2, 2) == std::pair(std::uint64_t{21}, true));
    CHECK(place(5, 2, 3) == std::pair(std::uint64_t{22}, true));
    CHECK(place(8, 1, 4) == std::pair(std::uint64_t{23}, false));
    CHECK(place(0, 3, 1) == std::pair(std::uint64_t{20}, true));
}

TEST_CASE("patches: of a merge, new is what no parent has") {
    const std::string patches =
        "commit 3\n merge\ndiff --cc f\nindex 1,2..3\n--- a/f\n+++ b/f\n"
        "@@@ -1,3 -1,2 +1,4 @@@\n  both\n- gone\n +ours\n++evil\n+ theirs\n";
    DiffReader reader(source_of(patches, 3));
    DiffPart part;
    REQUIRE(reader.next(part));
    REQUIRE(reader.next(part));
    CHECK(part.path == "f");
    CHECK(rest_of(reader, 4096) == "both\nours\nevil\ntheirs\n");
    CHECK_FALSE(reader.place_of(5, 4, 2).added);
    CHECK(reader.place_of(10, 4, 3).added);
    CHECK(reader.place_of(10, 4, 3).line == 3);
    CHECK_FALSE(reader.place_of(15, 6, 4).added);
    CHECK_FALSE(reader.next(part));
}

TEST_CASE("patches: what is none ends, whatever it claims") {
    for (const char* text :
         {"", "\n", "commit", "@@", "@@ -1 +1", "@@ -x +1 @@\n+a\n", "+++ b/f\n@@ -1,9 +1,9 @@\n+a",
          "+++ b/f\n@@ -1 +1,99999999999999999999 @@\n+a\n", "+++ \"b/\\\n@@ -1 +1 @@\n+a\n",
          "@@@@@@@@@\n"}) {
        INFO(text);
        CHECK(parts_of(text).size() <= 1);
    }
}
