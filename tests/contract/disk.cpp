// What every Disk must do: the real one and the doubles.
#include "opentraces/fs/disk.hpp"

#include <sys/stat.h>

#include "catch.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

template <class Action>
ErrorCode code_of(const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    FAIL("no error was thrown");
    return ErrorCode::Internal;
}

struct Place {
    explicit Place(int kind) {
        if (kind == 1) {
            disk = std::make_unique<InMemoryDisk>();
            root = "/root";
            disk->make_directories(root, 0700);
            return;
        }
        root = folder.path();
        posix = fs::posix_disk();
        disk = kind == 0 ? fs::posix_disk() : std::make_unique<FaultyDisk>(*posix);
    }
    std::string at(const std::string& name) const { return fs::join(root, name); }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> posix;
    std::unique_ptr<fs::Disk> disk;
    std::string root;
};

struct Umask {
    explicit Umask(mode_t mask) : before(::umask(mask)) {}
    ~Umask() { ::umask(before); }
    mode_t before;
};

}  // namespace

TEST_CASE("disk contract: a new file is invisible until it is committed") {
    Place place(GENERATE(0, 1, 2));
    fs::Disk& disk = *place.disk;
    const std::string path = place.at("a.txt");
    {
        const auto file = disk.create(path, 0600);
        file->write("one ");
        file->write("two");
        CHECK_FALSE(disk.info(path));
        file->commit();
    }
    CHECK(disk.read_all(path) == "one two");
    CHECK(disk.list(place.root).size() == 1);
}

TEST_CASE("disk contract: an abandoned new file leaves nothing behind and the old file as it was") {
    Place place(GENERATE(0, 1, 2));
    fs::Disk& disk = *place.disk;
    const std::string path = place.at("a.txt");
    disk.replace(path, "old");
    { disk.create(path, 0600)->write(std::string(1 << 20, 'x')); }
    CHECK(disk.read_all(path) == "old");
    CHECK(disk.list(place.root).size() == 1);
}

TEST_CASE("disk contract: replacing gives the new bytes and exactly the mode asked for") {
    Place place(GENERATE(0, 1, 2));
    const Umask umask(GENERATE(0000, 0077, 0777));
    fs::Disk& disk = *place.disk;
    const std::string path = place.at("a.txt");
    disk.replace(path, "old", 0644);
    CHECK(disk.info(path)->mode == 0644u);
    const std::string large(3'000'000, 'z');
    disk.replace(path, large, 0600);
    CHECK(disk.read_all(path) == large);
    CHECK(disk.info(path)->mode == 0600u);
    CHECK(disk.info(path)->size == large.size());
    disk.set_mode(path, 0640);
    CHECK(disk.info(path)->mode == 0640u);
}

