#include "catch.hpp"
#include "opentraces/capture/sealed.hpp"
#include "opentraces/json/writer.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_root = "/home/me/.gemini/antigravity-cli";
const std::string k_logs = k_root + "/brain/conv-1/.system_generated/logs/";
const std::string k_path = k_logs + "transcript.jsonl";

// `members` are preceded by a comma each.
std::string step(const std::string& type, const std::string& members, const std::string& source = "MODEL",
                 const std::string& at = "00:00", const std::string& status = "DONE") {
    return R"({"step_index":1,"source":")" + source + R"(","type":")" + type + R"(","status":")" + status +
           R"(","created_at":"2026-06-26T21:)" + at + "Z\"" + members + "}\n";
}

std::string content(const std::string& text) {
    return R"(,"content":)" + quoted(text);
}

std::string prompt(const std::string& text) {
    return step("USER_INPUT", content(text), "USER_EXPLICIT");
}

// A call with arguments as they are written: JSON inside of JSON.
std::string call(const std::string& name, const std::string& args) {
    return R"({"name":")" + name + R"(","args":{)" + args + "}}";
}

std::string calls(const std::string& list) {
    return R"(,"tool_calls":[)" + list + "]";
}

capture::ParsedSession parsed_steps(const std::string& text) {
    return read_at(k_path, text, "antigravity");
}

std::string small() {
    return prompt("<USER_REQUEST>\nlook\n</USER_REQUEST>") +
           step("PLANNER_RESPONSE",
                calls(call("run_command", R"("CommandLine":"\"ls\"","Cwd":"\"/home/me/app\"")"))) +
           step("RUN_COMMAND", content("The command completed successfully.\nOutput:\na.txt\n"));
}

std::string said_of(const capture::ParsedSession& parsed, const std::string& name) {
    const json::Value* value = parsed.record->metadata.find(name);
    return value == nullptr ? "" : json::to_compact(*value);
}

}  // namespace

TEST_CASE("antigravity: a transcript that others have published", "[capture]") {
    const auto parsed =
        read_at(k_path, session_bytes("antigravity/brain/conv-small/.system_generated/logs/transcript.jsonl"),
                "antigravity");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "conv-1");
    CHECK(record.task.description == "List the files.");
    CHECK(record.agent.model == "Gemini 3.5 Flash (Medium)");
    CHECK(record.timestamp_start == "2026-06-26T21:16:16Z");
    CHECK(record.timestamp_end == "2026-06-26T21:16:26Z");
    CHECK(said_of(parsed, "is_compacted") == "true");
    CHECK(said_of(parsed, "opentraces_usage") == "\"none\"");
    CHECK(parsed.report.unknown_lines() == 0);
    const auto& steps = record.steps;
    REQUIRE(steps.size() >= 4);
    CHECK(steps[1].role == trace::Role::System);
    CHECK(steps[2].reasoning_content == "Listing the directory.");
    // Two of its results have no call.
    REQUIRE(steps[2].tool_calls.size() == 3);
    CHECK(steps[2].tool_calls[0].tool_name == "list_dir");
    CHECK(steps[2].tool_calls[0].input.find("DirectoryPath")->string_or() == "/tmp/repo");
    CHECK(steps[2].observations[0].content->starts_with("{\"name\":\"a.txt\"}"));
    CHECK(steps[2].tool_calls[1].tool_name == "view_file");
    CHECK(steps[2].tool_calls[2].tool_name == "run_command");
    CHECK(steps[3].content == "The directory contains a.txt and b.txt.");
}

TEST_CASE("antigravity: steps that are not known are counted, and kept", "[capture]") {
    const auto parsed =
        read_at(k_path, session_bytes("antigravity/brain/conv-drift/.system_generated/logs/transcript.jsonl"),
                "antigravity");
    REQUIRE(parsed.record);
    CHECK(parsed.report.unknown_line_types.at("BROWSER_NAVIGATE") == 1);
    CHECK(parsed.record->steps[1].tool_calls[0].tool_name == "browser_navigate");
    CHECK(parsed.record->steps[1].observations[0].content == "opened https://example.com");
    const auto other =
        parsed_steps(small() + R"({"type":"ODD"})" + "\n" + step("ORACLE", content("hm"), "SYSTEM"));
    CHECK(other.report.unknown_line_types.at("ODD") == 1);
    CHECK(other.report.unknown_line_types.at("ORACLE") == 1);
    CHECK(other.record->steps.back().content == "hm");
}

