// Links, pipes, sockets and devices: what a disk follows, and what a disk beneath a folder never does.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

bool all(std::string_view) {
    return true;
}

struct Operation {
    std::string name;
    std::function<void(fs::Disk&, const std::string&)> run;
};

// Every call that may not go through a link, or onto one.
std::vector<Operation> operations(const std::string& other) {
    return {
        {"open", [](fs::Disk& disk, const std::string& path) { disk.open(path); }},
        {"read_all", [](fs::Disk& disk, const std::string& path) { disk.read_all(path); }},
        {"create", [](fs::Disk& disk, const std::string& path) { disk.create(path, 0600); }},
        {"replace", [](fs::Disk& disk, const std::string& path) { disk.replace(path, "changed", 0666); }},
        {"list", [](fs::Disk& disk, const std::string& path) { disk.list(path); }},
        {"make_directories",
         [](fs::Disk& disk, const std::string& path) { disk.make_directories(path, 0777); }},
        {"make_directories below",
         [](fs::Disk& disk, const std::string& path) { disk.make_directories(path + "/new", 0777); }},
        {"rename from", [other](fs::Disk& disk, const std::string& path) { disk.rename(path, other + "2"); }},
        {"rename to", [other](fs::Disk& disk, const std::string& path) { disk.rename(other, path); }},
        {"remove_matching", [](fs::Disk& disk, const std::string& path) { disk.remove_matching(path, all); }},
        {"set_mode", [](fs::Disk& disk, const std::string& path) { disk.set_mode(path, 0777); }},
        {"lock", [](fs::Disk& disk, const std::string& path) { disk.lock(path); }},
        {"beneath", [](fs::Disk& disk, const std::string& path) { disk.beneath(path); }},
    };
}

// Calls that look at a link itself, or remove it; through one they are refused as well.
std::vector<Operation> operations_on_links() {
    return {
        {"info", [](fs::Disk& disk, const std::string& path) { disk.info(path); }},
        {"link_target", [](fs::Disk& disk, const std::string& path) { disk.link_target(path); }},
        {"remove", [](fs::Disk& disk, const std::string& path) { disk.remove(path); }},
    };
}

void link_to(const std::string& target, const std::string& path) {
    REQUIRE(::symlink(target.c_str(), path.c_str()) == 0);
}

// Names, kinds, modes and contents of everything below a folder.
std::string state_of(const std::string& folder) {
    std::string state;
    const auto disk = fs::posix_disk();
    const auto part = disk->beneath(folder);
    const std::function<void(const std::string&)> add = [&](const std::string& path) {
        for (const fs::FileInfo& entry : part->list(path)) {
            state += entry.path + " " + std::to_string(entry.mode) + "\n";
            if (entry.is_directory()) add(entry.path);
            if (entry.kind == fs::FileKind::File) state += part->read_all(entry.path) + "\n";
        }
    };
    add(folder);
    return state;
}

// A folder to work in, and next to it what must stay as it is.
struct Yard {
    explicit Yard(bool faulty = false) : posix(fs::posix_disk()), over(*posix) {
        posix->make_directories(outside + "/b", 0700);
        for (const std::string name : {"/c", "/b/c"})
            posix->replace(outside + name, "secret");
        posix->make_directories(root, 0700);
        part = faulty ? over.beneath(root) : posix->beneath(root);
    }

    TemporaryDirectory folder;
    std::string outside = folder.file("outside");
    std::string root = folder.file("root");
    std::unique_ptr<fs::Disk> posix;
    FaultyDisk over;
    std::unique_ptr<fs::Disk> part;
};

void make_socket(const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof(address.sun_path));
    path.copy(address.sun_path, path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    ::close(socket);
}

void make_old(const std::string& path) {
    const timeval long_ago[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    REQUIRE(::utimes(path.c_str(), long_ago) == 0);
}

}  // namespace

