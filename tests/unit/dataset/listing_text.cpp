#include "dataset/listing_text.hpp"

#include "catch.hpp"

using namespace opentraces;
using namespace opentraces::dataset;

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
