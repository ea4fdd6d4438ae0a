#include "catch.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = source_folder() + "/tests/fixtures/sessions/copilot/";
const std::string k_path = "/c/session-state/0195-a/events.jsonl";

const capture::Agent& copilot() {
    return *capture::find_agent("copilot");
}

// `more` are members beside the data, each preceded by a comma.
std::string event(const std::string& type, const std::string& data, const std::string& at = "00:00.000",
                  const std::string& more = {}) {
    return R"({"type":")" + type + R"(","data":)" + data +
           R"(,"id":"e","parentId":null,"timestamp":"2026-01-01T00:)" + at + R"(Z")" + more + "}\n";
}

std::string start(const std::string& more = {}) {
    return event(
        "session.start",
        R"({"sessionId":"s1","copilotVersion":"1.0.95","selectedModel":"gpt-5.4","startTime":"2026-01-01T00:00:00.000Z",)"
        R"("context":{"cwd":"/home/me/app","branch":"main","headCommit":"abc","repository":"me/app"})" +
            more + "}");
}

std::string prompt(const std::string& text, const std::string& more = {}) {
    return event("user.message", R"({"content":)" + quoted(text) + more + "}");
}

std::string message(const std::string& id, const std::string& text, const std::string& requests = {},
                    const std::string& more = {}, const std::string& beside = {}) {
    return event("assistant.message",
                 R"({"messageId":"m-)" + id + R"(","apiCallId":")" + id +
                     R"(","model":"gpt-5.4","content":)" + quoted(text) + R"(,"toolRequests":[)" + requests +
                     "]" + more + "}",
                 "00:01.000", beside);
}

std::string request(const std::string& id, const std::string& name, const std::string& arguments) {
    return R"({"toolCallId":")" + id + R"(","name":")" + name + R"(","type":"function","arguments":)" +
           arguments + "}";
}

std::string result(const std::string& id, const std::string& members, const std::string& beside = {}) {
    return event("tool.execution_complete", R"({"toolCallId":")" + id + R"(",)" + members + "}", "00:03.500",
                 beside);
}

std::string usage(const std::string& id, int input, int output, int read = 0, int written = 0) {
    return event("session.usage_record",
                 R"({"usage":{"model":"gpt-5.4","apiCallId":")" + id + R"(","inputTokens":)" +
                     std::to_string(input) + R"(,"outputTokens":)" + std::to_string(output) +
                     R"(,"cacheReadTokens":)" + std::to_string(read) + R"(,"cacheWriteTokens":)" +
                     std::to_string(written) + R"(,"reasoningTokens":2}})");
}

std::string shutdown(int requests, int input, int output, int read) {
    return event("session.shutdown",
                 R"({"modelMetrics":{"gpt-5.4":{"requests":{"count":)" + std::to_string(requests) +
                     R"(},"usage":{"inputTokens":)" + std::to_string(input) + R"(,"outputTokens":)" +
                     std::to_string(output) + R"(,"cacheReadTokens":)" + std::to_string(read) + "}}}}");
}

capture::ParsedSession parse_events(const std::string& text) {
    InMemoryDisk disk;
    put(disk, k_path, text);
    return copilot().read_from(k_path, disk);
}

// A session that is kept: a prompt and a call.
std::string small(const std::string& rest = {}) {
    return start() + prompt("fix it") +
           message("a1", "Looking.", request("c1", "bash", R"({"command":"ls"})")) +
           event("tool.execution_start", R"({"toolCallId":"c1","toolName":"bash","arguments":{}})",
                 "00:02.000") +
           result("c1", R"("success":true,"result":{"content":"a.txt\n<exited with exit code 0>"})") + rest;
}

std::string said_of(const capture::ParsedSession& parsed, const std::string& name) {
    const json::Value* value = parsed.record->metadata.find(name);
    return value == nullptr ? "" : json::to_compact(*value);
}

}  // namespace

TEST_CASE("copilot: a session of the CLI that others wrote", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = copilot().read_from(k_folder + "copilot_cli_session_events.jsonl", *disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "301561f1-558a-43e9-a144-82d3ca12ab62");
    CHECK(record.agent.version == "1.0.45");
    CHECK(record.agent.model == "gpt-4.1");
    CHECK(record.task.description == "create a hello world file");
    CHECK(record.task.repository == "test/repo");
    CHECK(record.environment.vcs.branch == "master");
    REQUIRE(record.steps.size() == 2);
    const trace::ToolCall& call = record.steps[1].tool_calls.at(0);
    CHECK(call.tool_name == "create");
    CHECK(call.input.find("path")->string_or() == "/Users/test/project/hello.py");
    CHECK(call.duration_ms->value() == 400);
    CHECK(record.steps[1].observations[0].content == "Created file /Users/test/project/hello.py");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].created);
    CHECK(record.timestamp_end == "2026-05-12T00:21:12.500Z");
    CHECK(said_of(parsed, "opentraces_usage") == "\"none\"");
}