TEST_CASE("antigravity: what was typed, and what the program put around it", "[capture]") {
    const auto parsed = parsed_steps(
        prompt(
            "<USER_REQUEST>\nfix it\n</USER_REQUEST>\n<ADDITIONAL_METADATA>\nnow\n</ADDITIONAL_METADATA>\n"
            "<USER_SETTINGS_CHANGE>\nThe user changed setting `Model Selection` from None to Gemini 3.1 Pro "
            "(High). No need to comment.\n</USER_SETTINGS_CHANGE>") +
        step("EPHEMERAL_MESSAGE", content("be brief"), "SYSTEM") +
        step("PLANNER_RESPONSE", calls(call("list_dir", R"("DirectoryPath":"/a")"))) +
        step("LIST_DIRECTORY", content("x")) + prompt("and then"));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 5);
    CHECK(steps[0].content == "fix it");
    CHECK(steps[1].content->starts_with("<ADDITIONAL_METADATA>"));
    CHECK(steps[2].content == "be brief");
    CHECK(steps[3].model == "Gemini 3.1 Pro (High)");
    CHECK(steps[3].tool_calls[0].input.find("DirectoryPath")->string_or() == "/a");
    CHECK(steps[4].role == trace::Role::User);
    CHECK(steps[4].content == "and then");
}

TEST_CASE("antigravity: results answer the calls of their kind, with how they ended", "[capture]") {
    const auto parsed = parsed_steps(
        prompt("go") +
        step("PLANNER_RESPONSE", calls(call("view_file", R"("AbsolutePath":"\"/a\"")") + "," +
                                       call("run_command", R"("CommandLine":"\"make\"")") + "," +
                                       call("grep_search", "") + "," + call("list_dir", ""))) +
        step("RUN_COMMAND", content("The command failed with exit code: 2\nOutput:\nexit code: 9\n")) +
        step("VIEW_FILE", content("no such file"), "MODEL", "00:02", "ERROR") +
        step("GREP_SEARCH", "", "MODEL", "00:03", "RUNNING") +
        step("GREP_SEARCH", R"(,"truncated_fields":["content"],"content":"")", "MODEL", "00:03", "CANCELED"));
    REQUIRE(parsed.record);
    const auto& seen = parsed.record->steps[1].observations;
    REQUIRE(seen.size() == 4);
    CHECK(seen[0].error == "tool_error");
    CHECK(seen[1].error == "exit_code:2");
    CHECK(seen[2].error == "interrupted");
    CHECK(seen[3].error == "no_result");
    CHECK(said_of(parsed, "opentraces_steps").find(R"("truncated_results":["call-3"])") != std::string::npos);
}

