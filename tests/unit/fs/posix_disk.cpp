#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "catch.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "fs/system_error.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"

using namespace opentraces;
using namespace opentraces::testing;

TEST_CASE("posix disk: a full disk is named") {
    try {
        fs::throw_system_error(ENOSPC, "writing", "/a/b");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::DiskFailed);
        CHECK(error.message() == "no space left on device while writing /a/b");
        CHECK_FALSE(error.hint().empty());
    }
}

TEST_CASE("posix disk: a write that fails half-way leaves the old file and no other") {
    const auto disk = fs::posix_disk();
    const TemporaryDirectory folder;
    disk->replace(folder.file("a"), "old");
    rlimit before = {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {4096, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    std::string message;
    try {
        disk->replace(folder.file("a"), std::string(100'000, 'x'));
    } catch (const Error& error) {
        message = error.message();
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(message.find("while writing " + folder.file("a")) != std::string::npos);
    CHECK(disk->read_all(folder.file("a")) == "old");
    CHECK(disk->list(folder.path()).size() == 1);
}

TEST_CASE("posix disk: a link stays a link, its target is replaced") {
    const auto disk = fs::posix_disk();
    const TemporaryDirectory folder;
    disk->make_directories(folder.file("real"), 0700);
    disk->replace(folder.file("real/settings"), "old");
    REQUIRE(::symlink("real/settings", folder.file("link").c_str()) == 0);
    disk->replace(folder.file("link"), "new");
    CHECK(disk->read_all(folder.file("real/settings")) == "new");
    struct stat about = {};
    REQUIRE(::lstat(folder.file("link").c_str(), &about) == 0);
    CHECK(S_ISLNK(about.st_mode));
    CHECK(disk->list(folder.file("real")).size() == 1);
}

TEST_CASE("posix disk: a long name still has room for its temporary sibling") {
    const auto disk = fs::posix_disk();
    const TemporaryDirectory folder;
    const std::string path = folder.file(std::string(255, 'n'));
    disk->replace(path, "x");
    CHECK(disk->read_all(path) == "x");
}

TEST_CASE("posix disk: a lock holds against another process and ends with it") {
    const auto disk = fs::posix_disk();
    const TemporaryDirectory folder;
    int ready[2] = {};
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto held = disk->lock(folder.file("lock"));
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
        ::pause();
        ::_exit(0);
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    CHECK_THROWS_AS(disk->lock(folder.file("lock")), Error);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK_NOTHROW(disk->lock(folder.file("lock")));
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE("posix disk: files are not inherited by programs that are started") {
    const auto disk = fs::posix_disk();
    const TemporaryDirectory folder;
    const auto held = disk->lock(folder.file("lock"));
    const auto file = disk->create(folder.file("a"), 0600);
    for (int number = 3; number < 64; ++number) {
        struct stat about = {};
        if (::fstat(number, &about) != 0 || !S_ISREG(about.st_mode)) continue;
        struct stat lock = {};
        ::stat(folder.file("lock").c_str(), &lock);
        if (about.st_ino == lock.st_ino) CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
    }
}

TEST_CASE("faulty disk: each fault leaves what it says") {
    InMemoryDisk inner;
    inner.make_directories("/d", 0700);
    FaultyDisk disk(inner);
    disk.replace("/d/a", "old");
    REQUIRE(disk.changes().size() == 3);

    disk.at(2, FaultyDisk::Fault::NoSpace);
    CHECK_THROWS_AS(disk.replace("/d/a", "newer"), Error);
    CHECK(inner.read_all("/d/a") == "old");

    disk.at(2, FaultyDisk::Fault::StopBefore);
    CHECK_THROWS_AS(disk.replace("/d/a", "newer"), Stop);
    CHECK_THROWS_AS(disk.info("/d/a"), Stop);
    CHECK(inner.read_all("/d/a") == "old");
    CHECK(inner.list("/d").size() == 2);

    disk.heal();
    disk.at(2, FaultyDisk::Fault::StopAfter);
    CHECK_THROWS_AS(disk.replace("/d/a", "newer"), Stop);
    CHECK(inner.read_all("/d/a") == "newer");
}
