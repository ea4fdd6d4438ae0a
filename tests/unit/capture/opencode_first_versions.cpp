// OpenCode before the middle of 2025: a tree of its own for each project, and messages that held their parts.
#include "catch.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_data = "/d/opencode";
const std::string k_tree = k_data + "/project/home-me-app/storage/session";
const std::string k_info = k_tree + "/info/ses_a.json";

const capture::Agent& opencode() {
    return *capture::find_agent("opencode");
}

void put_message(InMemoryDisk& disk, const std::string& name, const std::string& text) {
    put(disk, k_tree + "/message/ses_a/" + name + ".json", text);
}

void put_info(InMemoryDisk& disk) {
    put(disk, k_info,
        R"({"id":"ses_a","version":"0.1.190","title":"A title","time":{"created":1750000000000,"updated":1750000100000}})");
}

// As versions until July 2025 wrote them.
void put_first_messages(InMemoryDisk& disk) {
    put_message(disk, "msg_1",
                R"({"id":"msg_1","role":"user","parts":[{"type":"text","text":"fix it"},)"
                R"({"type":"file","mediaType":"image/png","filename":"a.png","url":"data:"}],)"
                R"("metadata":{"sessionID":"ses_a","time":{"created":1750000001000},"tool":{}}})");
    put_message(
        disk, "msg_2",
        R"({"id":"msg_2","role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"Hm."},)"
        R"({"type":"text","text":"I look."},{"type":"source-url","sourceId":"s","url":"u"},)"
        R"({"type":"tool-invocation","toolInvocation":{"state":"result","step":0,"toolCallId":"c1","toolName":"bash",)"
        R"("args":{"command":"ls"},"result":"a"}},)"
        R"({"type":"tool-invocation","toolInvocation":{"state":"result","toolCallId":"c2","toolName":"edit",)"
        R"("args":{"filePath":"/home/me/app/a","oldString":"1","newString":"2"},"result":"No such file"}},)"
        R"({"type":"tool-invocation","toolInvocation":{"state":"call","toolCallId":"c3","toolName":"read","args":{}}}],)"
        R"("metadata":{"sessionID":"ses_a","time":{"created":1750000002000,"completed":1750000003000},)"
        R"("tool":{"c1":{"title":"ls","exit":2,"time":{"start":1750000002000,"end":1750000002500}},)"
        R"("c2":{"error":true,"title":"x","time":{"start":1750000002500,"end":1750000002600}}},)"
        R"("assistant":{"system":["You are.","Rules."],"modelID":"claude-4","providerID":"anthropic","summary":true,)"
        R"("path":{"cwd":"/home/me/app","root":"/home/me/app"},"cost":0.5,)"
        R"("tokens":{"input":10,"output":5,"reasoning":0,"cache":{"read":3,"write":1}}}}})");
}

std::vector<capture::Found> found_in(const std::string& path, fs::Disk& disk) {
    capture::Sources sources(disk);
    return capture::discover(path, capture::agents(), sources).sessions;
}

}  // namespace