TEST_CASE("disk contract: pieces of any size arrive in order") {
    Place place(GENERATE(0, 1, 2));
    fs::Disk& disk = *place.disk;
    std::string expected;
    const auto file = disk.create(place.at("a"), 0600);
    for (const std::size_t size : {0u, 1u, 7u, 65'536u, 262'144u, 262'145u, 3u, 1'000'000u, 2u}) {
        const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
        file->write(piece);
        expected += piece;
    }
    file->commit();
    CHECK(disk.read_all(place.at("a")) == expected);
}

TEST_CASE("disk contract: reading in pieces, seeking, the size cap") {
    Place place(GENERATE(0, 1, 2));
    fs::Disk& disk = *place.disk;
    const std::string path = place.at("a.txt");
    disk.replace(path, "0123456789");
    const auto file = disk.open(path);
    char buffer[4] = {};
    CHECK(file->read(buffer, 4) == 4);
    CHECK(std::string_view(buffer, 4) == "0123");
    file->seek(8);
    CHECK(file->read(buffer, 4) == 2);
    CHECK(std::string_view(buffer, 2) == "89");
    CHECK(file->read(buffer, 4) == 0);
    CHECK(disk.read_all(path, 10) == "0123456789");
    CHECK(code_of([&] { disk.read_all(path, 9); }) == ErrorCode::DiskFailed);
}

TEST_CASE("disk contract: an open file keeps its bytes when the name is replaced") {
    Place place(GENERATE(0, 1, 2));
    fs::Disk& disk = *place.disk;
    disk.replace(place.at("a"), "old");
    const auto file = disk.open(place.at("a"));
    disk.replace(place.at("a"), "new");
    char buffer[8] = {};
    CHECK(std::string_view(buffer, file->read(buffer, 8)) == "old");
}

TEST_CASE("disk contract: what is missing") {
    Place place(GENERATE(0, 1, 2));
    fs::Disk& disk = *place.disk;
    CHECK_FALSE(disk.info(place.at("no")));
    CHECK(disk.list(place.at("no")).empty());
    CHECK_FALSE(disk.remove(place.at("no")));
    CHECK_NOTHROW(disk.remove_tree(place.at("no")));
    CHECK(code_of([&] { disk.open(place.at("no")); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { disk.rename(place.at("no"), place.at("b")); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { disk.replace(place.at("no/a"), "x"); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { disk.set_mode(place.at("no"), 0600); }) == ErrorCode::NotFound);
}

TEST_CASE("disk contract: folders") {
    Place place(GENERATE(0, 1, 2));
    const Umask umask(0077);
    fs::Disk& disk = *place.disk;
    disk.make_directories(place.at("a/b/c"), 0750);
    disk.make_directories(place.at("a/b/c"), 0700);
    CHECK(disk.info(place.at("a"))->is_directory);
    CHECK(disk.info(place.at("a"))->mode == 0750u);
    CHECK(disk.info(place.at("a/b/c"))->mode == 0750u);
    disk.replace(place.at("a/z"), "z");
    disk.replace(place.at("a/m"), "mm");
    const auto entries = disk.list(place.at("a"));
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].path == place.at("a/b"));
    CHECK(entries[0].is_directory);
    CHECK(entries[1].path == place.at("a/m"));
    CHECK(entries[1].size == 2);
    CHECK(entries[2].path == place.at("a/z"));
    CHECK(code_of([&] { disk.remove(place.at("a")); }) == ErrorCode::DiskFailed);
    CHECK(code_of([&] { disk.open(place.at("a")); }) == ErrorCode::DiskFailed);
    CHECK(code_of([&] { disk.make_directories(place.at("a/m"), 0700); }) == ErrorCode::DiskFailed);
    CHECK(disk.remove(place.at("a/b/c")));
    disk.remove_tree(place.at("a"));
    CHECK_FALSE(disk.info(place.at("a")));
}

TEST_CASE("disk contract: renaming replaces, removing removes") {
    Place place(GENERATE(0, 1, 2));
    fs::Disk& disk = *place.disk;
    disk.make_directories(place.at("sub"), 0700);
    disk.replace(place.at("a"), "a");
    disk.replace(place.at("sub/b"), "b");
    const auto inode = disk.info(place.at("a"))->inode;
    disk.rename(place.at("a"), place.at("sub/b"));
    CHECK_FALSE(disk.info(place.at("a")));
    CHECK(disk.read_all(place.at("sub/b")) == "a");
    CHECK(disk.info(place.at("sub/b"))->inode == inode);
    CHECK(disk.remove(place.at("sub/b")));
    CHECK(disk.list(place.at("sub")).empty());
}

TEST_CASE("disk contract: a lock has one holder") {
    Place place(GENERATE(0, 1, 2));
    fs::Disk& disk = *place.disk;
    const std::string path = place.at("push.lock");
    auto held = disk.lock(path);
    try {
        disk.lock(path);
        FAIL("locked twice");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::Locked);
        CHECK(error.message().find("push.lock") != std::string::npos);
    }
    held.reset();
    CHECK_NOTHROW(disk.lock(path));
}