TEST_CASE("disk links: beneath a folder no operation goes through a link at any component") {
    Yard yard(GENERATE(false, true));
    // a/b/c, where `linked` of them is a link.
    const std::string linked = GENERATE(as<std::string>{}, "a", "a/b");
    const std::string target =
        GENERATE(as<std::string>{}, "outside", "relative", "inside", "nothing", "loop");
    const std::string path = yard.root + "/" + linked;
    yard.posix->make_directories(yard.root + "/inside/b", 0700);
    yard.posix->replace(yard.root + "/inside/c", "inside");
    yard.posix->replace(yard.root + "/inside/b/c", "inside");
    yard.posix->replace(yard.root + "/other", "other");
    yard.posix->make_directories(fs::parent(path), 0700);
    if (target == "outside") link_to(linked == "a" ? yard.outside : yard.outside + "/b", path);
    if (target == "relative") link_to(linked == "a" ? "../outside" : "../../outside/b", path);
    if (target == "inside") link_to(yard.root + "/inside", path);
    if (target == "nothing") link_to("no-such-place", path);
    if (target == "loop") link_to(fs::file_name(path), path);
    const std::string before = state_of(yard.folder.path());
    auto all_operations = operations(yard.root + "/other");
    for (const Operation& operation : operations_on_links())
        all_operations.push_back(operation);
    for (const Operation& operation : all_operations) {
        for (const std::string& below : {path + "/c", path + "/b/c", path + "/b", path + "/none/none"}) {
            INFO(operation.name << " " << below << " through a link to " << target);
            const Error error = error_from([&] { operation.run(*yard.part, below); });
            CHECK(error.code() == ErrorCode::UnsafePath);
            CHECK(error.message() == path + " is a symbolic link");
            CHECK(state_of(yard.folder.path()) == before);
        }
    }
}

TEST_CASE("disk links: beneath a folder no operation goes onto a link") {
    Yard yard(GENERATE(false, true));
    const std::string target = GENERATE(as<std::string>{}, "file", "folder", "relative", "nothing", "loop");
    const std::string path = yard.root + "/link";
    yard.posix->replace(yard.root + "/other", "other");
    if (target == "file") link_to(yard.outside + "/c", path);
    if (target == "folder") link_to(yard.outside, path);
    if (target == "relative") link_to("other", path);
    if (target == "nothing") link_to(yard.outside + "/new", path);
    if (target == "loop") link_to("link", path);
    const std::string before = state_of(yard.folder.path());
    for (const Operation& operation : operations(yard.root + "/other")) {
        INFO(operation.name << " onto a link to " << target);
        const Error error = error_from([&] { operation.run(*yard.part, path); });
        CHECK(error.code() == ErrorCode::UnsafePath);
        CHECK(error.message() == path + " is a symbolic link");
        CHECK(state_of(yard.folder.path()) == before);
    }
    CHECK(yard.part->info(path)->kind == fs::FileKind::Link);
    CHECK(yard.part->list(yard.root).front().kind == fs::FileKind::Link);
    CHECK(yard.part->link_target(path));
    CHECK(yard.part->remove(path));
    CHECK_FALSE(yard.part->info(path));
    CHECK(state_of(yard.outside).find("secret") != std::string::npos);
}

TEST_CASE(
    "disk links: a link that appears while a file is written is not followed, and not replaced beneath") {
    Yard yard;
    const std::string path = yard.root + "/a";
    const auto file = yard.part->create(path, 0600);
    file->write("new");
    link_to(yard.outside + "/c", path);
    CHECK(error_from([&] { file->commit(); }).code() == ErrorCode::UnsafePath);
    CHECK(yard.posix->read_all(yard.outside + "/c") == "secret");
}

TEST_CASE("disk links: the folder itself may be reached through links, and stays the one that was opened") {
    Yard yard(GENERATE(false, true));
    yard.posix->make_directories(yard.root + "/b", 0700);
    link_to(yard.folder.path(), yard.folder.file("alias"));
    link_to("root", yard.folder.file("named"));
    for (const std::string& root : {yard.folder.file("alias/root"), yard.folder.file("named")}) {
        const auto part = yard.over.beneath(root);
        part->make_directories(root + "/new/x", 0700);
        part->replace(root + "/new/x/file", root);
        CHECK(part->read_all(root + "/new/x/file") == root);
        CHECK(part->list(root + "/new").size() == 1);
        part->rename(root + "/new/x/file", root + "/b/file");
        CHECK(yard.posix->read_all(yard.root + "/b/file") == root);
    }
    const auto held = yard.over.beneath(yard.folder.file("named"));
    std::filesystem::remove(yard.folder.file("named"));
    link_to(yard.outside, yard.folder.file("named"));
    held->replace(yard.folder.file("named/c"), "mine");
    CHECK(yard.posix->read_all(yard.root + "/c") == "mine");
    CHECK(yard.posix->read_all(yard.outside + "/c") == "secret");
}

