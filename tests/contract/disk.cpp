// What every Disk must do: the real one and the doubles.
#include "opentraces/fs/disk.hpp"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

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

// 0 to 2: the disks, 3 to 5: the same beneath the place.
constexpr int k_places = 6;

struct Place {
    explicit Place(int kind) {
        const int whole_kind = kind % 3;
        if (whole_kind == 1) {
            whole = std::make_unique<InMemoryDisk>();
            root = "/root";
            whole->make_directories(root, 0700);
        } else {
            root = folder.path();
            posix = fs::posix_disk();
            if (whole_kind == 0)
                whole = fs::posix_disk();
            else
                whole = std::make_unique<FaultyDisk>(*posix);
        }
        if (kind >= 3)
            disk = whole->beneath(root);
        else
            disk = std::move(whole);
    }
    std::string at(const std::string& name) const { return fs::join(root, name); }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> posix;
    std::unique_ptr<fs::Disk> whole;
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
    Place place(GENERATE(range(0, k_places)));
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
    Place place(GENERATE(range(0, k_places)));
    fs::Disk& disk = *place.disk;
    const std::string path = place.at("a.txt");
    disk.replace(path, "old");
    { disk.create(path, 0600)->write(std::string(1 << 20, 'x')); }
    CHECK(disk.read_all(path) == "old");
    CHECK(disk.list(place.root).size() == 1);
}

TEST_CASE("disk contract: a new file has the mode asked for less the umask, the owner's part always") {
    Place place(GENERATE(range(0, k_places)));
    const unsigned mask = GENERATE(0000u, 0002u, 0022u, 0027u, 0077u, 0777u);
    const Umask umask(static_cast<mode_t>(mask));
    fs::Disk& disk = *place.disk;
    for (const unsigned mode : {0600u, 0644u, 0640u, 0666u}) {
        const std::string path = place.at("m" + std::to_string(mode));
        disk.replace(path, "x", mode);
        CHECK(disk.info(path)->mode == (mode & ~(mask & 0077)));
        CHECK(disk.read_all(path) == "x");
    }
    for (const unsigned mode : {0700u, 0755u, 0777u}) {
        const std::string path = place.at("d" + std::to_string(mode));
        disk.make_directories(path + "/e", mode);
        CHECK(disk.info(path)->mode == (mode & ~(mask & 0077)));
        CHECK(disk.info(path + "/e")->mode == (mode & ~(mask & 0077)));
    }
}

TEST_CASE("disk contract: replacing keeps what the old file's mode and the one asked for have in common") {
    Place place(GENERATE(range(0, k_places)));
    const Umask umask(GENERATE(0000, 0077, 0777));
    fs::Disk& disk = *place.disk;
    const std::string path = place.at("a.txt");
    disk.replace(path, "old", 0600);
    disk.set_mode(path, 0664);
    disk.replace(path, "old", 0644);
    CHECK(disk.info(path)->mode == 0644u);
    const std::string large(3'000'000, 'z');
    disk.replace(path, large, 0600);
    CHECK(disk.read_all(path) == large);
    CHECK(disk.info(path)->mode == 0600u);
    CHECK(disk.info(path)->size == large.size());
    disk.replace(path, "private stays private", 0644);
    CHECK(disk.info(path)->mode == 0600u);
    disk.set_mode(path, 0640);
    CHECK(disk.info(path)->mode == 0640u);
    disk.set_mode(path, 0040);
    disk.replace(path, "the owner can always read", 0600);
    CHECK(disk.info(path)->mode == 0600u);
}

TEST_CASE("disk contract: pieces of any size arrive in order") {
    Place place(GENERATE(range(0, k_places)));
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
    Place place(GENERATE(range(0, k_places)));
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
    Place place(GENERATE(range(0, k_places)));
    fs::Disk& disk = *place.disk;
    disk.replace(place.at("a"), "old");
    const auto file = disk.open(place.at("a"));
    disk.replace(place.at("a"), "new");
    char buffer[8] = {};
    CHECK(std::string_view(buffer, file->read(buffer, 8)) == "old");
}

