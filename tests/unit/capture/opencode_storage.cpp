// OpenCode before 1.2: sessions in folders of files.
#include "catch.hpp"
#include "doubles/opencode_store.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

#include <filesystem>
#include <fstream>

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_storage = "/d/opencode/storage";
const std::string k_file = k_storage + "/session/p/ses_a.json";

const capture::Agent& opencode() {
    return *capture::find_agent("opencode");
}

std::string session(const std::string& id, const std::string& more = {}) {
    return R"({"id":")" + id +
           R"(","version":"1.1.65","projectID":"p","directory":"/home/me/app","title":"A title",)"
           R"("time":{"created":1767225600000,"updated":1767225700000})" +
           more + "}";
}

// A prompt and a reply with a call, in this tree.
void put_session(InMemoryDisk& disk, const std::string& parts = k_storage + "/part/") {
    put(disk, k_file, session("ses_a", R"(,"parentID":"ses_p")"));
    const std::string messages = k_storage + "/message/ses_a/";
    // Their time is their order, not their name.
    put(disk, messages + "msg_0.json",
        R"({"id":"msg_0","sessionID":"ses_a","role":"assistant","time":{"created":1767225602000},"providerID":"openai",)"
        R"("modelID":"gpt-5","tokens":{"input":10,"output":5,"reasoning":2,"cache":{"read":3,"write":1}},"cost":0.5})");
    put(disk, messages + "msg_1.json",
        R"({"id":"msg_1","sessionID":"ses_a","role":"user","time":{"created":1767225601000}})");
    const bool loose = parts.ends_with("/part/-");
    const std::string folder = loose ? k_storage + "/part/" : parts;
    put(disk, folder + (loose ? "" : "msg_1/") + "prt_1.json",
        R"({"id":"prt_1","messageID":"msg_1","type":"text","text":"fix it"})");
    put(disk, folder + (loose ? "" : "msg_0/") + "prt_2.json",
        R"({"id":"prt_2","messageID":"msg_0","type":"reasoning","text":"Hm."})");
    put(disk, folder + (loose ? "" : "msg_0/") + "prt_3.json",
        R"({"id":"prt_3","messageID":"msg_0","type":"tool","tool":"bash","callID":"c","state":{"status":"completed",)"
        R"("input":{"command":"ls"},"output":"a","time":{"start":1767225602000,"end":1767225602500}}})");
}

void check_record(const capture::ParsedSession& parsed) {
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "ses_a");
    CHECK(record.agent.version == "1.1.65");
    CHECK(record.metadata.find("title")->string_or() == "A title");
    CHECK(record.metadata.find("parent_session_id")->string_or() == "ses_p");
    CHECK(record.task.description == "fix it");
    REQUIRE(record.steps.size() == 2);
    CHECK(record.steps[1].reasoning_content == "Hm.");
    CHECK(record.steps[1].tool_calls.at(0).duration_ms->value() == 500);
    CHECK(record.steps[1].observations.at(0).content == "a");
    CHECK(record.metrics.total_output_tokens.value() == 5);
    CHECK(record.metrics.estimated_cost_usd == 0.5);
    CHECK(record.timestamp_start == "2026-01-01T00:00:00.000Z");
    CHECK(record.timestamp_end == "2026-01-01T00:01:40.000Z");
    CHECK(parsed.evidence.working_directory == "/home/me/app");
}

std::vector<capture::Found> found_in(const std::string& path, fs::Disk& disk) {
    capture::Sources sources(disk);
    return capture::discover(path, capture::agents(), sources).sessions;
}

}  // namespace

TEST_CASE("opencode storage: a session is its file, its messages and their parts", "[capture]") {
    InMemoryDisk disk;
    put_session(disk);
    const auto found = found_in("/d", disk);
    REQUIRE(found.size() == 1);
    CHECK(found[0].agent == &opencode());
    CHECK(found[0].session.locator == k_file);
    CHECK(found[0].session.project == "/home/me/app");
    const auto parsed = opencode().read_from(k_file, disk);
    check_record(parsed);
    CHECK(parsed.files.size() == 6);
}

