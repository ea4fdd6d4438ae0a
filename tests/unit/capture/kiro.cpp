// Kiro CLI and Amazon Q CLI: conversations of their database and saved ones; other tables are not read.
#include <algorithm>
#include <fstream>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/written_database.hpp"
#include "opentraces/core/environment.hpp"
#include "opentraces/core/error.hpp"
#include "sanitized.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_fixtures = source_folder() + "/tests/fixtures/sessions/kiro/";

const capture::Agent& kiro() {
    return *capture::find_agent("kiro");
}

std::string conversation(const std::string& id, const std::string& prompt) {
    return R"({"conversation_id":")" + id + R"(","history":[[{"content":{"Prompt":{"prompt":")" + prompt +
           R"("}}},{"ToolUse":{"message_id":"m","content":"Yes.","tool_uses":[)"
           R"({"id":"t","name":"execute_bash","args":{"command":"ls"}}]}}]]})";
}

// As the program writes it: with rows of credentials.
struct Store {
    TemporaryDirectory folder;
    std::string path = folder.file("data.sqlite3");
    WrittenDatabase writer{path};
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();

    Store() {
        writer.execute(
            "CREATE TABLE migrations (id INTEGER, version INTEGER, migration_time INTEGER);"
            "CREATE TABLE auth_kv (key TEXT PRIMARY KEY, value TEXT);"
            "CREATE TABLE conversations (key TEXT PRIMARY KEY, value TEXT)");
    }
    void add_newer_table() {
        writer.execute(
            "CREATE TABLE conversations_v2 (key TEXT NOT NULL, conversation_id TEXT NOT NULL, value TEXT NOT"
            " NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,"
            " PRIMARY KEY (key, conversation_id))");
    }
    void add_old(const std::string& folder_name, const std::string& value) {
        writer.execute("INSERT INTO conversations VALUES ('" + folder_name + "', '" + value + "')");
    }
    void add(const std::string& folder_name, const std::string& id, const std::string& value, int updated) {
        writer.execute("INSERT INTO conversations_v2 VALUES ('" + folder_name + "', '" + id + "', '" + value +
                       "', 1, " + std::to_string(updated) + ")");
    }
    std::vector<capture::SessionRef> list() {
        capture::Sources sources(*disk);
        REQUIRE(kiro().recognises(path, sources));
        return kiro().list(path, sources);
    }
    capture::ParsedSession read(const std::string& id) { return kiro().read_from(path + "#" + id, *disk); }
};

std::vector<std::string> names_of(const Store& store, const std::vector<capture::SessionRef>& sessions) {
    std::vector<std::string> names;
    for (const capture::SessionRef& session : sessions)
        names.push_back(session.locator.substr(store.path.size()) + " " + session.project);
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

TEST_CASE("kiro: a saved conversation, exactly", "[capture]") {
    const auto parsed = kiro().read_from(k_fixtures + "saved.json", *fs::posix_disk());
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "5f0c1a52-7c11-4d3e-9f10-2b6a5c4d3e21");
    CHECK(record.agent.model == "claude-sonnet-4.5");
    CHECK(record.task.description == "Create a.txt and list it\n\n[image: png]");
    CHECK(parsed.evidence.working_directory == "/home/me/app");
    REQUIRE(record.tool_definitions.size() == 1);
    CHECK(record.tool_definitions[0].find("name")->string_or() == "fs_write");
    CHECK(record.metadata.find("is_compacted")->bool_or(false));
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "none");
    REQUIRE(record.steps.size() == 8);
    CHECK(record.steps[0].content == "Before: the folder was made.");
    CHECK(record.steps[1].role == trace::Role::System);
    CHECK(record.steps[2].timestamp == "2026-05-17T10:00:00.250+02:00");
    const trace::Step& reply = record.steps[3];
    CHECK(reply.timestamp == "2026-05-17T08:00:00.500Z");
    CHECK(reply.reasoning_content == "Two calls.");
    CHECK(reply.content == "Both.");
    REQUIRE(reply.tool_calls.size() == 2);
    CHECK_FALSE(reply.observations[0].error);
    CHECK(reply.observations[1].content == "ls: cannot access 'b.txt'");
    CHECK(reply.observations[1].error == "exit_code:2");
    CHECK(record.steps[4].observations[0].error == "interrupted");
    CHECK(record.steps[5].content == "No, keep it.");
    CHECK(record.steps[6].content == "It stays.");
    CHECK(record.steps[7].content == "And now?");
    CHECK(record.timestamp_start == "2026-05-17T10:00:00.250+02:00");
    CHECK(record.timestamp_end == "2026-05-17T10:01:00+02:00");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].written == "a\n");
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("kiro: conversations that others published", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = kiro().read_from(k_fixtures + "standard_payload.json", *disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "sqlite-session");
    REQUIRE(parsed.record->steps.size() == 4);
    CHECK(parsed.record->steps[3].tool_calls.at(0).tool_call_id == "tool-1");
    CHECK(parsed.record->steps[3].timestamp == "2026-05-17T10:00:30.000Z");
    CHECK_FALSE(parsed.record->agent.model);
    CHECK(kiro().read_from(k_fixtures + "overlap_payload.json", *disk).reason == "no tool calls");
}

