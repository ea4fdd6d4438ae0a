// Hermes Agent: its JSON logs and its database say the same.
#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/written_database.hpp"
#include "opentraces/core/error.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const capture::Agent& hermes() {
    return *capture::find_agent("hermes");
}

std::string log(const std::string& messages) {
    return R"({"session_id":"h1","model":"gpt-5.2","platform":"cli","session_start":"2026-04-29T20:05:00Z",)"
           R"("last_updated":"2026-04-29T20:05:12Z","cwd":"/home/me/app","system_prompt":"You are Hermes.",)"
           R"("tools":[{"name":"write_file"}],"messages":[)" +
           messages + "]}";
}

const std::string k_messages =
    R"({"role":"user","content":"Write it."},)"
    R"({"role":"assistant","content":"Yes.","reasoning":"Hm.","finish_reason":"tool_calls","tool_calls":[)"
    R"({"id":"c1","function":{"name":"write_file","arguments":"{\"path\":\"/home/me/app/a\",\"content\":\"x\\n\"}"}},)"
    R"({"id":"c2","function":{"name":"terminal","arguments":"{\"command\":\"ls\"}"}}]},)"
    R"({"role":"tool","tool_call_id":"c1","content":"ok"},)"
    R"({"role":"tool","tool_call_id":"c2","content":"no","finish_reason":"error"},{"role":"session_meta"})";

capture::ParsedSession read(const std::string& text) {
    InMemoryDisk disk;
    put(disk, "/p/session_h1.json", text);
    return hermes().read_from("/p/session_h1.json", disk);
}

void make_database(const std::string& path) {
    WrittenDatabase database{path};
    database.execute(
        "CREATE TABLE sessions(id TEXT PRIMARY KEY, source TEXT, model TEXT, system_prompt TEXT,"
        " parent_session_id TEXT, started_at REAL, ended_at REAL, end_reason TEXT, cwd TEXT,"
        " input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER,"
        " api_call_count INTEGER)");
    database.execute(
        "CREATE TABLE messages(id INTEGER PRIMARY KEY, session_id TEXT, role TEXT, content TEXT,"
        " tool_call_id TEXT, tool_calls TEXT, tool_name TEXT, timestamp REAL, finish_reason TEXT, reasoning "
        "TEXT)");
    database.execute(
        "INSERT INTO sessions VALUES('h1','cli','gpt-5.2','You are Hermes.',NULL,1777493100.0,1777493112.5,"
        "'user_exit','/home/me/app',100,20,300,40,2)");
    database.execute(
        "INSERT INTO messages VALUES(1,'h1','user','Write it.',NULL,NULL,NULL,1777493100.25,NULL,NULL)");
    database.execute(
        "INSERT INTO messages "
        "VALUES(2,'h1','assistant','Yes.',NULL,'[{\"id\":\"c1\",\"function\":{\"name\":\"terminal\","
        "\"arguments\":\"{\\\"command\\\":\\\"ls\\\"}\"}}]',NULL,1777493101.0,'tool_calls','Hm.')");
    database.execute(
        "INSERT INTO messages VALUES(3,'h1','tool','out','c1',NULL,'terminal',1777493102.0,NULL,NULL)");
}

}  // namespace

TEST_CASE("hermes: a log's messages, calls, tools and edits", "[capture]") {
    const auto parsed = read(log(k_messages));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 2);
    CHECK(record.session_id == "h1");
    CHECK(record.task.description == "Write it.");
    CHECK(record.system_prompts.at(0).second == "You are Hermes.");
    CHECK(record.tool_definitions.size() == 1);
    const trace::Step& reply = record.steps[1];
    CHECK(reply.reasoning_content == "Hm.");
    CHECK(reply.observations.at(0).content == "ok");
    CHECK(reply.observations.at(1).error == "tool_error");
    CHECK(record.timestamp_start == "2026-04-29T20:05:00Z");
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "none");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].written == "x\n");
    CHECK(parsed.report.ignored_line_types.at("messages/session_meta") == 1);
}

TEST_CASE("hermes: the database's session, with its totals", "[capture]") {
    TemporaryDirectory folder;
    const std::string path = folder.path() + "/state.db";
    make_database(path);
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    REQUIRE(hermes().recognises(path, sources));
    const auto sessions = hermes().list(path, sources);
    REQUIRE(sessions.size() == 1);
    CHECK(sessions[0].locator == path + "#h1");
    CHECK(sessions[0].project == "/home/me/app");
    const auto parsed = hermes().read(sessions[0], sources);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "h1");
    CHECK(record.steps.at(1).tool_calls.at(0).input.find("command")->string_or() == "ls");
    CHECK(record.steps.at(1).observations.at(0).content == "out");
    CHECK(record.steps.at(1).reasoning_content == "Hm.");
    CHECK(record.steps.at(0).timestamp == "2026-04-29T20:05:00.250Z");
    CHECK(record.timestamp_end == "2026-04-29T20:05:12.500Z");
    CHECK(record.metrics.total_input_tokens.value() == 100);
    CHECK(record.metrics.total_output_tokens.value() == 20);
    CHECK(parsed.evidence.usage.at(0).cache_read_tokens == 300);
    CHECK(parsed.evidence.usage.at(0).replies == 2);
    CHECK(record.metadata.find("end_reason")->string_or() == "user_exit");
    CHECK(hermes().read({"hermes", path + "#none", {}, {}}, sources).reason ==
          "the database has no such session");

    WrittenDatabase{path}.execute(
        "INSERT INTO messages VALUES(5,'h1','assistant','Hm.',NULL,'[{\"id\":',NULL,1777493104.0,NULL,NULL)");
    capture::Sources damaged(*disk);
    const auto counted = hermes().read(sessions[0], damaged);
    REQUIRE(counted.report.skipped.size() == 1);
    CHECK(counted.report.skipped[0].words == "calls of a message: no JSON list");

    WrittenDatabase{path}.execute(
        "INSERT INTO messages VALUES(4,'h1','user','More.',NULL,NULL,NULL,1777493103.0,NULL,NULL)");
    capture::Sources later(*disk);
    CHECK(hermes().list(path, later).at(0).fingerprint != sessions[0].fingerprint);
}

TEST_CASE("hermes: what is none of its logs is refused", "[capture]") {
    CHECK(read("{\"messages\":[]}").reason == "not a Hermes session: it has no session_id and messages");
    const std::string whole = log(k_messages);
    for (std::size_t size = 0; size < whole.size(); size += 5)
        CHECK(read(whole.substr(0, size)).verdict == capture::ParseVerdict::Refused);
    const auto strange = read(log(k_messages + R"(,{"role":"alien"})"));
    CHECK(strange.report.unknown_line_types.at("messages/alien") == 1);
}

TEST_CASE("hermes: the fixtures, exactly", "[capture]") {
    const auto disk = fs::posix_disk();
    const std::string folder = source_folder() + "/tests/fixtures/sessions/hermes/";
    const auto large = hermes().read_from(folder + "large.json", *disk);
    REQUIRE(large.record);
    CHECK(large.record->steps.size() == 3);
    CHECK(large.record->steps[1].observations.at(0).content == "/Users/alexm/Repository/Codex-History");
    const auto drift = hermes().read_from(folder + "schema_drift.json", *disk);
    REQUIRE(drift.record);
    CHECK(drift.record->steps[1].observations.at(0).error == "tool_error");
    CHECK(hermes().read_from(folder + "small.json", *disk).reason == "no tool calls");
}
