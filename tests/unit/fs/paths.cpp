#include <filesystem>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/error.hpp"
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

TEST_CASE("fs paths: what a user types means what the system means, also behind links") {
    const auto disk = fs::posix_disk();
    const testing::TemporaryDirectory folder;
    const auto path = [&](const std::string& name) { return folder.file(name); };
    disk->make_directories(path("real/deep/er"), 0700);
    disk->make_directories(path("there"), 0700);
    const auto link = [&](const std::string& target, const std::string& name) {
        std::filesystem::create_symlink(target, path(name));
    };
    link("real/deep", "link");
    link(path("real/deep/er"), "whole");
    link("link/er", "chain");
    link("there/../link/..", "winding");
    link("loop", "loop");
    link("/", "root");
    const auto means = [&](const std::string& typed) { return fs::absolute(typed, folder.path(), *disk); };
    CHECK(means("link/../x") == path("real/x"));
    CHECK(means("./link//../x") == path("real/x"));
    CHECK(means("link/x/..") == path("link"));
    CHECK(means("link/er/../x") == path("link/x"));
    CHECK(means("whole/../x") == path("real/deep/x"));
    CHECK(means("whole/../../x") == path("real/x"));
    CHECK(means("chain/..") == path("link"));
    CHECK(means("chain/../..") == path("real"));
    CHECK(means("winding/../x") == path("x"));
    CHECK(means("root/../x") == "/x");
    CHECK(means("there/../x") == path("x"));
    CHECK(means("link/x") == path("link/x"));
    CHECK(means("missing/../x") == path("x"));
    CHECK(means("../../../../../..") == "/");
    for (const std::string typed : {"link/..", "whole/..", "chain/../..", "winding/..", "there/.."})
        CHECK(std::filesystem::equivalent(means(typed), path(typed)));
    CHECK(testing::error_from([&] { means("loop/../x"); }).code() == ErrorCode::DiskFailed);
}

TEST_CASE("fs paths: the names of one's own descriptors, exactly") {
    for (const std::string name : {"/dev/stdin", "/dev/fd/0", "/dev/fd/63", "/proc/self/fd/12"})
        CHECK(fs::names_own_descriptor(name));
    for (const std::string name : {"/dev/stdout", "/dev/fd/", "/dev/fd/a", "/dev/fd/1/2", "/proc/1/fd/0",
                                   "dev/fd/0", "/dev/fd/../null", "/proc/self/fd/-1", ""})
        CHECK_FALSE(fs::names_own_descriptor(name));
}

TEST_CASE("fs paths: the names of temporary files, exactly") {
    CHECK(fs::is_temporary_name(".a.0123456789abcdef.tmp"));
    CHECK(fs::is_temporary_name(".a.b.0123456789abcdef.tmp"));
    for (const std::string name :
         {".0123456789abcdef.tmp", "a.0123456789abcdef.tmp", ".a.0123456789abcde.tmp",
          ".a.0123456789abcdeg.tmp", ".a.0123456789abcdef.tm", "..0123456789abcdef.tmp", ""})
        CHECK_FALSE(fs::is_temporary_name(name));
}