TEST_CASE("kiro: the log of a session, exactly", "[capture]") {
    const std::string name = "9f1d3c52-0b6e-4d0f-8a43-5f6c1f2f7f10";
    const std::string path = k_fixtures + name + ".jsonl";
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    REQUIRE(kiro().recognises(path, sources));
    CHECK_FALSE(kiro().recognises(k_fixtures + name + ".json", sources));
    const capture::SessionRef session = kiro().list(path, sources).at(0);
    CHECK(session.project == "/home/me/app");
    const auto parsed = kiro().read(session, sources);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == name);
    CHECK(record.agent.model == "claude-sonnet-4.5");
    CHECK(record.metadata.find("title")->string_or() == "Create a.txt");
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "none");
    CHECK(record.metadata.find("is_compacted")->bool_or(false));
    CHECK(record.timestamp_start == "2026-07-24T05:02:39.528139806Z");
    CHECK(record.timestamp_end == "2026-07-24T05:03:41.838294036Z");
    CHECK(record.task.description == "Create a.txt and list it\n\n[image: png]");
    REQUIRE(record.steps.size() == 6);
    CHECK(record.steps[0].content == "hook: be brief");
    CHECK(record.steps[0].role == trace::Role::System);
    CHECK(record.steps[1].timestamp == "2026-07-24T05:02:40.000Z");
    const trace::Step& reply = record.steps[2];
    CHECK(reply.reasoning_content == "Two calls.");
    CHECK(reply.content == "Both.");
    CHECK_FALSE(reply.model);
    REQUIRE(reply.observations.size() == 2);
    CHECK_FALSE(reply.observations[0].error);
    CHECK(reply.observations[1].content == "ls: cannot access 'b.txt'");
    CHECK(reply.observations[1].error == "exit_code:2");
    CHECK(record.steps[3].observations.at(0).error == "interrupted");
    CHECK(record.steps[4].content == "No, stop.");
    CHECK(record.steps[5].content == "A file was made.");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].written == "a\n");
    CHECK(parsed.report.repeated_lines == 2);
    CHECK(parsed.report.unknown_lines() == 0);
    CHECK(parsed.files.size() == 2);
    const std::string bytes = session_bytes("kiro/" + name + ".jsonl");
    CHECK(agents_that_know("/p/x.jsonl", bytes) == std::vector<std::string>{"kiro"});
    // Without its state it is a session of that name, of no folder.
    InMemoryDisk alone;
    put(alone, "/s/" + name + ".jsonl", bytes + R"({"version":"v1","kind":"Song","data":{}})");
    const auto bare = kiro().read_from("/s/" + name + ".jsonl", alone);
    REQUIRE(bare.record);
    CHECK(bare.record->session_id == name);
    CHECK(bare.record->timestamp_start == "2026-07-24T05:02:40.000Z");
    CHECK(bare.report.unknown_line_types == std::map<std::string, std::size_t>{{"Song", 1}});
}

TEST_CASE("kiro: a conversation in both tables of the database is one", "[capture]") {
    Store store;
    store.add_old("/home/me/a", conversation("c1", "old"));
    store.add_old("/home/me/b", conversation("c2", "only there"));
    store.add_old("/home/me/c", "not JSON");
    CHECK(names_of(store, store.list()) == std::vector<std::string>{"#/home/me/a /home/me/a",
                                                                    "#/home/me/b /home/me/b",
                                                                    "#/home/me/c /home/me/c"});
    CHECK(store.read("/home/me/c").reason ==
          "not a conversation of Kiro: it has no conversation_id and history");
    CHECK(store.read("c1").record->task.description == "old");
    store.add_newer_table();
    store.add("/home/me/a", "c1", conversation("c1", "new"), 5);
    store.add("/home/me/moved", "c1", conversation("c1", "newest"), 6);
    store.add("/home/me/a", "c3", conversation("c3", "another"), 7);
    const auto sessions = store.list();
    CHECK(names_of(store, sessions) == std::vector<std::string>{"#/home/me/b /home/me/b",
                                                                "#/home/me/c /home/me/c",
                                                                "#c1 /home/me/moved", "#c3 /home/me/a"});
    const auto parsed = store.read("c1");
    REQUIRE(parsed.record);
    CHECK(parsed.record->task.description == "newest");
    CHECK(parsed.evidence.working_directory == "/home/me/moved");
    CHECK(parsed.record->steps.size() == 2);
    CHECK_FALSE(parsed.record->timestamp_start);
    CHECK(store.read("/home/me/b").record->task.description == "only there");
    CHECK(store.read("/home/me/b").record->session_id == "c2");
    store.add_old("/home/me/C#", conversation("c4", "of a folder with a mark"));
    CHECK(names_of(store, store.list()).at(4) == "#c4 /home/me/C#");
    CHECK(store.read("c4").record->task.description == "of a folder with a mark");
    CHECK(store.read("none").reason == "the database has no such session");
    store.writer.execute("UPDATE conversations_v2 SET updated_at = 8 WHERE conversation_id = 'c3'");
    const auto later = store.list();
    const auto of = [](const std::vector<capture::SessionRef>& refs, const std::string& id) {
        return std::find_if(refs.begin(), refs.end(),
                            [&](const auto& one) { return one.locator.ends_with(id); })
            ->fingerprint;
    };
    CHECK(of(later, "#c3") != of(sessions, "#c3"));
    CHECK(of(later, "#c1") == of(sessions, "#c1"));
}

