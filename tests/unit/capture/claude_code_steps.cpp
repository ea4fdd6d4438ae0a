// Replies, prompts, results: what becomes a step and what is on it.
#include "catch.hpp"
#include "unit/capture/session_lines.hpp"

namespace {

using namespace opentraces;
using namespace opentraces::testing;

const std::string k_prompt = user("u1", "", "please");
const std::string k_ls = call("t1", "Bash", R"({"command":"ls"})");

TEST_CASE("usage of a reply is that of its last line, once", "[capture]") {
    const auto parsed =
        parse_text(k_prompt + reply("a1", "u1", "m1", text_block("one"), 1) +
                   reply("a2", "a1", "m1", k_ls, 1) + result("u2", "a2", "t1", "x") +
                   reply("a3", "a2", "m1", call("t2", "Bash", "{}"), 77) + result("u3", "a3", "t2", "y"));
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 2);
    const trace::Step& step = parsed.record->steps[1];
    CHECK(step.tool_calls.size() == 2);
    CHECK(step.token_usage.output_tokens.value() == 77);
    CHECK(step.token_usage.cache_read_tokens.value() == 30);
    CHECK(step.token_usage.cache_write_tokens.value() == 40);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 77);
    CHECK(parsed.evidence.usage.at(0).replies == 1);
}

TEST_CASE("a call without result gets one that says so", "[capture]") {
    const auto parsed = parse_text(k_prompt + reply("a1", "u1", "m1", k_ls));
    REQUIRE(parsed.record);
    const auto& observation = parsed.record->steps[1].observations.at(0);
    CHECK(observation.error == "no_result");
    CHECK_FALSE(observation.content);
}

std::string error_with(const std::string& text, const std::string& block, const std::string& details) {
    const auto parsed = parse_text(k_prompt + reply("a1", "u1", "m1", k_ls) +
                                   result("u2", "a1", "t1", text, block, ",\"toolUseResult\":" + details));
    REQUIRE(parsed.record);
    return parsed.record->steps[1].observations.at(0).error.value_or("none");
}

TEST_CASE("error codes of results", "[capture]") {
    const std::string failed = ",\"is_error\":true";
    CHECK(error_with("ok", "", "{}") == "none");
    CHECK(error_with("Exit code 2\nboom", failed, "\"Error: Exit code 2\"") == "exit_code:2");
    CHECK(error_with("Exit code 0", failed, "{}") == "tool_error");
    CHECK(error_with("Exit code 2 is what it printed", "", "{}") == "none");
    CHECK(error_with("no such file", failed, "{}") == "tool_error");
    CHECK(error_with("x", "", R"({"exitCode":3})") == "exit_code:3");
    CHECK(error_with("x", "", R"({"interrupted":true})") == "interrupted");
    CHECK(error_with("x", failed, R"({"interrupted":true})") == "interrupted");
}

