#include "catch.hpp"
#include "doubles/opencode_store.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const capture::Agent& opencode() {
    return *capture::find_agent("opencode");
}

struct Store : OpenCodeStore {
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();

    std::vector<capture::Found> found() {
        capture::Sources sources(*disk);
        return capture::discover(path, capture::agents(), sources).sessions;
    }
    capture::ParsedSession read(const std::string& id) {
        return opencode().read_from(path + "#" + id, *disk);
    }
};

}  // namespace

TEST_CASE("opencode: a session of a database that others wrote", "[capture]") {
    const auto disk = fs::posix_disk();
    const std::string path = source_folder() + "/tests/fixtures/sessions/opencode/opencode.db";
    capture::Sources sources(*disk);
    const auto found = capture::discover(path, capture::agents(), sources).sessions;
    REQUIRE(found.size() == 1);
    CHECK(found[0].agent->name == "opencode");
    CHECK(found[0].session.project == "/Users/test/project");
    const auto parsed = found[0].agent->read(found[0].session, sources);
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "test-session-123");
    CHECK(parsed.record->steps.size() == 2);
    CHECK(parsed.record->steps[1].content == "I will make the edit from sqlite.\n\nDone from sqlite source.");
    CHECK(parsed.record->steps[1].tool_calls[0].duration_ms->value() == 1000);
    CHECK(parsed.record->steps[1].model == "openai/gpt-5");
    CHECK(parsed.record->metrics.total_output_tokens.value() == 20);
    CHECK(parsed.record->metadata.find("parent_session_id")->string_or() == "parent-session-456");
    CHECK(parsed.record->environment.os == "darwin");
}

TEST_CASE("opencode: several sessions of one database, what is in its log included", "[capture]") {
    Store store;
    store.session("ses_a");
    store.session("ses_b", "/home/me/other");
    store.small("ses_a", R"({"input":10,"output":5,"reasoning":2,"cache":{"read":3,"write":1}})");
    const auto found = store.found();
    REQUIRE(found.size() == 2);
    CHECK(found[0].session.locator == store.path + "#ses_a");
    CHECK(found[1].session.project == "/home/me/other");
    const auto parsed = store.read("ses_a");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.task.description == "fix it");
    CHECK(record.steps[1].observations[0].error == "exit_code:1");
    CHECK(record.steps[1].observations[0].content == "ok");
    CHECK(record.metrics.total_input_tokens.value() == 10);
    CHECK(record.metrics.estimated_cost_usd == 0.25);
    CHECK(record.agent.version == "1.18.33");
    CHECK(store.read("ses_b").verdict == capture::ParseVerdict::Filtered);
    CHECK(store.read("ses_none").reason == "the database has no such session");
}

TEST_CASE("opencode: output with or without reasoning, as the total tells", "[capture]") {
    const auto output = [](const std::string& tokens) {
        Store store;
        store.session("ses_a");
        store.small("ses_a", tokens);
        return store.read("ses_a").record->metrics.total_output_tokens.value();
    };
    CHECK(output(R"({"total":19,"input":10,"output":5,"reasoning":2,"cache":{"read":3,"write":1}})") == 5);
    CHECK(output(R"({"total":21,"input":10,"output":5,"reasoning":2,"cache":{"read":3,"write":1}})") == 7);
    CHECK(output(R"({"input":10,"output":5,"reasoning":2,"cache":{"read":3,"write":1}})") == 5);
}

TEST_CASE("opencode: steps are not counted beside their message, only in its place", "[capture]") {
    Store store;
    store.session("ses_a");
    store.small("ses_a", R"({"input":10,"output":5})");
    store.part("msg_2ses_a", "ses_a", R"({"type":"step-finish","tokens":{"input":10,"output":5}})");
    store.session("ses_b");
    store.small("ses_b", R"({"input":0,"output":0})");
    store.part("msg_2ses_b", "ses_b", R"({"type":"step-finish","tokens":{"input":10,"output":5}})");
    CHECK(store.read("ses_a").record->metrics.total_output_tokens.value() == 5);
    CHECK(store.read("ses_b").record->metrics.total_output_tokens.value() == 5);
}

TEST_CASE("opencode: what is not known or broken is counted", "[capture]") {
    Store store;
    store.session("ses_a");
    store.small("ses_a", R"({"input":10,"output":5})");
    store.part("msg_2ses_a", "ses_a", R"({"type":"from-the-future"})");
    store.part("msg_2ses_a", "ses_a", "{broken");
    store.message("msg_3", "ses_a", R"({"role":"oracle"})");
    const auto parsed = store.read("ses_a");
    CHECK(parsed.report.unknown_line_types.at("part/from-the-future") == 1);
    CHECK(parsed.report.unknown_line_types.at("message/oracle") == 1);
    CHECK(parsed.report.skipped.size() == 1);
}

TEST_CASE("opencode: the fingerprint is that of the session, not of the file", "[capture]") {
    Store store;
    store.session("ses_a");
    store.session("ses_b");
    store.small("ses_a", R"({"input":10,"output":5})");
    const auto before = store.found();
    CHECK(store.found()[0].session.fingerprint == before[0].session.fingerprint);
    store.small("ses_b", R"({"input":10,"output":5})");
    const auto after = store.found();
    CHECK(after[0].session.fingerprint == before[0].session.fingerprint);
    CHECK(after[1].session.fingerprint != before[1].session.fingerprint);
    store.writer.execute("UPDATE part SET time_updated = time_updated + 1 WHERE session_id = 'ses_a'");
    CHECK(store.found()[0].session.fingerprint != before[0].session.fingerprint);
}

TEST_CASE("opencode: a database of something else is nobody's, and tables that are none are not looked at",
          "[capture]") {
    TemporaryDirectory folder;
    const std::string path = folder.file("opencode.db");
    const auto disk = fs::posix_disk();
    const auto recognised = [&] {
        capture::Sources sources(*disk);
        return opencode().recognises(path, sources);
    };
    WrittenDatabase writer(path);
    writer.execute("CREATE TABLE t (a TEXT)");
    CHECK_FALSE(recognised());
    writer.execute(
        "CREATE TABLE message (id); CREATE TABLE part (id); CREATE VIEW session AS SELECT 1 AS id");
    CHECK_FALSE(recognised());
    writer.execute("DROP VIEW session; CREATE TABLE session (id)");
    CHECK(recognised());
    // Without its columns it is refused, not an error of ours.
    capture::Sources sources(*disk);
    const auto found = capture::discover(path, capture::agents(), sources).sessions;
    REQUIRE(found.size() == 1);
    CHECK(found[0].agent->read(found[0].session, sources).verdict == capture::ParseVerdict::Refused);
}

TEST_CASE("opencode: a project gets its own sessions out of the place of all", "[capture]") {
    Store store;
    store.session("ses_a");
    store.session("ses_b", "/home/me/other");
    InMemoryDisk memory;
    for (const char* ending : {"", "-wal"})
        put(memory, std::string("/home/me/.local/share/opencode/opencode.db") + ending,
            store.disk->read_all(store.path + ending));
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(memory);
    const capture::Agent* const agents[] = {&opencode()};
    const auto found = capture::discover_project("/home/me/app", agents, environment, sources);
    REQUIRE(found.sessions.size() == 1);
    CHECK(found.sessions[0].session.locator.ends_with("#ses_a"));
    CHECK(found.other_projects == 1);
}