TEST_CASE("kiro: tables of credentials are not read", "[capture]") {
    Store store;
    store.add_newer_table();
    store.add("/home/me/a", "c1", conversation("c1", "go"), 5);
    store.writer.execute("INSERT INTO auth_kv VALUES ('token', '" + std::string(50'000, 'x') + "')");
    // Whoever reads a page of theirs finds it broken.
    std::string bytes = store.disk->read_all(store.path);
    constexpr std::size_t k_page = 4096;
    std::size_t broken = 0;
    for (std::size_t at = 0; at < bytes.size(); at += k_page) {
        if (bytes.substr(at, k_page).find(std::string(500, 'x')) == std::string::npos) continue;
        bytes.replace(at, k_page, std::string(k_page, '\xff'));
        ++broken;
    }
    REQUIRE(broken > 5);
    const std::string copy = store.folder.file("copy.sqlite3");
    std::ofstream(copy, std::ios::binary) << bytes;
    capture::Sources sources(*store.disk);
    REQUIRE(kiro().recognises(copy, sources));
    CHECK(kiro().list(copy, sources).size() == 1);
    const auto parsed = kiro().read_from(copy + "#c1", *store.disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->task.description == "go");
}

TEST_CASE("kiro: what is unknown is counted, what is none is refused", "[capture]") {
    const auto read = [](const std::string& text) { return read_at("/p/x.json", text, "kiro"); };
    const std::string start =
        R"({"conversation_id":"c","history":[{"user":{"content":{"Prompt":{"prompt":"a"}}},)"
        R"("assistant":{"ToolUse":{"content":"","tool_uses":[{"id":"t","name":"x","args":{}}]}}})";
    const auto drift = read(start + R"(,{"user":{"content":{"Voice":{}}},"assistant":{"Song":{}}},7]})");
    REQUIRE(drift.record);
    CHECK(drift.report.unknown_line_types == std::map<std::string, std::size_t>{{"user/Voice", 1},
                                                                                {"assistant/Song", 1},
                                                                                {"history/(none)", 1}});
    CHECK(read("{\"history\":[]}").reason ==
          "not a conversation of Kiro: it has no conversation_id and history");
    for (const char* name : {"saved.json", "standard_payload.json"}) {
        const std::string bytes = session_bytes("kiro/" + std::string(name));
        check_every_cut("/p/x.json", bytes, "kiro", k_sanitized ? 16 : 1);
        CHECK(agents_that_know("/p/x.json", bytes) == std::vector<std::string>{"kiro"});
    }
    Store store;
    store.add_newer_table();
    const std::string whole = conversation("c1", "go");
    for (std::size_t size = 0; size < whole.size(); size += 3) {
        store.writer.execute("DELETE FROM conversations_v2");
        store.add("/p", "c1", whole.substr(0, size), 1);
        CHECK(store.read("c1").verdict == capture::ParseVerdict::Refused);
    }
}

TEST_CASE("kiro: databases of others are nobody's", "[capture]") {
    TemporaryDirectory folder;
    const std::string path = folder.file("data.sqlite3");
    WrittenDatabase(path).execute("CREATE TABLE conversations (id TEXT, value TEXT)");
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    CHECK_FALSE(kiro().recognises(path, sources));
    CHECK(capture::discover(fs::parent(path), capture::agents(), sources).sessions.empty());
}

TEST_CASE("kiro: places of both programs", "[capture]") {
    const auto places_of = [](const std::map<std::string, std::string>& variables) {
        Environment environment;
        environment.variables = variables;
        std::vector<std::string> paths;
        for (const capture::Place& place : kiro().places("/p", environment))
            paths.push_back(place.path);
        return paths;
    };
    CHECK(places_of({{"HOME", "/h"}}) ==
          std::vector<std::string>{"/h/.kiro/sessions/cli", "/h/.local/share/kiro-cli/data.sqlite3",
                                   "/h/.local/share/amazon-q/data.sqlite3",
                                   "/h/Library/Application Support/kiro-cli/data.sqlite3",
                                   "/h/Library/Application Support/amazon-q/data.sqlite3"});
    CHECK(places_of({{"KIRO_HOME", "/k"}, {"XDG_DATA_HOME", "/x"}}).at(0) == "/k/sessions/cli");
    CHECK(places_of({{"XDG_DATA_HOME", "/x"}}) ==
          std::vector<std::string>{"/x/kiro-cli/data.sqlite3", "/x/amazon-q/data.sqlite3"});
}