TEST_CASE("observations keep the whole text and name images", "[capture]") {
    const std::string longer(12'000, 'x');
    const auto parsed = parse_text(
        k_prompt + reply("a1", "u1", "m1", k_ls + "," + call("t2", "Read", "{}")) +
        result("u2", "a1", "t1", longer) +
        line(
            "user", "u3", "a1",
            R"(,"message":{"content":[{"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"see"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJDRA=="}}]}]},"toolUseResult":{"durationSeconds":1.5})"));
    REQUIRE(parsed.record);
    const auto& step = parsed.record->steps[1];
    CHECK(step.observations[0].content == longer);
    CHECK(step.observations[0].output_summary == std::string(200, 'x') + "...");
    CHECK(step.observations[1].content == "see\n[image: image/png, 4 bytes]");
    CHECK(step.tool_calls[1].duration_ms->value() == 1500);
}

trace::Role role_of(const std::string& text, const std::string& more = {}) {
    const auto parsed = parse_text(user("u1", "", text, more) + reply("a1", "u1", "m1", k_ls));
    REQUIRE(parsed.record);
    return parsed.record->steps[0].role;
}

TEST_CASE("injected text is not the user's", "[capture]") {
    CHECK(role_of("fix it") == trace::Role::User);
    CHECK(role_of("<command-name>/clear</command-name>") == trace::Role::System);
    CHECK(role_of("<command-message>review</command-message>") == trace::Role::User);
    CHECK(role_of("Operation stopped by hook: no") == trace::Role::System);
    CHECK(role_of("<bash-input>ls</bash-input>") == trace::Role::User);
    CHECK(role_of("[Request interrupted by user]") == trace::Role::User);
    CHECK(role_of("<div> in html is a prompt") == trace::Role::User);
    CHECK(role_of("fix it", R"(,"isMeta":true)") == trace::Role::System);
    CHECK(role_of("This session is being continued", R"(,"isCompactSummary":true)") == trace::Role::System);
    CHECK(role_of("<system-reminder>x</system-reminder>") == trace::Role::System);
    CHECK(role_of("<local-command-stdout></local-command-stdout>") == trace::Role::System);
    CHECK(role_of("<task-notification>done</task-notification>") == trace::Role::System);
    CHECK(role_of("done", R"(,"origin":{"kind":"task-notification"})") == trace::Role::System);
}

TEST_CASE("the task is what the human asked first", "[capture]") {
    const std::string work = reply("a1", "", "m1", k_ls);
    auto parsed = parse_text(user("u0", "", "<system-reminder>x</system-reminder>") +
                             user("u1", "u0", "<command-name>/model</command-name>") +
                             user("u2", "u1", "fix it") + work);
    CHECK(parsed.record->task.description == "fix it");
    CHECK(parsed.record->task.source == "user_prompt");
    parsed = parse_text(
        user("u1", "",
             "<command-message>review is running</command-message>\n<command-name>/review</command-name>\n"
             "<command-args>src/main.cpp</command-args>") +
        user("u2", "u1", "and commit") + work);
    CHECK(parsed.record->task.description == "/review src/main.cpp");
    CHECK(parsed.record->task.source == "slash_command");
}

TEST_CASE("thinking without text is marked, and is not a warm-up", "[capture]") {
    const auto parsed = parse_text(
        k_prompt + reply("a0", "u1", "m0", R"({"type":"thinking","thinking":"","signature":"s"})", 3) +
        reply("a1", "a0", "m1", k_ls) + reply("a2", "a1", "m2", "", 1) +
        reply("a3", "a2", "m3", R"({"type":"redacted_thinking","data":"x"})", 1));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    CHECK(steps[1].reasoning_content->starts_with("[redacted"));
    CHECK(steps[1].call_type == trace::CallType::Main);
    CHECK(steps[3].call_type == trace::CallType::Warmup);
    CHECK(steps[4].reasoning_content->starts_with("[redacted"));
    CHECK(parsed.report.unknown_blocks.empty());
}

TEST_CASE("API errors are steps without a model and are listed", "[capture]") {
    const std::string error = line(
        "assistant", "e1", "a1",
        R"(,"isApiErrorMessage":true,"message":{"id":"s1","model":"<synthetic>","content":[{"type":"text","text":"API Error: 500"}],"usage":{"input_tokens":9,"output_tokens":9}})");
    const auto parsed = parse_text(k_prompt + reply("a1", "u1", "m1", k_ls) + error);
    REQUIRE(parsed.record);
    CHECK_FALSE(parsed.record->steps[2].model);
    CHECK(parsed.record->metrics.total_input_tokens.value() == 10);
    CHECK(parsed.record->metadata.find("session_errors")->at(0).string_or() == "API Error: 500");
    CHECK(parsed.record->agent.model == "anthropic/claude-sonnet-4-5");
}

TEST_CASE("going back abandons a branch, parallel calls do not", "[capture]") {
    const std::string before = k_prompt + reply("a1", "u1", "m1", k_ls) + result("r1", "a1", "t1", "x");
    const std::string left =
        user("u2", "r1", "wrong way") + reply("a2", "u2", "m2", call("t2", "Bash", "{}"), 100);
    const std::string kept = user("u3", "r1", "right way") + reply("a3", "u3", "m3", text_block("done"), 7);
    const auto parsed = parse_text(before + left + kept);
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 4);
    CHECK(parsed.record->steps[2].content == "right way");
    CHECK(parser_note(parsed, "abandoned_steps") == 2);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 5 + 100 + 7);
    const std::string parallel =
        k_prompt + reply("a1", "u1", "m1", k_ls) + reply("a2", "a1", "m1", call("t2", "Bash", "{}")) +
        result("r1", "a1", "t1", "x") + result("r2", "a2", "t2", "y") + user("u2", "r2", "next");
    CHECK(parser_note(parse_text(parallel), "abandoned_steps") == 0);
}

TEST_CASE("a copied prefix with repeated uuids is read once", "[capture]") {
    const std::string once = k_prompt + reply("a1", "u1", "m1", k_ls) + result("r1", "a1", "t1", "x");
    const auto parsed = parse_text(once + once);
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 2);
    CHECK(parsed.report.repeated_lines == 3);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 5);
}