TEST_CASE("antigravity: edits as calls ask for them, with the places that their diffs give", "[capture]") {
    const std::string diff =
        "The following changes were made by the replace_file_content tool to: /a.md.\n[diff_block_start]\n"
        "@@ -3,1 +3,2 @@\n old\n+new\n[diff_block_end]\n";
    const auto parsed = parsed_steps(
        prompt("go") +
        step(
            "PLANNER_RESPONSE",
            calls(
                call("write_to_file", R"("TargetFile":"\"/n.md\"","CodeContent":"\"one\\ntwo\"")") + "," +
                call(
                    "replace_file_content",
                    R"("TargetFile":"\"/a.md\"","AllowMultiple":"false","TargetContent":"\"old\"","ReplacementContent":"\"old\\nnew\"")") +
                "," +
                call(
                    "multi_replace_file_content",
                    R"("TargetFile":"\"/b.md\"","ReplacementChunks":"[{\"TargetContent\":\"p\",\"ReplacementContent\":\"q\",\"AllowMultiple\":true}]")"))) +
        step("CODE_ACTION", content("Created file file:///n.md with requested content.")) +
        step("CODE_ACTION", content(diff)) + step("CODE_ACTION", content("done")));
    REQUIRE(parsed.record);
    const auto& changes = parsed.evidence.changes;
    REQUIRE(changes.size() == 3);
    CHECK(changes[0].path == "/n.md");
    CHECK(changes[0].written == "one\ntwo");
    CHECK(changes[1].exact);
    REQUIRE(changes[1].hunks.size() == 1);
    CHECK(changes[1].hunks[0].new_start == 3);
    REQUIRE(changes[2].replacements.size() == 1);
    CHECK(changes[2].replacements[0].new_text == "q");
    CHECK(changes[2].replacements[0].all);
}

TEST_CASE("antigravity: errors of the program, turns that ended or were cancelled", "[capture]") {
    const auto failed = parsed_steps(small() + step("ERROR_MESSAGE", content("quota"), "SYSTEM"));
    CHECK(said_of(failed, "session_errors") == R"(["quota"])");
    CHECK_FALSE(failed.evidence.turn_ended);
    CHECK(parsed_steps(small() + step("PLANNER_RESPONSE", content("Done."))).evidence.turn_ended);
    const auto stopped =
        parsed_steps(small() + step("PLANNER_RESPONSE", content("Do"), "MODEL", "00:09", "CANCELED"));
    CHECK(stopped.evidence.interrupted);
    CHECK_FALSE(stopped.evidence.turn_ended);
}

TEST_CASE("antigravity: the whole transcript is read, and of its own project", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_path, small());
    put(disk, k_logs + "transcript_full.jsonl", small());
    const std::string editor = "/home/me/.gemini/antigravity/brain/";
    const std::string logs = "/.system_generated/logs/transcript.jsonl";
    put(disk, editor + "conv-2" + logs, small());
    put(disk, editor + "conv-3" + logs, prompt("x"));
    put(disk, k_root + "/history.jsonl",
        R"({"display":"look","timestamp":1,"workspace":"/home/me/other","conversationId":"conv-1"})"
        "\n");
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    const auto found_in = [&](const std::string& project) {
        capture::Sources sources(disk);
        return capture::discover_project(project, capture::agents(), environment, sources);
    };
    const auto other = found_in("/home/me/other");
    REQUIRE(other.sessions.size() == 1);
    CHECK(other.sessions[0].session.locator == k_logs + "transcript_full.jsonl");
    CHECK(other.sessions[0].agent->name == "antigravity");
    CHECK(other.other_projects == 2);
    const auto app = found_in("/home/me/app");
    REQUIRE(app.sessions.size() == 1);
    CHECK(app.sessions[0].session.locator == editor + "conv-2" + logs);
}

TEST_CASE("antigravity: conversations that nobody can read are counted", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_path, small());
    const std::string kept = "/conversations/";
    put(disk, k_root + kept + "conv-1.pb", "x");
    put(disk, k_root + kept + "conv-2.pb", "x");
    put(disk, k_root + kept + "conv-3.db", "x");
    put(disk, k_root + kept + "notes.txt", "x");
    put(disk, "/home/me/.codeium/windsurf/cascade/t-1.pb", "x");
    put(disk, "/home/me/.codeium/windsurf/cascade/t-2.pb", "x");
    put(disk, "/home/me/.windsurf/transcripts/t-2.jsonl", "x");
    Environment environment;
    const auto sealed = [&](std::span<const capture::Agent* const> agents) {
        return capture::sealed_conversations(agents, environment, disk);
    };
    CHECK(sealed(capture::agents()).empty());
    environment.variables["HOME"] = "/home/me";
    const auto all = sealed(capture::agents());
    REQUIRE(all.size() == 2);
    CHECK(all[0].agent == "Antigravity");
    CHECK(all[0].folder == k_root + "/conversations");
    CHECK(all[0].conversations == 2);
    CHECK(all[1].agent == "Windsurf");
    CHECK(all[1].conversations == 1);
    const capture::Agent* const other[] = {capture::find_agent("codex")};
    CHECK(sealed(other).empty());
}

TEST_CASE("antigravity: cut at any byte it is a record or refused with a reason", "[capture]") {
    check_every_cut(k_path, small() + step("PLANNER_RESPONSE", content("Done.")), "antigravity");
    CHECK(parsed_steps(R"({"a":1})").reason == "not an Antigravity transcript: no line is one of its steps");
}