TEST_CASE("disk links: removing what is ours removes links, and never what they lead to") {
    Yard yard(GENERATE(false, true));
    const std::string tree = yard.root + "/tree";
    yard.posix->make_directories(tree, 0700);
    link_to(yard.outside, tree + "/folder");
    link_to(yard.outside + "/c", tree + "/file");
    link_to("nothing", tree + "/nothing");
    yard.posix->replace(tree + "/a", "a");
    fs::Disk& disk = GENERATE(false, true) ? *yard.part : *yard.posix;
    CHECK(disk.remove_matching(tree, [](std::string_view name) { return name == "folder"; }) ==
          std::vector<std::string>{"a", "file", "nothing"});
    CHECK(disk.remove_matching(tree, all).empty());
    CHECK_FALSE(disk.info(tree));
    CHECK(yard.posix->read_all(yard.outside + "/c") == "secret");
    link_to(yard.outside, tree);
    CHECK(error_from([&] { disk.remove_matching(tree, all); }).code() == ErrorCode::UnsafePath);
    CHECK(yard.posix->read_all(yard.outside + "/c") == "secret");
}

TEST_CASE("disk links: pipes, sockets and devices are refused at once, and never replaced") {
    Yard yard;
    ::mkfifo((yard.root + "/pipe").c_str(), 0600);
    make_socket(yard.root + "/socket");
    std::vector<std::string> paths{yard.root + "/pipe", yard.root + "/socket"};
    std::vector<fs::Disk*> disks{yard.posix.get(), yard.part.get()};
    for (const std::string& path : paths) {
        for (fs::Disk* const disk : disks) {
            INFO(path);
            CHECK(disk->info(path)->kind == fs::FileKind::Other);
            CHECK(error_from([&] { disk->open(path); }).code() == ErrorCode::UnsafePath);
            CHECK(error_from([&] { disk->read_all(path); }).code() == ErrorCode::UnsafePath);
            CHECK(error_from([&] { disk->replace(path, "x"); }).code() == ErrorCode::UnsafePath);
            CHECK(error_from([&] { disk->lock(path); }).code() == ErrorCode::UnsafePath);
            CHECK(error_from([&] { disk->list(path); }).code() == ErrorCode::NotFound);
            CHECK(error_from([&] { disk->make_directories(path, 0700); }).code() == ErrorCode::DiskFailed);
            CHECK(error_from([&] { disk->make_directories(path + "/x", 0700); }).code() ==
                  ErrorCode::DiskFailed);
        }
    }
    CHECK(yard.part->remove_matching(yard.root, all) == std::vector<std::string>{"pipe", "socket"});
    const Error device = error_from([&] { yard.posix->replace("/dev/null", "x"); });
    CHECK(device.code() == ErrorCode::UnsafePath);
    CHECK(device.message() == "/dev/null is a device, not a regular file");
    CHECK(error_from([&] { yard.posix->open("/dev/null"); }).code() == ErrorCode::UnsafePath);
    link_to("/dev/null", yard.root + "/link");
    CHECK(error_from([&] { yard.posix->replace(yard.root + "/link", "x"); }).code() == ErrorCode::UnsafePath);
    CHECK(error_from([&] { yard.posix->open(yard.root + "/link"); }).code() == ErrorCode::UnsafePath);
    CHECK(yard.posix->info("/dev/null")->kind == fs::FileKind::Other);
}

