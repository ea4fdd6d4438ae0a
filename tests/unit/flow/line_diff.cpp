#include "flow/line_diff.hpp"

#include "catch.hpp"
#include "flow/listing_text.hpp"

using namespace opentraces;
using namespace opentraces::flow;

TEST_CASE("a diff shows what changes and its neighbours") {
    CHECK(line_diff("a\nb\n", "a\nb\n").empty());
    CHECK(line_diff("", "a\nb\n") == "+a\n+b\n");
    CHECK(line_diff("a\nb\n", "") == "-a\n-b\n");
    CHECK(line_diff("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\nx\n5\n6\n7\n") == "@@\n 2\n 3\n-4\n+x\n 5\n 6\n@@\n");
    CHECK(line_diff("a\nc\n", "a\nb\nc\n") == " a\n+b\n c\n");
}

TEST_CASE("a listing as text is read back") {
    hub::RemoteFile folder;
    folder.path = "data/sub folder";
    folder.folder = true;
    folder.digest = "abc";
    hub::RemoteFile large;
    large.path = "data/x";
    large.large = true;
    large.size = 12;
    large.digest = "def";
    const std::vector<hub::RemoteFile> files = {folder, large};
    CHECK(listing_from_text(listing_to_text(files)) == files);
    CHECK(listing_from_text("")->empty());
    for (const char* bad : {"x", "f 1 abc\n", "f one abc path\n", "q 1 abc path\n", "f 1 abc path"})
        CHECK_FALSE(listing_from_text(bad));
}
