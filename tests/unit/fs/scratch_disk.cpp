#include "opentraces/fs/scratch_disk.hpp"

#include <filesystem>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using namespace opentraces::testing;

TEST_CASE("scratch disk: files of its folder have no name, others are as ever") {
    const TemporaryDirectory directory;
    const auto real = fs::posix_disk();
    const std::string folder = "/nowhere/scratch";
    const auto disk = fs::scratch_disk(*real, folder, directory.path());
    disk->make_directories(folder + "/a/b", 0700);
    // More than is kept in memory.
    const std::string large(std::size_t{3} << 20, 'x');
    const auto file = disk->create(folder + "/a/b/large", 0600);
    file->write(large);
    CHECK_FALSE(disk->info(folder + "/a/b/large"));
    CHECK(std::filesystem::is_empty(directory.path()));
    file->commit();
    disk->replace(folder + "/a/small", "small");
    CHECK(std::filesystem::is_empty(directory.path()));
    CHECK_FALSE(std::filesystem::exists(folder));

    CHECK(disk->read_all(folder + "/a/b/large") == large);
    const auto part = disk->open(folder + "/a/small");
    part->seek(2);
    char buffer[8];
    CHECK(part->read(buffer, sizeof buffer) == 3);
    const auto entries = disk->list(folder + "/a");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].is_directory());
    CHECK(entries[1].size == 5);
    CHECK(disk->beneath(folder)->read_all(folder + "/a/small") == "small");

    disk->rename(folder + "/a/small", folder + "/moved");
    CHECK(disk->read_all(folder + "/moved") == "small");
    CHECK(disk->remove(folder + "/moved"));
    CHECK_FALSE(disk->remove(folder + "/moved"));
    CHECK_THROWS_AS(disk->open(folder + "/moved"), Error);
    CHECK(disk->remove_matching(folder + "/a/b", [](std::string_view) { return true; }).empty());

    disk->replace(directory.file("real"), "real");
    CHECK(real->read_all(directory.file("real")) == "real");
    CHECK_THROWS_AS(disk->rename(directory.file("real"), folder + "/real"), Error);
}
