// Raw copies of sessions in databases: a session's own rows, and nothing else of the database.
#include "capture/session_rows.hpp"

#include <set>

#include "catch.hpp"
#include "doubles/agent_stores.hpp"
#include "doubles/error_from.hpp"

#include "doubles/in_memory_disk.hpp"
#include "opentraces/capture/raw_copy.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/db/snapshot.hpp"
#include "opentraces/trace/codec.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

class TextSink final : public json::Sink {
public:
    void write(std::string_view part) override { text.append(part); }
    std::string text;
};

json::ByteSource source_of(const std::string& text) {
    return [&text, at = std::size_t{0}](char* buffer, std::size_t size) mutable {
        const std::size_t count = text.copy(buffer, size, at);
        at += count;
        return count;
    };
}

capture::UnpackedSession copied(const capture::SessionRef& session, fs::Disk& disk, fs::Disk& into) {
    capture::Sources sources(disk);
    const auto parsed = capture::find_agent(session.agent)->read(session, sources);
    TextSink sink;
    capture::write_raw_copy(session, parsed.files, disk, sink);
    return capture::unpack_raw_copy(source_of(sink.text), into, "/raw");
}

std::string record_of(const capture::SessionRef& session, fs::Disk& disk) {
    const auto parsed = capture::find_agent(session.agent)->read_from(session.locator, disk);
    REQUIRE(parsed.record);
    return trace::encode(*parsed.record);
}

std::vector<capture::SessionRef> sessions_of(const AgentStore& store, fs::Disk& disk) {
    capture::Sources sources(disk);
    return store.agent().list(store.path, sources);
}

}  // namespace

TEST_CASE("session rows: a raw copy of a session in a database gives the same record, and holds nothing else",
          "[capture]") {
    const auto disk = fs::posix_disk();
    for (const StoreKind& kind : agent_stores::k_all) {
        INFO(kind.title);
        AgentStore store(kind);
        const std::string other = "another-session";
        store.session("one", 3);
        if (kind.has_many) store.session(other, 2);
        const capture::SessionRef session{std::string(kind.agent), store.path + "#one", {}, {}};
        InMemoryDisk unpacked;
        const auto copy = copied(session, *disk, unpacked);
        CHECK(copy.named.locator == session.locator);
        CHECK(record_of(copy.unpacked, unpacked) == record_of(session, *disk));
        const std::string bytes = unpacked.read_all("/raw" + store.path);
        CHECK(bytes.find("prompt 3 of one") != std::string::npos);
        CHECK(bytes.find(other) == std::string::npos);
        CHECK(bytes.find(store.secret) == std::string::npos);
        CHECK(bytes.find("account") == std::string::npos);
    }
}

TEST_CASE("session rows: fixtures of databases come back from their raw copies", "[capture]") {
    const auto disk = fs::posix_disk();
    for (const char* name : {"opencode/opencode.db", "cursor/database/state.vscdb"}) {
        INFO(name);
        capture::Sources sources(*disk);
        const auto found = capture::discover(source_folder() + "/tests/fixtures/sessions/" + name,
                                             capture::agents(), sources);
        REQUIRE(found.sessions.size() == 1);
        InMemoryDisk unpacked;
        const auto copy = copied(found.sessions[0].session, *disk, unpacked);
        CHECK(record_of(copy.unpacked, unpacked) == record_of(found.sessions[0].session, *disk));
    }
}

TEST_CASE("session rows: what a workspace says of its conversations is in their copies", "[capture]") {
    const auto disk = fs::posix_disk();
    AgentStore store(agent_stores::k_all[4]);
    REQUIRE(store.kind.title == "Cursor of 2024");
    store.session("one", 2);
    disk->replace(store.folder.file("workspace.json"), R"({"folder":"file:///home/me/an%20app"})");
    const auto sessions = sessions_of(store, *disk);
    InMemoryDisk unpacked;
    const auto copy = copied(sessions.at(0), *disk, unpacked);
    const auto parsed = store.agent().read_from(copy.unpacked.locator, unpacked);
    CHECK(parsed.evidence.working_directory == "/home/me/an app");
    CHECK(record_of(copy.unpacked, unpacked) == record_of(sessions[0], *disk));
}

TEST_CASE("session rows: whatever tables and columns are called, nothing is run that they say", "[capture]") {
    const auto disk = fs::posix_disk();
    TemporaryDirectory folder;
    const std::string path = folder.file("opencode.db");
    WrittenDatabase writer(path);
    writer.execute(R"(CREATE TABLE session (id TEXT, "a""b); DROP TABLE session; --" VARCHAR(20), directory,
        title, version, parent_id, time_created, time_updated, made AS (id || 'x')))");
    writer.execute(
        "CREATE TABLE message (id, session_id, time_created, data DEFAULT (abs(1)));"
        "CREATE TABLE part (id, message_id, session_id, data \"TEXT); DROP TABLE session\")");
    writer.execute(
        "INSERT INTO session (id, directory, time_created, time_updated) VALUES ('s', '/d', 5, 6)");
    writer.execute("INSERT INTO message VALUES ('m', 's', X'0001ff', 1.5), ('n', 's', NULL, 9000000000000)");
    const auto excerpt = capture::excerpt_of({"opencode", path + "#s", {}, {}}, *disk);
    REQUIRE(excerpt);
    CHECK(excerpt->path == path);
    disk->replace(folder.file("copy.db"), excerpt->bytes);
    db::Snapshot copy(folder.file("copy.db"), *disk);
    const auto count = [&](const std::string& sql) { return copy.database().query_integer(sql); };
    CHECK(count("SELECT count(*) FROM session WHERE time_updated = 6") == 1);
    CHECK(count("SELECT count(*) FROM message WHERE time_created = X'0001ff' AND typeof(data) = 'real'") ==
          1);
    CHECK(count("SELECT data FROM message WHERE id = 'n' AND time_created IS NULL") == 9'000'000'000'000);
    CHECK(count("SELECT count(*) FROM part") == 0);
    CHECK(count("SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%abs(%'") == 0);
}

TEST_CASE("session rows: a session that is a file has no excerpt", "[capture]") {
    InMemoryDisk disk;
    disk.make_directories("/p", 0700);
    disk.replace("/p/a#b.jsonl", "{}");
    CHECK_FALSE(capture::excerpt_of({"cursor", "/p/a#b.jsonl", {}, {}}, disk));
    CHECK_FALSE(capture::excerpt_of({"cursor", "/p/a.jsonl", {}, {}}, disk));
    CHECK_FALSE(capture::excerpt_of({"claude-code", "/p/a.jsonl#b", {}, {}}, disk));
    CHECK(error_from([&] {
              capture::excerpt_of({"cursor", "/p/none.db#b", {}, {}}, disk);
          }).code() == ErrorCode::CorruptSession);
}
