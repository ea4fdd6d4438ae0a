// Databases of agents that are foreign, locked, damaged or being written to: a record or a clear refusal, and
// nothing of them is touched.
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "capture/session_rows.hpp"
#include "catch.hpp"
#include "doubles/agent_stores.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/core/error.hpp"
#include "source_files.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// What came of all sessions of a database: how many steps each has, or why there is none.
struct Outcome {
    std::vector<std::size_t> steps;
    std::vector<std::string> reasons;
};

Outcome read_all(const capture::Agent& agent, const std::string& path, fs::Disk& disk) {
    Outcome outcome;
    const capture::Agent* const only[] = {&agent};
    capture::Sources sources(disk);
    for (const auto& [found, session] : capture::discover(path, only, sources).sessions) {
        try {
            const auto parsed = found->read(session, sources);
            REQUIRE((parsed.verdict == capture::ParseVerdict::Trace) == parsed.record.has_value());
            if (parsed.record)
                outcome.steps.push_back(parsed.record->steps.size());
            else
                outcome.reasons.push_back(parsed.reason);
        } catch (const Error& error) {
            REQUIRE(error.code() == ErrorCode::CorruptSession);
            outcome.reasons.push_back(error.message());
        }
    }
    for (const std::string& reason : outcome.reasons)
        REQUIRE_FALSE(reason.empty());
    return outcome;
}

struct FaultyStore : AgentStore {
    using AgentStore::AgentStore;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();

    Outcome read() { return read_all(agent(), path, *disk); }
    std::map<std::string, std::string> files() {
        std::map<std::string, std::string> all;
        for (const fs::FileInfo& file : disk->list(folder.path()))
            all[file.path] = disk->read_all(file.path);
        return all;
    }
    // And sees that it left everything as it was.
    Outcome read_untouched() {
        const auto before = files();
        Outcome outcome = read();
        CHECK(files() == before);
        return outcome;
    }
};

using Steps = std::vector<std::size_t>;

}  // namespace

TEST_CASE("store faults: every agent that reads databases is in these tests, and has raw copies",
          "[capture]") {
    std::set<std::string> kinds;
    for (const StoreKind& kind : agent_stores::k_all)
        kinds.insert(std::string(kind.agent));
    std::set<std::string> readers;
    const std::string room = "src/capture/";
    for (const auto& [path, text] : source_files("src/capture")) {
        const std::size_t end = path.find('/', room.size());
        if (end != std::string::npos && text.find("\"capture/databases.hpp\"") != std::string::npos)
            readers.insert(path.substr(room.size(), end - room.size()));
    }
    CHECK(readers == kinds);
    for (const std::string& agent : readers) {
        INFO(agent);
        CHECK_FALSE(capture::session_rows(agent).empty());
    }
}

TEST_CASE("store faults: a database of somebody else is refused as that", "[capture]") {
    const auto disk = fs::posix_disk();
    for (const StoreKind& kind : agent_stores::k_all) {
        INFO(kind.title);
        TemporaryDirectory folder;
        const std::string path = folder.file(std::string(kind.file));
        WrittenDatabase(path).execute("CREATE TABLE notes (a TEXT); INSERT INTO notes VALUES ('mine')");
        const Outcome outcome = read_all(*capture::find_agent(kind.agent), path, *disk);
        REQUIRE(outcome.reasons.size() == 1);
        CHECK(outcome.reasons[0].starts_with("not a"));
        CHECK(outcome.reasons[0].find(" database: ") != std::string::npos);
        disk->replace(path, "SQLite format 3");
        CHECK(read_all(*capture::find_agent(kind.agent), path, *disk).reasons ==
              std::vector<std::string>{"cannot read " + path + ": it is no SQLite database"});
    }
}