TEST_CASE("opencode storage: parts without a folder name their message", "[capture]") {
    InMemoryDisk disk;
    put_session(disk, k_storage + "/part/-");
    put(disk, k_storage + "/part/prt_9.json",
        R"({"id":"prt_9","messageID":"msg_x","type":"text","text":"no"})");
    check_record(opencode().read_from(k_file, disk));
}

TEST_CASE("opencode storage: it changes with each of its files", "[capture]") {
    InMemoryDisk disk;
    put_session(disk);
    std::string before = found_in("/d", disk).at(0).session.fingerprint;
    for (const char* file :
         {"/message/ses_a/msg_2.json", "/part/msg_0/prt_4.json", "/part/msg_0/prt_2.json"}) {
        put(disk, k_storage + file, R"({"id":"msg_2","role":"user"})");
        const std::string after = found_in("/d", disk).at(0).session.fingerprint;
        CHECK(after != before);
        before = after;
    }
}

TEST_CASE("opencode storage: a session that the database has too counts there", "[capture]") {
    OpenCodeStore store;
    store.session("ses_a");
    store.small("ses_a", "{}");
    const std::string folder = store.folder.file("storage/session/p/");
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "ses_a.json") << session("ses_a");
    std::ofstream(folder + "ses_b.json") << session("ses_b");
    const auto disk = fs::posix_disk();
    const auto found = found_in(fs::parent(store.path), *disk);
    REQUIRE(found.size() == 2);
    CHECK(found[0].session.locator == store.path + "#ses_a");
    CHECK(found[1].session.locator == folder + "ses_b.json");
}

TEST_CASE("opencode storage: what is broken is counted, what is no session refused", "[capture]") {
    InMemoryDisk disk;
    put_session(disk);
    put(disk, k_storage + "/message/ses_a/msg_2.json", R"({"id":)");
    put(disk, k_storage + "/part/msg_0/prt_4.json", "7");
    const auto parsed = opencode().read_from(k_file, disk);
    check_record(parsed);
    CHECK(parsed.report.skipped.size() == 2);
    put(disk, k_file, R"({"id":"ses_a"})");
    CHECK(opencode().read_from(k_file, disk).reason ==
          "not an OpenCode session: it has no id, title and version");
    // An id that is no name of a file leads nowhere.
    put(disk, k_file, session("../message/ses_a"));
    CHECK(opencode().read_from(k_file, disk).reason == "fewer than 2 steps");
    for (const char* name : {"msg_0.json", "msg_1.json"})
        put(disk, k_storage + "/message/a/b/" + name, disk.read_all(k_storage + "/message/ses_a/" + name));
    put(disk, k_file, session("a/b"));
    CHECK(opencode().read_from(k_file, disk).reason == "fewer than 2 steps");
    check_every_cut(k_file, session("ses_a"), "opencode");
}

TEST_CASE("opencode storage: the fixtures, exactly", "[capture]") {
    const std::string folder = source_folder() + "/tests/fixtures/sessions/opencode/";
    const auto disk = fs::posix_disk();
    const auto large =
        opencode().read_from(folder + "storage_v2/session/proj_test/ses_s_stage0_large.json", *disk);
    REQUIRE(large.record);
    REQUIRE(large.record->steps.size() == 4);
    const trace::Step& reply = large.record->steps[1];
    CHECK(reply.observations.at(0).error == "exit_code:1");
    CHECK(reply.reasoning_content == "Investigating failing command.");
    CHECK(reply.model == "openai/gpt-4o-mini");
    CHECK(large.record->metrics.total_input_tokens.value() == 120);
    CHECK(large.record->metadata.find("is_compacted")->bool_or(false));
    const auto legacy =
        opencode().read_from(folder + "storage_legacy/session/proj_test/ses_s_stage0_drift.json", *disk);
    CHECK(legacy.reason == "fewer than 2 steps");  // its prompt is not among its parts
}

