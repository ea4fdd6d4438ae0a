// What SQLite is told before it sees a file that others may have written.
#include "store/sqlite.hpp"

#include <sqlite3.h>

#include <filesystem>

#include "doubles/error_from.hpp"
#include "doubles/temporary_directory.hpp"
#include "fs/forwarding_disk.hpp"
#include "store/schema.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

// Made by a program that does not hold back.
struct Foreign {
    Foreign() {
        sqlite3* handle = nullptr;
        REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
        REQUIRE(sqlite3_exec(handle,
                             "CREATE TABLE a (x); INSERT INTO a VALUES (1); CREATE TABLE b (x);"
                             "CREATE TRIGGER t AFTER UPDATE ON a BEGIN INSERT INTO b VALUES (1); END;"
                             "CREATE VIEW v AS SELECT x FROM a",
                             nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(handle);
    }
    TemporaryDirectory folder;
    std::string path = folder.file("store.db");
};

// Another process ends the first change to its store between two looks at the files.
class JournalGoes final : public fs::ForwardingDisk {
public:
    using ForwardingDisk::ForwardingDisk;
    std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
        if (path.ends_with("-journal")) remove(path);
        return ForwardingDisk::open(path);
    }
};

}  // namespace

TEST_CASE("store sqlite: a foreign schema does not run") {
    const Foreign foreign;
    Database database(foreign.path);
    database.execute("UPDATE a SET x = 2");
    CHECK(database.query_integer("SELECT count(*) FROM b") == 0);
    CHECK_THROWS_AS(database.query_integer("SELECT count(*) FROM v"), Error);
    CHECK(database.query_integer("PRAGMA trusted_schema") == 0);
    CHECK(database.query_integer("PRAGMA cell_size_check") == 1);
}

TEST_CASE("store sqlite: the schema cannot be rewritten behind SQLite's back") {
    const Foreign foreign;
    Database database(foreign.path);
    database.execute("PRAGMA writable_schema = ON");
    CHECK_THROWS_AS(database.execute("UPDATE sqlite_schema SET sql = 'x' WHERE name = 'a'"), Error);
}

TEST_CASE("store sqlite: a link is not followed") {
    const Foreign foreign;
    const std::string link = foreign.folder.file("link.db");
    std::filesystem::create_symlink(foreign.path, link);
    for (const Access access : {Access::Write, Access::Read, Access::Frozen})
        CHECK(error_from([&] { Database(link, access).query_integer("SELECT 1"); }).code() ==
              ErrorCode::DiskFailed);
}

TEST_CASE("store sqlite: a link in the place of any of its files is refused by name") {
    for (const std::string name : {"store.db", "store.db-wal", "store.db-shm", "store.db-journal"}) {
        INFO(name);
        const TemporaryDirectory folder;
        const auto disk = fs::posix_disk()->beneath(folder.path());
        open_database(folder.path(), *disk);
        std::filesystem::rename(folder.file("store.db"), folder.file("kept"));
        if (name != "store.db") std::filesystem::copy(folder.file("kept"), folder.file("store.db"));
        std::filesystem::create_symlink(folder.file("kept"), folder.file(name));
        for (const auto open : {&open_database, &open_database_for_reading}) {
            const Error error = error_from([&] { open(folder.path(), *disk); });
            CHECK(error.code() == ErrorCode::UnsafePath);
            CHECK(error.message().find(name + " is a symbolic link") != std::string::npos);
        }
    }
}

TEST_CASE("store sqlite: a store that another process has just made is opened") {
    const TemporaryDirectory folder;
    const auto disk = fs::posix_disk()->beneath(folder.path());
    open_database(folder.path(), *disk);
    JournalGoes busy(*disk);
    for (const auto open : {&open_database, &open_database_for_reading}) {
        disk->replace(folder.file("store.db-journal"), std::string(512, '\0'));
        CHECK_NOTHROW(open(folder.path(), busy));
        CHECK_FALSE(std::filesystem::exists(folder.file("store.db-journal")));
    }
}