TEST_CASE("disk links: a pipe that appears while a file is written is not replaced") {
    Yard yard;
    fs::Disk& disk = GENERATE(false, true) ? *yard.part : *yard.posix;
    const std::string path = yard.root + "/a";
    const auto file = disk.create(path, 0600);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(error_from([&] { file->commit(); }).code() == ErrorCode::UnsafePath);
    CHECK(disk.info(path)->kind == fs::FileKind::Other);
}

TEST_CASE("disk links: the user's own descriptors can be read by their exact names") {
    const auto disk = fs::posix_disk();
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    const std::string number = std::to_string(ends[0]);
    REQUIRE(::write(ends[1], "piped", 5) == 5);
    ::close(ends[1]);
    const TemporaryDirectory folder;
    link_to("/dev/fd/" + number, folder.file("link"));
    CHECK(error_from([&] { disk->open(folder.file("link")); }).code() == ErrorCode::UnsafePath);
    CHECK(error_from([&] { disk->open("/dev/../dev/fd/" + number); }).code() == ErrorCode::UnsafePath);
    const auto descriptors = disk->beneath("/dev/fd");
    CHECK(error_from([&] { descriptors->open("/dev/fd/" + number); }).code() == ErrorCode::UnsafePath);
    CHECK(disk->read_all("/dev/fd/" + number) == "piped");
    CHECK(disk->read_all("/proc/self/fd/" + number).empty());
    ::close(ends[0]);
}

TEST_CASE("disk links: a disk follows links, lists what leads nowhere as nothing and loops as links") {
    Yard yard;
    link_to(yard.outside, yard.root + "/folder");
    link_to("no-such-place", yard.root + "/nothing");
    link_to("loop", yard.root + "/loop");
    CHECK(yard.posix->read_all(yard.root + "/folder/c") == "secret");
    CHECK(yard.posix->info(yard.root + "/folder")->is_directory());
    CHECK_FALSE(yard.posix->info(yard.root + "/nothing"));
    const auto entries = yard.posix->list(yard.root);
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].kind == fs::FileKind::Folder);
    CHECK(entries[1].kind == fs::FileKind::Link);
    CHECK(error_from([&] { yard.posix->open(yard.root + "/loop"); }).code() == ErrorCode::DiskFailed);
    CHECK(error_from([&] { yard.posix->replace(yard.root + "/loop", "x"); }).code() == ErrorCode::DiskFailed);
    CHECK(yard.posix->link_target(yard.root + "/folder") == yard.outside);
    CHECK_FALSE(yard.posix->link_target(yard.outside));
}

TEST_CASE("disk links: a file that links lead to is replaced where it is, new or old") {
    Yard yard;
    link_to("second", yard.root + "/first");
    link_to("../outside/b/settings", yard.root + "/second");
    yard.posix->replace(yard.root + "/first", "new");
    CHECK(yard.posix->read_all(yard.outside + "/b/settings") == "new");
    yard.posix->replace(yard.root + "/first", "newer");
    CHECK(yard.posix->read_all(yard.outside + "/b/settings") == "newer");
    CHECK(yard.posix->link_target(yard.root + "/first") == "second");
    CHECK(yard.posix->list(yard.outside + "/b").size() == 2);
}

TEST_CASE("disk links: in a folder that all share, another user's link is not written through") {
    if (::geteuid() != 0) {
        WARN("only root can make another user's link");
        return;
    }
    Yard yard;
    const std::string shared = yard.folder.file("shared");
    yard.posix->make_directories(shared, 0700);
    yard.posix->set_mode(shared, 01777);
    const std::string path = shared + "/report.html";
    link_to(yard.outside + "/c", path);
    yard.posix->replace(path, "mine to say");
    CHECK(yard.posix->read_all(yard.outside + "/c") == "mine to say");
    REQUIRE(::lchown(path.c_str(), 12345, 12345) == 0);
    const Error error = error_from([&] { yard.posix->replace(path, "x"); });
    CHECK(error.code() == ErrorCode::UnsafePath);
    CHECK(error.message().find(path) != std::string::npos);
    // The folder's owner may say what happens in it.
    REQUIRE(::chown(shared.c_str(), 12345, 12345) == 0);
    yard.posix->replace(path, "the owner's link");
    CHECK(yard.posix->read_all(yard.outside + "/c") == "the owner's link");
    // Not shared: who may write there is the folder's business.
    REQUIRE(::chown(shared.c_str(), 0, 0) == 0);
    yard.posix->set_mode(shared, 0755);
    yard.posix->replace(path, "not shared");
    CHECK(yard.posix->read_all(yard.outside + "/c") == "not shared");
}