TEST_CASE("opencode storage: a session whose own file is gone is what its messages say", "[capture]") {
    InMemoryDisk disk;
    put_session(disk);
    disk.remove(k_file);
    put(disk, k_storage + "/message/ses_a/msg_2.json",
        R"({"id":"msg_2","sessionID":"ses_a","role":"assistant","path":{"cwd":"/home/me/app","root":"/"},)"
        R"("time":{"created":1767225603000,"completed":1767225609000}})");
    const auto found = found_in("/d", disk);
    REQUIRE(found.size() == 1);
    CHECK(found[0].session.locator == k_storage + "/message/ses_a/msg_0.json");
    CHECK(found[0].session.project == "/home/me/app");
    const auto parsed = opencode().read_from(found[0].session.locator, disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "ses_a");
    CHECK(record.task.description == "fix it");
    CHECK_FALSE(record.agent.version);
    CHECK(record.metadata.find("title") == nullptr);
    CHECK(record.metadata.find("parent_session_id") == nullptr);
    CHECK(record.timestamp_start == "2026-01-01T00:00:01.000Z");
    CHECK(record.timestamp_end == "2026-01-01T00:00:09.000Z");
    CHECK(record.metrics.total_output_tokens.value() == 5);
    CHECK(parsed.files.size() == 6);

    // Each of its files counts, and when its own is there again it is one session.
    put(disk, k_storage + "/part/msg_2/prt_8.json", R"({"id":"prt_8","messageID":"msg_2","type":"text"})");
    CHECK(found_in("/d", disk).at(0).session.fingerprint != found[0].session.fingerprint);
    put(disk, k_file, session("ses_a"));
    REQUIRE(found_in("/d", disk).size() == 1);
    CHECK(found_in("/d", disk)[0].session.locator == k_file);
}

TEST_CASE("opencode storage: messages of a session that the database has are no session", "[capture]") {
    OpenCodeStore store;
    store.session("ses_a");
    store.small("ses_a", "{}");
    for (const char* id : {"ses_a", "ses_b"}) {
        const std::string folder = store.folder.file("storage/message/" + std::string(id) + "/");
        std::filesystem::create_directories(folder);
        std::ofstream(folder + "msg_1.json")
            << R"({"id":"msg_1","sessionID":")" << id << R"(","role":"user","time":{"created":1}})";
    }
    const auto disk = fs::posix_disk();
    const auto found = found_in(fs::parent(store.path), *disk);
    REQUIRE(found.size() == 2);
    CHECK(found[0].session.locator == store.path + "#ses_a");
    CHECK(found[1].session.locator.ends_with("/ses_b/msg_1.json"));
}

TEST_CASE("opencode storage: a project gets its own sessions of all three layouts", "[capture]") {
    InMemoryDisk disk;
    const std::string data = "/home/me/.local/share/opencode";
    const auto message = [&](const std::string& folder, const std::string& id, const char* cwd) {
        put(disk, data + folder + "/msg_1.json",
            R"({"id":"msg_1","sessionID":")" + id +
                R"(","role":"assistant","time":{"created":1},"path":{"cwd":")" + cwd + R"("}})");
    };
    put(disk, data + "/storage/session/p/ses_a.json", session("ses_a"));
    message("/storage/message/ses_b", "ses_b", "/home/me/app");
    message("/storage/message/ses_c", "ses_c", "/home/me/other");
    put(disk, data + "/project/home-me-app/storage/session/info/ses_d.json",
        R"({"id":"ses_d","title":"t","time":{"created":1}})");
    message("/project/home-me-app/storage/session/message/ses_d", "ses_d", "/home/me/app");
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(disk);
    const capture::Agent* const agents[] = {&opencode()};
    const auto found = capture::discover_project("/home/me/app", agents, environment, sources);
    REQUIRE(found.sessions.size() == 3);
    CHECK(found.other_projects == 1);
}