TEST_CASE("opencode's first versions: messages with their parts and facts inside", "[capture]") {
    InMemoryDisk disk;
    put_info(disk);
    put_first_messages(disk);
    const auto found = found_in("/d", disk);
    REQUIRE(found.size() == 1);
    CHECK(found[0].session.locator == k_info);
    CHECK(found[0].session.project == "/home/me/app");
    const auto parsed = opencode().read_from(k_info, disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "ses_a");
    CHECK(record.agent.version == "0.1.190");
    CHECK(record.metadata.find("title")->string_or() == "A title");
    CHECK(record.metadata.find("is_compacted")->bool_or(false));
    CHECK(record.timestamp_end == "2025-06-15T15:08:20.000Z");
    REQUIRE(record.system_prompts.size() == 1);
    CHECK(record.system_prompts[0].second == "You are.\n\nRules.");
    REQUIRE(record.steps.size() == 2);
    CHECK(record.steps[0].content == "fix it\n\n[file: a.png, image/png]");
    const trace::Step& reply = record.steps[1];
    CHECK(reply.model == "anthropic/claude-4");
    CHECK(reply.timestamp == "2025-06-15T15:06:42.000Z");
    CHECK(reply.content == "I look.");
    CHECK(reply.reasoning_content == "Hm.");
    REQUIRE(reply.tool_calls.size() == 3);
    CHECK(reply.tool_calls[0].input.find("command")->string_or() == "ls");
    CHECK(reply.tool_calls[0].duration_ms->value() == 500);
    REQUIRE(reply.observations.size() == 3);
    CHECK(reply.observations[0].content == "a");
    CHECK(reply.observations[0].error == "exit_code:2");
    CHECK(reply.observations[1].error == "tool_error");
    CHECK(reply.observations[2].error == "no_result");
    CHECK(parsed.evidence.changes.empty());  // the edit failed
    CHECK(record.metrics.total_input_tokens.value() == 10);
    CHECK(record.metrics.total_output_tokens.value() == 5);
    CHECK(record.metrics.estimated_cost_usd == 0.5);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("opencode's first versions: parts of later messages lie below their session", "[capture]") {
    InMemoryDisk disk;
    put_info(disk);
    put_message(disk, "msg_1", R"({"id":"msg_1","sessionID":"ses_a","role":"user","time":{"created":1}})");
    put_message(disk, "msg_2",
                R"({"id":"msg_2","sessionID":"ses_a","role":"assistant","time":{"created":2},"modelID":"m",)"
                R"("parts":[{"type":"text","text":"not twice"}]})");
    // Between the two versions a message held its parts in today's form.
    put_message(disk, "msg_3",
                R"({"id":"msg_3","sessionID":"ses_a","role":"assistant","time":{"created":3},)"
                R"("parts":[{"type":"text","text":"done"}]})");
    const std::string parts = k_tree + "/part/ses_a/";
    put(disk, parts + "msg_1/prt_1.json", R"({"id":"prt_1","type":"text","text":"fix it"})");
    put(disk, parts + "msg_2/prt_2.json",
        R"({"id":"prt_2","type":"tool","tool":"bash","callID":"c","state":{"status":"completed","input":{},"output":"a"}})");
    const std::string before = found_in("/d", disk).at(0).session.fingerprint;
    const auto parsed = opencode().read_from(k_info, disk);
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 3);
    CHECK(parsed.record->steps[0].content == "fix it");
    CHECK_FALSE(parsed.record->steps[1].content);
    CHECK(parsed.record->steps[1].observations.at(0).content == "a");
    CHECK(parsed.record->steps[2].content == "done");
    CHECK(parsed.files.size() == 6);
    put(disk, parts + "msg_2/prt_3.json", R"({"id":"prt_3","type":"text","text":"more"})");
    CHECK(found_in("/d", disk).at(0).session.fingerprint != before);
}

TEST_CASE("opencode's first versions: what was copied to the later place counts there", "[capture]") {
    InMemoryDisk disk;
    put_info(disk);
    put_first_messages(disk);
    const std::string copy = k_data + "/storage/session/p/ses_a.json";
    put(disk, copy, R"({"id":"ses_a","version":"1","projectID":"p","title":"t","time":{"created":1}})");
    const auto found = found_in("/d", disk);
    REQUIRE(found.size() == 1);
    CHECK(found[0].session.locator == copy);
    // Without its own file it is one session, too, wherever its messages are.
    disk.remove(k_info);
    CHECK(found_in("/d", disk).size() == 1);
    disk.remove(copy);
    REQUIRE(found_in("/d", disk).size() == 1);
    CHECK(found_in("/d", disk)[0].session.locator == k_tree + "/message/ses_a/msg_1.json");
}

TEST_CASE("opencode's first versions: a session that is cut off is a record, or refused for a reason",
          "[capture]") {
    InMemoryDisk disk;
    put_first_messages(disk);
    check_every_cut(k_info, R"({"id":"ses_a","title":"t","time":{"created":1}})", "opencode");
    const std::string message = k_tree + "/message/ses_a/msg_2.json";
    check_every_cut(message, disk.read_all(message), "opencode");
}