TEST_CASE("disk links: half-written files of crashes are swept by name and age, once for each folder") {
    Yard yard(GENERATE(false, true));
    const auto fresh = fs::posix_disk();
    fs::Disk& disk = GENERATE(false, true) ? *yard.part : *fresh;
    const std::string old = "/.card.md.0123456789abcdef.tmp";
    const std::vector<std::string> kept{"/.card.md.0123456789abcde.tmp", "/.card.md.0123456789ABCDEF.tmp",
                                        "/card.md.0123456789abcdef.tmp", "/.card.md.0123456789abcdef.tmp2",
                                        "/.0123456789abcdef.tmp",        "/.card.md.tmp"};
    for (const std::string& name : kept) {
        yard.posix->replace(yard.root + name, "theirs");
        make_old(yard.root + name);
    }
    yard.posix->replace(yard.root + "/.young.0123456789abcdef.tmp", "being written");
    yard.posix->make_directories(yard.root + "/.folder.0123456789abcdef.tmp", 0700);
    make_old(yard.root + "/.folder.0123456789abcdef.tmp");
    link_to("x", yard.root + "/.link.0123456789abcdef.tmp");
    const std::string foreign = yard.root + "/.foreign.0123456789abcdef.tmp";
    yard.posix->replace(foreign, "another user's");
    make_old(foreign);
    const bool is_foreign = ::chown(foreign.c_str(), 12345, 12345) == 0;  // only root can
    const timespec long_ago[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, (yard.root + "/.link.0123456789abcdef.tmp").c_str(), long_ago,
                        AT_SYMLINK_NOFOLLOW) == 0);
    const auto plant = [&] {
        const int file = ::open((yard.root + old).c_str(), O_WRONLY | O_CREAT, 0600);
        ::close(file);
        make_old(yard.root + old);
    };
    plant();
    disk.replace(yard.root + "/a", "a");
    CHECK(std::filesystem::exists(yard.root + "/a"));
    CHECK_FALSE(std::filesystem::exists(yard.root + old));
    for (const std::string& name : kept)
        CHECK(std::filesystem::exists(yard.root + name));
    CHECK(std::filesystem::exists(foreign) == is_foreign);
    CHECK(std::filesystem::exists(yard.root + "/.young.0123456789abcdef.tmp"));
    CHECK(std::filesystem::exists(yard.root + "/.folder.0123456789abcdef.tmp"));
    CHECK(std::filesystem::is_symlink(yard.root + "/.link.0123456789abcdef.tmp"));
    plant();
    disk.replace(yard.root + "/a", "b");
    CHECK(std::filesystem::exists(yard.root + old));
}

TEST_CASE("disk links: paths longer than the system takes at once") {
    Yard yard;
    fs::Disk& disk = GENERATE(false, true) ? *yard.part : *yard.posix;
    std::string deep = yard.root;
    while (deep.size() < 9000)
        deep += "/" + std::string(200, 'd');
    disk.make_directories(deep, 0700);
    disk.replace(deep + "/a", "deep");
    disk.rename(deep + "/a", deep + "/b");
    CHECK(disk.read_all(deep + "/b") == "deep");
    CHECK(disk.info(deep + "/b")->size == 4);
    CHECK(disk.list(deep).size() == 1);
    CHECK(disk.beneath(deep)->read_all(deep + "/b") == "deep");
    disk.set_mode(deep + "/b", 0640);
    disk.lock(deep + "/lock");
    CHECK(disk.remove_matching(deep, all).empty());
    CHECK_FALSE(disk.info(deep));
    CHECK_FALSE(disk.info(deep + "/b"));
    CHECK(disk.info(fs::parent(deep))->is_directory());
}
