#include "catch.hpp"
#include "opentraces/fs/disk.hpp"

using namespace opentraces;

TEST_CASE("fs paths: joining puts exactly one slash") {
    CHECK(fs::join("a", "b") == "a/b");
    CHECK(fs::join("a/", "b") == "a/b");
    CHECK(fs::join("/", "b") == "/b");
    CHECK(fs::join("", "b") == "b");
}

TEST_CASE("fs paths: parent, file name and stem") {
    CHECK(fs::parent("/a/b") == "/a");
    CHECK(fs::parent("/a/b/") == "/a");
    CHECK(fs::parent("/a//b") == "/a");
    CHECK(fs::parent("/a") == "/");
    CHECK(fs::parent("/") == "/");
    CHECK(fs::parent("a") == ".");
    CHECK(fs::file_name("/a/b.x") == "b.x");
    CHECK(fs::file_name("/a/b/") == "b");
    CHECK(fs::file_name("b") == "b");
    CHECK(fs::stem("/a/b.tar.gz") == "b.tar");
    CHECK(fs::stem("/a/.bashrc") == ".bashrc");
    CHECK(fs::stem("b") == "b");
}

TEST_CASE("fs paths: absolute paths have no dots and no doubled slashes") {
    CHECK(fs::absolute("b/../c/./d", "/a") == "/a/c/d");
    CHECK(fs::absolute("/x//y/", "/a") == "/x/y");
    CHECK(fs::absolute("../../..", "/a/b") == "/");
    CHECK(fs::absolute(".", "/a/b/") == "/a/b");
    CHECK(fs::absolute("", "/a") == "/a");
}
