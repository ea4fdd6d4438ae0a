#include "catch.hpp"
#include "opentraces/json/writer.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_path = "/home/me/.windsurf/transcripts/t-1.jsonl";

std::string step(const std::string& type, const std::string& data, const std::string& status = "done") {
    return R"({"status":")" + status + R"(","type":")" + type + R"(",")" + type + R"(":)" + data + "}\n";
}

std::string small() {
    return step("user_input", R"({"user_response":"fix it","rules_applied":{"always_on":["a.md"]}})") +
           step("planner_response", R"({"response":"I look.","thinking":"hm"})") +
           step("run_command", R"({"command":"make","cwd":"/home/me/app","exit_code":2,"output":"no"})");
}

capture::ParsedSession parsed_steps(const std::string& text) {
    return read_at(k_path, text, "windsurf");
}

std::string said_of(const capture::ParsedSession& parsed, const std::string& name) {
    const json::Value* value = parsed.record->metadata.find(name);
    return value == nullptr ? "" : json::to_compact(*value);
}

}  // namespace

TEST_CASE("windsurf: a transcript that others have published", "[capture]") {
    const auto parsed = read_at(k_path, session_bytes("windsurf/windsurf-session-simple.jsonl"), "windsurf");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "t-1");
    CHECK(record.task.description == "Write a song in @[xyz.md] ");
    CHECK(record.environment.os == "darwin");
    CHECK_FALSE(record.agent.model);
    CHECK_FALSE(record.timestamp_start);
    CHECK(said_of(parsed, "opentraces_usage") == "\"none\"");
    CHECK(parsed.report.unknown_lines() == 0);
    std::size_t calls = 0;
    std::size_t failed = 0;
    for (const trace::Step& step : record.steps) {
        calls += step.tool_calls.size();
        for (const trace::Observation& seen : step.observations)
            failed += seen.error.has_value() ? 1 : 0;
    }
    CHECK(calls == 18);
    CHECK(failed == 1);
    const std::string file = "/Users/aidancunniffe/Desktop/testing-gitflows-git-ai/xyz.md";
    REQUIRE(parsed.evidence.changes.size() == 2);
    CHECK(parsed.evidence.changes[0].path == file);
    CHECK(parsed.evidence.changes[0].before == "# XYZ\n");
    CHECK(parsed.evidence.changes[1].written->find("Digital Dreams") != std::string::npos);
    REQUIRE(record.attribution);
    CHECK(record.attribution->files.at(0).path.ends_with("xyz.md"));
}

TEST_CASE("windsurf: replies, calls, rules, how calls ended", "[capture]") {
    const auto parsed = parsed_steps(
        small() + step("run_command", R"({"command":"rm","user_rejected":true})") +
        step("grep_search", R"({"query":"x","total_results":0})") +
        step("view_file", R"({"path":"file:///a%20b"})", "error") +
        step("find", R"({"pattern":"*"})", "canceled") +
        step("code_action",
             R"({"path":"/n.md","new_content":"x\n","acknowledgement_type":"ACKNOWLEDGEMENT_TYPE_REJECT"})") +
        step("code_action", R"({"path":"file:///n%20m.md","new_content":"x\n"})") +
        step("planner_response", R"({"response":"Done."})"));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 3);
    CHECK(said_of(parsed, "opentraces_steps").find(R"("rules_applied":{"always_on":["a.md"]})") !=
          std::string::npos);
    CHECK(steps[1].reasoning_content == "hm");
    CHECK(steps[1].content == "I look.");
    const auto& seen = steps[1].observations;
    REQUIRE(seen.size() == 7);
    CHECK(seen[0].error == "exit_code:2");
    CHECK(seen[0].content == "no");
    CHECK(steps[1].tool_calls[0].input.find("exit_code") == nullptr);
    CHECK(seen[1].error == "rejected");
    CHECK(seen[2].content == R"({"total_results":0})");
    CHECK(seen[3].error == "tool_error");
    CHECK(seen[4].error == "interrupted");
    CHECK(seen[5].error == "rejected");
    CHECK_FALSE(seen[6].error);
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "/n m.md");
    CHECK(parsed.evidence.turn_ended);
    CHECK(parsed.evidence.working_directory == "/home/me/app");
}

TEST_CASE("windsurf: steps that are not known are counted, and kept", "[capture]") {
    const auto parsed = parsed_steps(small() + step("oracle", R"({"asked":"x","output":"y"})") +
                                     R"({"type":"odd","status":"done"})" + "\n");
    REQUIRE(parsed.record);
    CHECK(parsed.report.unknown_line_types.at("oracle") == 1);
    CHECK(parsed.report.unknown_line_types.at("odd") == 1);
    CHECK(parsed.record->steps[1].tool_calls.at(1).tool_name == "oracle");
    CHECK(parsed.record->steps[1].observations.at(1).content == "y");
}

TEST_CASE("windsurf: a project has the transcripts of what was done in it", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_path, small());
    put(disk, "/home/me/.windsurf/transcripts/t-2.jsonl",
        step("user_input", R"({"user_response":"x"})") +
            step("view_file", R"({"path":"file:///home/me/app/src/a.cpp"})"));
    put(disk, "/home/me/.windsurf/transcripts/t-3.jsonl", step("user_input", R"({"user_response":"x"})"));
    put(disk, "/home/me/.windsurf/transcripts/other.jsonl", "{\"a\":1}\n");
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(disk);
    const auto found = capture::discover_project("/home/me/app", capture::agents(), environment, sources);
    REQUIRE(found.sessions.size() == 2);
    CHECK(found.sessions[0].agent->name == "windsurf");
    CHECK(found.other_projects == 1);
}

TEST_CASE("windsurf: cut at any byte it is a record or refused with a reason", "[capture]") {
    check_every_cut(k_path, small() + step("planner_response", R"({"response":"Done."})"), "windsurf");
    CHECK(parsed_steps(R"({"a":1})").reason == "not a Windsurf transcript: no line is a step of Cascade");
}