TEST_CASE("facts of the session", "[capture]") {
    const std::string boundary =
        line("system", "s1", "",
             R"(,"subtype":"compact_boundary","compactMetadata":{"trigger":"auto","preTokens":155250})",
             "2026-01-01T02:00:00Z");
    const std::string others =
        R"({"type":"ai-title","aiTitle":"A title"})"
        "\n"
        R"({"type":"pr-link","prNumber":7,"prUrl":"https://example.org/7","prRepository":"o/r"})"
        "\n"
        R"({"type":"opentraces_hook","event":"Stop","timestamp":"2026-01-01T03:00:00Z","data":{"git":{"sha":"abc","dirty":true,"files_changed":2}}})"
        "\n";
    const auto parsed = parse_text(k_prompt + reply("a1", "u1", "m1", k_ls) + boundary + others);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.metadata.find("is_compacted")->bool_or(false));
    CHECK(record.metadata.find("compaction_events")->at(0)["pre_tokens"].integer() == 155250);
    CHECK(record.metadata.find("title")->string_or() == "A title");
    CHECK(record.metadata.find("hook_git_final")->operator[]("sha").string_or() == "abc");
    CHECK(record.task.repository == "o/r");
    CHECK(record.timestamp_start == "2026-01-01T00:00:00.000Z");
    CHECK(record.timestamp_end == "2026-01-01T03:00:00Z");
    CHECK(record.environment.os == "linux");
    CHECK(record.environment.shell == "bash");
    CHECK(record.environment.vcs.branch == "main");
    CHECK_FALSE(record.environment.vcs.base_commit);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("the result line of a print-mode session", "[capture]") {
    const auto parsed = parse_text(
        k_prompt + reply("a1", "u1", "m1", k_ls) +
        R"({"type":"result","subtype":"error_max_turns","num_turns":3,"total_cost_usd":0.5,"duration_ms":2500})"
        "\n");
    REQUIRE(parsed.record);
    CHECK(parsed.record->outcome.success == false);
    CHECK(parsed.record->outcome.signal_source == "result_message");
    CHECK(parsed.record->metadata.find("num_turns")->integer() == 3);
    CHECK(parsed.evidence.actual_cost_usd == 0.5);
    CHECK(parsed.evidence.reported_duration_s == 2.5);
}

TEST_CASE("snippets have the line numbers of the file", "[capture]") {
    const std::string read =
        R"(,"toolUseResult":{"type":"text","file":{"filePath":"/home/me/app/a.py","content":"x\ny\n","startLine":40,"numLines":2}})";
    const std::string edit =
        R"(,"toolUseResult":{"filePath":"/home/me/app/a.py","structuredPatch":[{"oldStart":40,"oldLines":2,"newStart":40,"newLines":3,"lines":[" x","+new","-y","+y2"]}]})";
    const auto parsed = parse_text(
        k_prompt + reply("a1", "u1", "m1", call("t1", "Read", R"({"file_path":"/home/me/app/a.py"})")) +
        result("r1", "a1", "t1", "40\\u2192x", "", read) +
        reply("a2", "r1", "m2",
              call("t2", "Edit",
                   R"({"file_path":"/home/me/app/a.py","old_string":"y","new_string":"new\ny2"})")) +
        result("r2", "a2", "t2", "ok", "", edit));
    REQUIRE(parsed.record);
    const auto& first = parsed.record->steps[1].snippets.at(0);
    CHECK(first.start_line->value() == 40);
    CHECK(first.end_line->value() == 41);
    CHECK(first.language == "python");
    CHECK(first.source_step->value() == 2);
    const auto& second = parsed.record->steps[2].snippets.at(0);
    CHECK(second.start_line->value() == 41);
    CHECK(second.end_line->value() == 42);
    CHECK(second.text == "new\ny2\n");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].step_index == 3);
    CHECK(parsed.evidence.changes[0].exact);
}

TEST_CASE("absurd numbers are held within bounds", "[capture]") {
    const std::string usage =
        R"(,"message":{"id":"m9","content":[],"usage":{"input_tokens":9223372036854775807}})";
    const auto parsed =
        parse_text(k_prompt + reply("a1", "u1", "m1", k_ls) + line("assistant", "a2", "a1", usage) +
                   R"({"type":"result","subtype":"success","total_cost_usd":1e400,"duration_ms":-1e400})"
                   "\n");
    REQUIRE(parsed.record);
    CHECK(parsed.record->metrics.total_input_tokens.value() == 1'000'000'000'010);
    CHECK_FALSE(parsed.evidence.actual_cost_usd);
}

}  // namespace