TEST_CASE("disk contract: what is missing") {
    Place place(GENERATE(range(0, k_places)));
    fs::Disk& disk = *place.disk;
    CHECK_FALSE(disk.info(place.at("no")));
    CHECK(disk.list(place.at("no")).empty());
    CHECK_FALSE(disk.remove(place.at("no")));
    CHECK(disk.remove_matching(place.at("no"), [](std::string_view) { return true; }).empty());
    CHECK_FALSE(disk.link_target(place.at("no")));
    CHECK_FALSE(disk.info(place.at("no/a")));
    CHECK_FALSE(disk.remove(place.at("no/a")));
    CHECK(code_of([&] { disk.open(place.at("no")); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { disk.rename(place.at("no"), place.at("b")); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { disk.replace(place.at("no/a"), "x"); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { disk.set_mode(place.at("no"), 0600); }) == ErrorCode::NotFound);
}

TEST_CASE("disk contract: folders") {
    Place place(GENERATE(range(0, k_places)));
    const Umask umask(0022);
    fs::Disk& disk = *place.disk;
    disk.make_directories(place.at("a/b/c"), 0750);
    disk.make_directories(place.at("a/b/c"), 0700);
    CHECK(disk.info(place.at("a"))->is_directory());
    CHECK(disk.info(place.at("a"))->mode == 0750u);
    CHECK(disk.info(place.at("a/b/c"))->mode == 0750u);
    disk.replace(place.at("a/z"), "z");
    disk.replace(place.at("a/m"), "mm");
    const auto entries = disk.list(place.at("a"));
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].path == place.at("a/b"));
    CHECK(entries[0].kind == fs::FileKind::Folder);
    CHECK(entries[1].kind == fs::FileKind::File);
    CHECK(entries[1].owner == disk.user());
    CHECK(entries[1].device == disk.info(place.root)->device);
    CHECK(entries[1].path == place.at("a/m"));
    CHECK(entries[1].size == 2);
    CHECK(entries[2].path == place.at("a/z"));
    CHECK(disk.names(place.at("a")) == std::vector<std::string>{"b", "m", "z"});
    CHECK(disk.names(place.at("nothing")).empty());
    CHECK(disk.beneath(place.at("a"))->names(place.at("a")) == std::vector<std::string>{"b", "m", "z"});
    CHECK(code_of([&] { disk.remove(place.at("a")); }) == ErrorCode::DiskFailed);
    CHECK(code_of([&] { disk.open(place.at("a")); }) == ErrorCode::DiskFailed);
    CHECK(code_of([&] { disk.make_directories(place.at("a/m"), 0700); }) == ErrorCode::DiskFailed);
    CHECK(disk.remove(place.at("a/b/c")));
    CHECK(code_of([&] { disk.replace(place.at("a/b"), "x"); }) == ErrorCode::DiskFailed);
}

TEST_CASE("disk contract: names whose sync is deferred are there at once, and stay") {
    Place place(GENERATE(range(0, k_places)));
    fs::Disk& disk = *place.disk;
    disk.make_directories(place.at("a"), 0700);
    {
        const auto names = disk.defer_folder_syncs();
        disk.replace(place.at("a/one"), "1");
        disk.rename(place.at("a/one"), place.at("a/two"));
        CHECK(disk.read_all(place.at("a/two")) == "1");
        names->sync();
    }
    {
        const auto dropped = disk.defer_folder_syncs();
        disk.replace(place.at("a/three"), "3");
    }
    disk.remove(place.at("a/two"));
    CHECK(disk.list(place.at("a")).size() == 1);
}

TEST_CASE("disk contract: a folder's time changes with the names in it") {
    Place place(GENERATE(range(0, k_places)));
    fs::Disk& disk = *place.disk;
    disk.make_directories(place.at("a"), 0700);
    const auto changes_it = [&](const std::function<void()>& action) {
        // The system's clock for files moves in steps of some milliseconds.
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const auto before = disk.info(place.at("a"))->modified_ns;
        action();
        return disk.info(place.at("a"))->modified_ns != before;
    };
    CHECK(changes_it([&] { disk.replace(place.at("a/x"), "1"); }));
    CHECK(changes_it([&] { disk.replace(place.at("a/x"), "2"); }));
    CHECK(changes_it([&] { disk.rename(place.at("a/x"), place.at("a/y")); }));
    CHECK(changes_it([&] { disk.make_directories(place.at("a/b"), 0700); }));
    CHECK(changes_it([&] { disk.remove(place.at("a/y")); }));
}

TEST_CASE("disk contract: removing what is ours in a folder") {
    Place place(GENERATE(range(0, k_places)));
    fs::Disk& disk = *place.disk;
    const auto is_ours = [](std::string_view name) { return name.starts_with("ours"); };
    disk.make_directories(place.at("a/ours.folder"), 0700);
    disk.replace(place.at("a/ours.1"), "1");
    disk.replace(place.at("a/ours.2"), "2");
    disk.replace(place.at("a/theirs"), "3");
    disk.replace(place.at("a/ours.folder/ours"), "4");
    CHECK(disk.remove_matching(place.at("a"), is_ours) == std::vector<std::string>{"ours.folder", "theirs"});
    CHECK(disk.list(place.at("a")).size() == 2);
    CHECK(disk.read_all(place.at("a/ours.folder/ours")) == "4");
    CHECK(disk.remove_matching(place.at("a/ours.folder"), is_ours).empty());
    CHECK_FALSE(disk.info(place.at("a/ours.folder")));
    CHECK(disk.remove(place.at("a/theirs")));
    CHECK(disk.remove_matching(place.at("a"), is_ours).empty());
    CHECK_FALSE(disk.info(place.at("a")));
}

TEST_CASE("disk contract: beneath a folder nothing else can be named") {
    Place place(GENERATE(range(0, k_places)));
    place.disk->make_directories(place.at("a/b"), 0700);
    place.disk->replace(place.at("outside"), "outside");
    place.disk->replace(place.at("a-sibling"), "outside");
    place.disk->replace(place.at("a/file"), "inside");
    const std::unique_ptr<fs::Disk> part = place.disk->beneath(place.at("a"));
    CHECK(part->read_all(place.at("a/file")) == "inside");
    CHECK(part->list(place.at("a")).size() == 2);
    CHECK(part->info(place.at("a"))->is_directory());
    CHECK_NOTHROW(part->make_directories(place.at("a"), 0700));
    CHECK(part->beneath(place.at("a/b"))->list(place.at("a/b")).empty());
    for (const std::string name :
         {"outside", "a-sibling", "a/../outside", "a/b/../../outside", ".", "", "a/.."}) {
        const std::string path = place.at(name);
        const auto refused = [&](const auto& action) { CHECK(code_of(action) == ErrorCode::UnsafePath); };
        refused([&] { part->info(path); });
        refused([&] { part->link_target(path); });
        refused([&] { part->open(path); });
        refused([&] { part->create(path, 0600); });
        refused([&] { part->list(path); });
        refused([&] { part->make_directories(path, 0700); });
        refused([&] { part->rename(path, place.at("a/to")); });
        refused([&] { part->rename(place.at("a/file"), path); });
        refused([&] { part->remove(path); });
        refused([&] { part->remove_matching(path, [](std::string_view) { return true; }); });
        refused([&] { part->set_mode(path, 0777); });
        refused([&] { part->lock(path); });
        refused([&] { part->beneath(path); });
    }
    CHECK(place.disk->read_all(place.at("outside")) == "outside");
    CHECK(code_of([&] { place.disk->beneath(place.at("no")); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { place.disk->beneath(place.at("outside")); }) == ErrorCode::NotFound);
}

TEST_CASE("disk contract: renaming replaces, removing removes") {
    Place place(GENERATE(range(0, k_places)));
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
    Place place(GENERATE(range(0, k_places)));
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