TEST_CASE("copilot: a transcript of the VS Code extension has the same events", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = copilot().read_from(k_folder + "copilot_vscode_event_stream.jsonl", *disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 3);
    CHECK_FALSE(parsed.record->steps[2].observations[0].error);
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "/Users/test/project/src/main.ts");
    CHECK(said_of(parsed, "vscode_version") == "\"1.119.0\"");
}

TEST_CASE("copilot: what was typed is the user's, what the program put around it is not", "[capture]") {
    const auto parsed = parse_events(
        start() + event("system.message", R"({"role":"system","content":"You are Copilot."})") +
        prompt(
            "fix it",
            R"(,"transformedContent":"<now>x</now>\n\nfix it\n\n<reminder/>","attachments":[{"type":"file","path":"a.txt"}])") +
        message("a1", "", request("c1", "bash", "{}")) + result("c1", R"("success":true)") +
        prompt("go on", R"(,"source":"autopilot")"));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 4);
    CHECK(steps[0].content == "fix it\n\n[file: a.txt]");
    CHECK(steps[1].role == trace::Role::System);
    CHECK(steps[1].content == "<now>x</now>\n\n<reminder/>");
    REQUIRE(parsed.record->system_prompts.size() == 1);
    CHECK(parsed.record->system_prompts[0].second == "You are Copilot.");
    CHECK(steps[2].system_prompt_hash == parsed.record->system_prompts[0].first);
    CHECK(steps[3].role == trace::Role::System);
}

TEST_CASE("copilot: commands that failed, tools that failed, calls without a result", "[capture]") {
    const auto parsed = parse_events(
        start() + prompt("fix it") +
        message("a1", "",
                request("c1", "bash", R"("{\"command\":\"make\"}")") + "," + request("c2", "view", "{}") +
                    "," + request("c3", "apply_patch", R"("*** Begin Patch\n*** End Patch")")) +
        result("c1", R"("success":true,"result":{"content":"no\n<exited with exit code 2>"})") +
        result("c2", R"("success":false,"error":{"message":"no such file","code":"failure"})"));
    REQUIRE(parsed.record);
    const trace::Step& step = parsed.record->steps[1];
    CHECK(step.tool_calls[0].input.find("command")->string_or() == "make");
    CHECK(step.observations[0].error == "exit_code:2");
    CHECK(step.observations[1].error == "tool_error");
    CHECK(step.observations[1].content == "no such file");
    CHECK(step.tool_calls[2].input.find("input")->string_or().starts_with("*** Begin"));
    CHECK(step.observations[2].error == "no_result");
}

TEST_CASE("copilot: reasoning in the message, before it, or sealed", "[capture]") {
    const auto reasoning = [](const std::string& before, const std::string& more) {
        return parse_events(small(before + message("a2", "Done.", {}, more)))
            .record->steps.back()
            .reasoning_content;
    };
    const std::string told = event("assistant.reasoning", R"({"reasoningId":"r","content":"I think"})");
    CHECK(reasoning("", R"(,"reasoningText":"I think","reasoningOpaque":"x")") == "I think");
    CHECK(reasoning(told, R"(,"reasoningText":"I think")") == "I think");
    CHECK(reasoning(told, "") == "I think");
    CHECK(reasoning("", R"(,"reasoningOpaque":"x")") == "[encrypted reasoning]");
    CHECK_FALSE(reasoning("", R"(,"reasoningText":null)"));
}

TEST_CASE("copilot: one record of each call is all that is counted, shutdowns beside it or not",
          "[capture]") {
    const std::string records = usage("a1", 100, 10, 60, 30) + usage("a1", 100, 10, 60, 30);
    for (const std::string& rest : {records, records + shutdown(1, 100, 10, 60)}) {
        const auto parsed = parse_events(small(rest));
        REQUIRE(parsed.record);
        CHECK(parsed.record->steps[1].token_usage.input_tokens.value() == 10);
        CHECK(parsed.record->steps[1].token_usage.cache_read_tokens.value() == 60);
        CHECK(parsed.record->metrics.total_output_tokens.value() == 10);
        CHECK(said_of(parsed, "opentraces_usage").empty());
        CHECK_FALSE(parsed.evidence.tokens_are_lower_bound);
    }
}

TEST_CASE("copilot: the last shutdown holds for the whole session, messages give their share of the output",
          "[capture]") {
    const std::string more = message("a2", "Done.", {}, R"(,"outputTokens":7)");
    const auto parsed =
        parse_events(small(more + shutdown(2, 100, 20, 60) + prompt("more") +
                           message("a3", "Yes.", {}, R"(,"outputTokens":5)") + shutdown(3, 200, 30, 100)));
    REQUIRE(parsed.record);
    CHECK(parsed.record->metrics.total_input_tokens.value() == 100);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 30);
    CHECK(parsed.record->steps[2].token_usage.output_tokens.value() == 7);
    CHECK(parsed.evidence.usage.at(0).replies == 3);
    CHECK(said_of(parsed, "opentraces_usage") == "\"session\"");
}

