// A foreign database is read as SQLite itself would read it, and stays as it is.
#include "opentraces/db/snapshot.hpp"

#include <filesystem>
#include <map>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/written_database.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct Foreign {
    TemporaryDirectory folder;
    std::string path = folder.file("a.db");
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();

    std::int64_t rows() {
        db::Snapshot snapshot(path, *disk);
        return snapshot.database().query_integer("SELECT count(*) FROM t");
    }
    std::map<std::string, std::string> files() {
        std::map<std::string, std::string> all;
        for (const fs::FileInfo& file : disk->list(folder.path()))
            all[file.path] = disk->read_all(file.path);
        return all;
    }
    ErrorCode refusal() {
        try {
            rows();
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    }
};

}  // namespace

TEST_CASE("db snapshot: what stands in the log only is read, and nothing is written") {
    for (const char* size : {"512", "4096", "65536"}) {
        INFO(size);
        Foreign foreign;
        WrittenDatabase writer(foreign.path);
        writer.execute(std::string("PRAGMA page_size = ") + size);
        writer.execute("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('one')");
        CHECK(foreign.rows() == 1);
        writer.keep_log();
        writer.execute(
            "INSERT INTO t SELECT hex(randomblob(500)) FROM (VALUES (1), (2), (3), (4), (5), (6), (7))");
        const auto before = foreign.files();
        REQUIRE(before.size() == 3);
        CHECK(foreign.rows() == 8);
        CHECK(foreign.files() == before);
        // Without its index, as in a copy.
        foreign.disk->remove(foreign.path + "-shm");
        CHECK(foreign.rows() == 8);
        CHECK_FALSE(foreign.disk->info(foreign.path + "-shm"));
    }
}

TEST_CASE("db snapshot: what was not committed is not there") {
    Foreign foreign;
    WrittenDatabase writer(foreign.path);
    writer.keep_log();
    writer.execute("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('one')");
    const std::string log = foreign.path + "-wal";
    const std::string good = foreign.disk->read_all(log);
    writer.execute("INSERT INTO t VALUES ('two')");
    const std::string whole = foreign.disk->read_all(log);
    CHECK(foreign.rows() == 2);
    // Cut off and damaged logs hold up to where they are whole.
    for (const std::size_t size : {good.size(), good.size() + 1, whole.size() - 1}) {
        foreign.disk->replace(log, whole.substr(0, size));
        CHECK(foreign.rows() == 1);
    }
    std::string damaged = whole;
    damaged[whole.size() - 100] = static_cast<char>(damaged[whole.size() - 100] ^ 1);
    foreign.disk->replace(log, damaged);
    CHECK(foreign.rows() == 1);
    foreign.disk->replace(log, whole);
    CHECK(foreign.rows() == 2);
}

TEST_CASE("db snapshot: it says when what it shows may be of two states") {
    Foreign foreign;
    WrittenDatabase writer(foreign.path);
    writer.keep_log();
    writer.execute("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('one')");
    db::Snapshot snapshot(foreign.path, *foreign.disk);
    CHECK(snapshot.is_still_true());
    // More in the log changes nothing of what is shown.
    writer.execute("INSERT INTO t VALUES ('two')");
    CHECK(snapshot.is_still_true());
    CHECK(snapshot.database().query_integer("SELECT count(*) FROM t") == 1);
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK_FALSE(snapshot.is_still_true());
}

TEST_CASE("db snapshot: the log of another database is refused as that") {
    Foreign foreign;
    const auto write = [&](const std::string& path, const std::string& page_size) {
        WrittenDatabase writer(path);
        writer.execute("PRAGMA page_size = " + page_size + "; CREATE TABLE t (a TEXT)");
        writer.keep_log();
        writer.execute("INSERT INTO t VALUES ('one')");
        return foreign.disk->read_all(path + "-wal");
    };
    const std::string log = write(foreign.folder.file("b.db"), "512");
    write(foreign.path, "4096");
    foreign.disk->replace(foreign.path + "-wal", log);
    const Error error = error_from([&] { foreign.rows(); });
    CHECK(error.code() == ErrorCode::CorruptSession);
    CHECK(error.message() == "cannot read " + foreign.path + ": its write-ahead log is of another database");
}

TEST_CASE("db snapshot: what cannot be read as one state is refused") {
    Foreign foreign;
    foreign.disk->replace(foreign.path,
                          "SQLite format 3, but not really; and long enough to have a header of a hundred "
                          "bytes, as a database would.");
    CHECK(foreign.refusal() == ErrorCode::CorruptSession);
    foreign.disk->remove(foreign.path);
    WrittenDatabase(foreign.path).execute("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('one')");
    CHECK(foreign.rows() == 1);
    const std::string good = foreign.disk->read_all(foreign.path);
    // Half of a change: the journal has what undoes it, for its writer.
    foreign.disk->replace(foreign.path + "-journal",
                          std::string("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8) + "rest");
    CHECK(foreign.refusal() == ErrorCode::CorruptSession);
    // What a finished change leaves.
    foreign.disk->replace(foreign.path + "-journal", std::string(512, '\0'));
    CHECK(foreign.rows() == 1);
    foreign.disk->remove(foreign.path + "-journal");
    foreign.disk->replace(foreign.folder.file("other"), "x");
    std::filesystem::create_symlink(foreign.folder.file("other"), foreign.path + "-wal");
    CHECK(foreign.refusal() == ErrorCode::CorruptSession);
    foreign.disk->remove(foreign.path + "-wal");
    foreign.disk->replace(foreign.path, good.substr(0, good.size() / 2));
    CHECK(foreign.refusal() == ErrorCode::CorruptSession);
    // SQLite would read the page as far as it goes.
    foreign.disk->replace(foreign.path, good.substr(0, good.size() - 1));
    CHECK(error_from([&] { foreign.rows(); }).message() == "cannot read " + foreign.path + ": it is cut off");
}

TEST_CASE("db snapshot: any disk will do") {
    Foreign foreign;
    WrittenDatabase(foreign.path).execute("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('one')");
    InMemoryDisk memory;
    memory.make_directories("/d", 0700);
    memory.replace("/d/a.db", foreign.disk->read_all(foreign.path));
    db::Snapshot snapshot("/d/a.db", memory);
    CHECK(snapshot.database().query_integer("SELECT count(*) FROM t") == 1);
    CHECK(snapshot.is_still_true());
}