TEST_CASE("store faults: a locked database is read as it was committed, and nobody waits", "[capture]") {
    for (const StoreKind& kind : agent_stores::k_all) {
        INFO(kind.title);
        FaultyStore store(kind);
        store.session("one", 2);
        store.writer.execute("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
        store.writer.execute(kind.turn("one", 3));
        CHECK(store.read_untouched().steps == Steps{4});
        store.writer.execute(
            "COMMIT; PRAGMA journal_mode = WAL; PRAGMA locking_mode = EXCLUSIVE; BEGIN "
            "EXCLUSIVE");
        store.writer.execute(kind.turn("one", 4));
        CHECK(store.read_untouched().steps == Steps{6});
        store.writer.execute("COMMIT");
        CHECK(store.read_untouched().steps == Steps{8});
    }
}

TEST_CASE("store faults: half of a change that stands in the database itself is refused", "[capture]") {
    for (const StoreKind& kind : agent_stores::k_all) {
        INFO(kind.title);
        FaultyStore store(kind);
        store.session("one", 2);
        store.writer.execute(
            "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; PRAGMA cache_spill = 1;"
            " BEGIN EXCLUSIVE; CREATE TABLE filler (a)");
        store.writer.execute(
            "INSERT INTO filler WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM"
            " n WHERE i < 200) SELECT randomblob(1000) FROM n");
        const Outcome outcome = store.read_untouched();
        CHECK(outcome.steps.empty());
        CHECK(outcome.reasons ==
              std::vector<std::string>{"cannot read " + store.path +
                                       ": a program is changing it, or was stopped while it did"});
        store.writer.execute("COMMIT");
        CHECK(store.read_untouched().steps == Steps{4});
    }
}

TEST_CASE("store faults: what is in the log without a commit is not there", "[capture]") {
    for (const StoreKind& kind : agent_stores::k_all) {
        INFO(kind.title);
        FaultyStore store(kind);
        store.session("one", 2);
        store.writer.execute("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN");
        const auto before = store.files();
        store.writer.execute(kind.turn("one", 3));
        store.writer.execute(
            "CREATE TABLE filler (a); INSERT INTO filler WITH RECURSIVE n(i) AS (VALUES (1) "
            "UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT randomblob(1000) FROM n");
        REQUIRE(store.files() != before);
        CHECK(store.read_untouched().steps == Steps{4});
        store.writer.execute("COMMIT");
        CHECK(store.read_untouched().steps == Steps{6});
    }
}

TEST_CASE("store faults: damaged and cut anywhere, a database gives records or reasons", "[capture]") {
    for (const StoreKind& kind : agent_stores::k_all) {
        INFO(kind.title);
        FaultyStore store(kind);
        store.session("one", 4);
        store.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        const std::string whole = store.disk->read_all(store.path);
        InMemoryDisk memory;
        memory.make_directories("/d", 0700);
        const std::string path = "/d/" + std::string(kind.file);
        const auto read = [&](const std::string& bytes) {
            memory.replace(path, bytes);
            const Outcome outcome = read_all(store.agent(), path, memory);
            CHECK(memory.read_all(path) == bytes);
            return outcome;
        };
        REQUIRE(read(whole).steps == Steps{8});
        for (std::size_t size = 0; size < whole.size(); size += 509) {
            INFO(size);
            CHECK(read(whole.substr(0, size)).steps.empty());
        }
        bool was_refused = false;
        for (std::size_t at = 0; at < whole.size(); at += 127) {
            INFO(at);
            std::string damaged = whole;
            for (std::size_t end = std::min(at + 16, whole.size()), i = at; i < end; ++i)
                damaged[i] = static_cast<char>(~damaged[i]);
            was_refused |= !read(damaged).reasons.empty();
        }
        CHECK(was_refused);
    }
}

TEST_CASE("store faults: while the agent writes, what is read is one state of the session", "[capture]") {
    constexpr int k_turns = 150;
    for (const StoreKind& kind : agent_stores::k_all) {
        INFO(kind.title);
        FaultyStore store(kind);
        store.session("one", 1);
        store.writer.execute("PRAGMA wal_autocheckpoint = 8");
        std::atomic<bool> done = false;
        std::thread agent([&] {
            for (int number = 2; number <= k_turns; ++number)
                store.writer.execute("BEGIN;" + kind.turn("one", number) + ";COMMIT");
            done = true;
        });
        std::size_t before = 0;
        std::optional<std::string> problem;
        while (!done && !problem) {
            const Outcome outcome = store.read();
            for (const std::string& reason : outcome.reasons)
                if (!reason.ends_with("it changes all the time")) problem = reason;
            for (const std::size_t steps : outcome.steps) {
                if (steps % 2 != 0 || steps < before) problem = "half of a turn, or less than before";
                before = steps;
            }
        }
        agent.join();
        CHECK(problem.value_or("") == "");
        CHECK(store.read_untouched().steps == Steps{2 * std::size_t{k_turns}});
    }
}