TEST_CASE("copilot: without records and totals there is the output of messages, which is a lower bound",
          "[capture]") {
    const auto parsed = parse_events(small(message("a2", "Do", {}, R"(,"outputTokens":7)") +
                                           message("a2", "ne.", {}, R"(,"outputTokens":9)")));
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.back().content == "Do\n\nne.");
    CHECK(parsed.record->metrics.total_output_tokens.value() == 9);
    CHECK(parsed.evidence.tokens_are_lower_bound);
}

TEST_CASE("copilot: what a sub-agent says stands below the call that began it", "[capture]") {
    const std::string agent = R"(,"agentId":"ag1")";
    const auto parsed = parse_events(
        start() + prompt("fix it") + message("a1", "", request("t1", "task", R"({"prompt":"look"})")) +
        event("subagent.started", R"({"toolCallId":"t1","agentName":"explore"})", "00:01.000", agent) +
        event("user.message", R"({"content":"look","source":"agent-ag1"})") +
        message("s1", "Looking.", request("c9", "view", "{}"), R"(,"parentToolCallId":"t1")", agent) +
        result("c9", R"("success":true,"result":{"content":"x"},"parentToolCallId":"t1")", agent) +
        result("t1", R"("success":true,"result":{"content":"found"})") + message("a2", "Done."));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 5);
    CHECK(steps[1].subagent_trajectory_ref == "ag1");
    CHECK(steps[2].role == trace::Role::User);
    CHECK(steps[2].call_type == trace::CallType::Subagent);
    CHECK(steps[3].agent_role == "explore");
    CHECK(steps[3].parent_step->value() == 2);
    CHECK(steps[3].observations[0].content == "x");
    CHECK(steps[4].call_type == trace::CallType::Main);
    CHECK(parsed.record->task.description == "fix it");
}

TEST_CASE("copilot: models, permissions, compaction, an interrupted turn", "[capture]") {
    const auto parsed = parse_events(small(
        event("session.model_change", R"({"newModel":"claude-sonnet-4.5","reasoningEffort":"high"})") +
        event("assistant.message",
              R"({"content":"ok","toolRequests":[{"toolCallId":"c2","name":"bash","arguments":{}}]})") +
        event("permission.requested", R"({"requestId":"p1","permissionRequest":{"toolCallId":"c2"}})") +
        event("permission.completed",
              R"({"requestId":"p1","result":{"kind":"denied-interactively-by-user"}})") +
        event("session.compaction_complete", R"({"success":true,"summaryContent":"what was done"})") +
        event("session.error", R"({"errorType":"quota","message":"none left"})") +
        event("session.title_changed", R"({"title":"A title"})") + event("abort", R"({"reason":"user"})")));
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps[2].model == "claude-sonnet-4.5");
    CHECK(said_of(parsed, "opentraces_steps").find("denied-interactively-by-user") != std::string::npos);
    CHECK(parsed.record->steps[3].content == "what was done");
    CHECK(said_of(parsed, "is_compacted") == "true");
    CHECK(said_of(parsed, "session_errors") == R"(["quota: none left"])");
    CHECK(said_of(parsed, "title") == "\"A title\"");
    CHECK(parsed.evidence.interrupted);
}

TEST_CASE("copilot: an event of a kind that is not known is counted", "[capture]") {
    const auto parsed = parse_events(small(event("oracle.spoke", "{}") + event("session.info", "{}")));
    REQUIRE(parsed.record);
    CHECK(parsed.report.unknown_line_types.at("oracle.spoke") == 1);
    CHECK(parsed.report.unknown_lines() == 1);
}

TEST_CASE("copilot: the project is told, the id by the folder where no line tells it", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/home/me/.copilot/session-state/0195-a/events.jsonl", small());
    put(disk, "/home/me/.copilot/session-state/old.jsonl", prompt("x"));
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(disk);
    const auto found = capture::discover_project("/home/me/app", capture::agents(), environment, sources);
    REQUIRE(found.sessions.size() == 1);
    CHECK(found.sessions[0].session.project == "/home/me/app");
    CHECK(found.sessions[0].agent->name == "copilot");
    CHECK(found.other_projects == 1);
    const std::string text = small();
    const auto parsed = parse_events(text.substr(text.find('\n') + 1));
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "0195-a");
}

TEST_CASE("copilot: what is no event of it is refused", "[capture]") {
    CHECK(parse_events("{\"type\":\"other\"}\n").reason ==
          "not a Copilot session: no line is one of its events");
}
