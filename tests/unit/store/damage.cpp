// Stores that cannot be trusted, or cannot be written.
#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

void execute(const std::string& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
}

void place_files(const StoreBench& bench, const std::string& database, const std::string& log) {
    std::ofstream(bench.at("store.db"), std::ios::binary) << database;
    std::ofstream(bench.at("store.db-wal"), std::ios::binary) << log;
    std::filesystem::remove(bench.at("store.db-shm"));
}

// While it lives, no file of this process grows.
class NoGrowth {
public:
    NoGrowth() : m_handler(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &m_limit);
        const rlimit none{0, m_limit.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~NoGrowth() {
        ::setrlimit(RLIMIT_FSIZE, &m_limit);
        std::signal(SIGXFSZ, m_handler);
    }
    NoGrowth(const NoGrowth&) = delete;
    NoGrowth& operator=(const NoGrowth&) = delete;

private:
    void (*m_handler)(int);
    rlimit m_limit{};
};

// Opening explains, and changes nothing.
Error refusal(StoreBench& bench) {
    bench.store.reset();
    const std::string before = bench.disk->read_all(bench.at("store.db"));
    const Error error = error_of([&] { bench.reopen(); });
    CHECK(bench.disk->read_all(bench.at("store.db")) == before);
    CHECK_FALSE(error.hint().empty());
    return error;
}

}  // namespace

TEST_CASE("store damage: a file that is no database is refused, not overwritten") {
    for (const std::string& garbage : {std::string("x"), std::string("not a database\n"),
                                       std::string(100, 'z'), std::string(8192, '\xff')}) {
        StoreBench bench;
        bench.stage("s1");
        bench.store.reset();
        bench.disk->replace(bench.at("store.db"), garbage);
        const Error error = refusal(bench);
        CHECK(error.code() == ErrorCode::CorruptStore);
        CHECK(error.message().find("store.db") != std::string::npos);
        CHECK(error.hint().find("aside") != std::string::npos);
        CHECK(bench.disk->list(bench.at("traces")).size() == 1);
    }
}

TEST_CASE("store damage: an emptied file is not taken for a new store") {
    StoreBench bench;
    bench.stage("s1");
    bench.store.reset();
    bench.disk->replace(bench.at("store.db"), "");
    CHECK(refusal(bench).code() == ErrorCode::CorruptStore);
}

TEST_CASE("store damage: a database of somebody else is refused") {
    StoreBench bench;
    bench.store.reset();
    bench.disk->remove(bench.at("store.db"));
    execute(bench.at("store.db"), "CREATE TABLE notes (text TEXT)");
    CHECK(refusal(bench).code() == ErrorCode::CorruptStore);
}

TEST_CASE("store damage: a store of a later version is refused untouched") {
    StoreBench bench;
    bench.stage("s1");
    bench.store.reset();
    execute(bench.at("store.db"), "PRAGMA user_version = 99");
    const Error error = refusal(bench);
    CHECK(error.code() == ErrorCode::NewerSchema);
    CHECK(error.message().find("99") != std::string::npos);
}

TEST_CASE("store damage: cut anywhere, the database is refused, and no trace file goes") {
    StoreBench bench;
    for (int i = 0; i < 30; ++i)
        bench.stage("s" + std::to_string(i));
    bench.store.reset();
    const std::string whole = bench.disk->read_all(bench.at("store.db"));
    for (std::size_t length = 0; length < whole.size(); length += length < 120 ? 7 : 2039) {
        place_files(bench, whole.substr(0, length), "");
        try {
            bench.reopen();
            for (const TraceRow& row : bench.store->list({}))
                bench.store->read_line(row.id);
            FAIL("opened although cut at " << length);
        } catch (const Error& error) {
            INFO(length << ": " << error.what());
            CHECK(error.code() == ErrorCode::CorruptStore);
        }
        bench.store.reset();
        REQUIRE(bench.disk->list(bench.at("traces")).size() == 30);
    }
}

TEST_CASE("store damage: cut anywhere, the log gives an earlier state, whole") {
    StoreBench bench;
    for (int i = 0; i < 6; ++i)
        bench.stage("s" + std::to_string(i));
    const auto rows = bench.store->list({});
    bench.store->commit({rows[0].id, rows[1].id}, "m", bench.ids);
    // Copied while open: closing would empty the log.
    const std::string database = bench.disk->read_all(bench.at("store.db"));
    const std::string log = bench.disk->read_all(bench.at("store.db-wal"));
    bench.store.reset();
    std::size_t longest = 0;
    for (std::size_t length = 0; length <= log.size(); length += 2999) {
        place_files(bench, database, log.substr(0, length));
        bench.reopen();
        const auto found = bench.store->list({});
        CHECK(found.size() >= longest);
        longest = found.size();
        for (const TraceRow& row : found)
            CHECK_NOTHROW(bench.store->read_line(row.id));
        CHECK(found.size() + bench.store->orphans().size() == 6);
        const auto committed = bench.store->counts()[Stage::Committed];
        CHECK((committed == 0 || committed == 2));
        CHECK(bench.store->commit_groups().size() == static_cast<std::size_t>(committed / 2));
        bench.store.reset();
    }
    CHECK(longest == 6);
}

TEST_CASE("store damage: what cannot be written is named") {
    StoreBench bench;
    bench.stage("s1");
    // Modes forbid nothing to root; a limit on the size of files does.
    const Error error = error_of([&] {
        const NoGrowth full;
        bench.stage("s2");
    });
    CHECK(error.code() == ErrorCode::DiskFailed);
    CHECK(error.message().find(".opentraces") != std::string::npos);
}

TEST_CASE("store damage: a file in the place of the folder is named") {
    const TemporaryDirectory folder;
    const auto disk = fs::posix_disk();
    FixedClock clock{TimePoint{}};
    disk->replace(folder.file(".opentraces"), "x");
    const Error error = error_of([&] { Store::open(folder.path(), *disk, clock); });
    CHECK(error.code() == ErrorCode::UnsafePath);
    CHECK(error.message().find(folder.file(".opentraces")) != std::string::npos);
}
