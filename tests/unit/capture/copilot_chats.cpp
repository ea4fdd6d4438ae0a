#include "capture/copilot/chat_log.hpp"
#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_storage = "/home/me/.config/Code/User/workspaceStorage/0a1b";
const std::string k_chat = k_storage + "/chatSessions/c-1.json";
const std::string k_uri =
    R"({"$mid":1,"fsPath":"/home/me/app/a b.cpp","path":"/home/me/app/a b.cpp","scheme":"file"})";

// `requests` with commas between.
std::string chat(const std::string& requests, const std::string& more = {}) {
    return R"({"version":3,"sessionId":"c-1","customTitle":"A title","creationDate":1770580200000,)"
           R"("responderUsername":"GitHub Copilot","requests":[)" +
           requests + "]" + more + "}";
}

// `members` are preceded by a comma each.
std::string request(const std::string& text, const std::string& members) {
    return R"({"requestId":"request_)" + text +
           R"(","timestamp":1770580260000,"modelId":"copilot/gpt-4o",)"
           R"("agent":{"id":"github.copilot.editsAgent","name":"agent","extensionVersion":"0.37.1"},)"
           R"("message":{"text":)" +
           quoted(text) + R"(,"parts":[]})" + members + "}";
}

std::string rounds(const std::string& list, const std::string& results = {}, const std::string& more = {}) {
    return R"(,"result":{"metadata":{"toolCallRounds":[)" + list + R"(],"toolCallResults":{)" + results +
           "}" + more + "}}";
}

std::string round(const std::string& text, const std::string& calls = {}, const std::string& more = {}) {
    return R"({"id":"r","response":)" + quoted(text) + R"(,"toolCalls":[)" + calls + "]" + more + "}";
}

std::string called(const std::string& id, const std::string& name, const std::string& arguments) {
    return R"({"id":")" + id + R"(","name":")" + name + R"(","arguments":)" + quoted(arguments) + "}";
}

std::string gave(const std::string& id, const std::string& text) {
    return quoted(id) + R"(:{"content":[{"$mid":21,"value":)" + quoted(text) + "}]}";
}

std::string invocation(const std::string& id, const std::string& tool, const std::string& more = {}) {
    return R"({"kind":"toolInvocationSerialized","toolCallId":")" + id + R"(","toolId":")" + tool +
           R"(","isComplete":true)" + more + "}";
}

capture::ParsedSession parsed_chat(const std::string& text) {
    return read_at(k_chat, text, "copilot");
}

// A request with a call that worked.
std::string small(const std::string& more = {}) {
    return request("fix it", rounds(round("Looking.", called("t1", "read_file", R"({"filePath":"a"})")) +
                                        "," + round("Done."),
                                    gave("t1", "int x;")) +
                                 more);
}

std::string said_of(const capture::ParsedSession& parsed, const std::string& name) {
    const json::Value* value = parsed.record->metadata.find(name);
    return value == nullptr ? "" : json::to_compact(*value);
}

}  // namespace

TEST_CASE("copilot chats: a document that others have published", "[capture]") {
    const auto parsed =
        read_at("/x/chat.json", session_bytes("copilot/copilot_session_simple.json"), "copilot");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "331fed7f-cfd6-409c-8502-06a56322b636");
    CHECK(record.agent.version == "0.31.5");
    CHECK(record.agent.model == "claude-sonnet-4");
    CHECK(record.task.description ==
          "What can you help me with?\n\n[file: /Users/svarlamov/projects/testing-git/index.ts]");
    CHECK(parsed.report.unknown_lines() == 0);
    std::vector<const trace::Step*> replies;
    for (const trace::Step& step : record.steps)
        if (step.role == trace::Role::Agent) replies.push_back(&step);
    REQUIRE(replies.size() >= 3);
    CHECK(replies[0]->content->starts_with("I'm GitHub Copilot"));
    CHECK(replies[0]->content->find("`index.ts`") != std::string::npos);
    REQUIRE(replies[1]->tool_calls.size() == 1);
    CHECK(replies[1]->tool_calls[0].tool_name == "replace_string_in_file");
    CHECK(replies[1]->tool_calls[0].tool_call_id ==
          "toolu_vrtx_01UAL9wRmnDUwNjStDn4qhne__vscode-1759845028970");
    CHECK(replies[1]->observations[0].content ==
          "The following files were successfully edited:\n/Users/svarlamov/projects/testing-git/index.ts\n");
    REQUIRE_FALSE(parsed.evidence.changes.empty());
    CHECK(parsed.evidence.changes[0].path == "/Users/svarlamov/projects/testing-git/index.ts");
    CHECK(parsed.evidence.changes[0].replacements.size() == 1);
    CHECK(said_of(parsed, "opentraces_usage") == "\"none\"");
    CHECK(record.timestamp_start == "2025-10-07T13:50:46.680Z");
}

TEST_CASE("copilot chats: a log of changes that others have published", "[capture]") {
    const auto parsed =
        read_at("/x/session.jsonl", session_bytes("copilot/copilot_session_multiline.jsonl"), "copilot");
    REQUIRE(parsed.record);
    CHECK(parsed.report.skipped.empty());
    CHECK(parsed.record->agent.model == "gpt-4o");
    std::size_t prompts = 0;
    for (const trace::Step& step : parsed.record->steps)
        prompts += step.role == trace::Role::User ? 1 : 0;
    CHECK(prompts == 2);
    // Of each request, its last call of the model.
    CHECK(parsed.record->metrics.total_input_tokens.value() == 9723 + 9948);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 33 + 40);
    CHECK(parsed.evidence.tokens_are_lower_bound);
}

TEST_CASE("copilot chats: rounds, thoughts, context, times, edits of several files", "[capture]") {
    const std::string edit =
        R"({"replacements":[{"filePath":"/a","oldString":"x","newString":"y"},{"filePath":"/b","oldString":"p","newString":"q"}]})";
    const auto parsed = parsed_chat(chat(request(
        "fix it",
        R"(,"modelState":{"value":1,"completedAt":1770580300000},"variableData":{"variables":[{"kind":"file","id":"f","name":"a b.cpp","value":)" +
            k_uri + R"(},{"kind":"file","id":"vscode.implicit.viewport","value":)" + k_uri + "}]}" +
            rounds(
                round("Looking.", called("t1", "multi_replace_string_in_file", edit),
                      R"(,"thinking":{"id":"x","text":["I ","think"]},"timestamp":1770580261000)") +
                    "," + round("Done.", {}, R"(,"thinking":{"id":"y","text":"","encrypted":"abc"})"),
                gave("t1", "edited"),
                R"(,"renderedUserMessage":[{"type":1,"text":"<now/>\nfix it\n<end/>"},{"type":3,"cacheType":"ephemeral"}],"renderedGlobalContext":[{"type":1,"text":"macOS"}])"))));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "c-1");
    CHECK(record.timestamp_start == "2026-02-08T19:50:00.000Z");
    CHECK(record.timestamp_end == "2026-02-08T19:51:40.000Z");
    CHECK(said_of(parsed, "title") == "\"A title\"");
    const auto& steps = record.steps;
    REQUIRE(steps.size() == 5);
    CHECK(steps[0].content == "macOS");
    CHECK(steps[1].content == "fix it\n\n[file: /home/me/app/a b.cpp]");
    CHECK(steps[1].role == trace::Role::User);
    CHECK(steps[2].content == "<now/>\n\n<end/>");
    CHECK(steps[2].role == trace::Role::System);
    CHECK(steps[3].reasoning_content == "I \n\nthink");
    CHECK(steps[3].timestamp == "2026-02-08T19:51:01.000Z");
    CHECK_FALSE(steps[4].timestamp);
    CHECK(steps[4].reasoning_content == "[encrypted reasoning]");
    REQUIRE(parsed.evidence.changes.size() == 2);
    CHECK(parsed.evidence.changes[1].path == "/b");
    CHECK(parsed.evidence.turn_ended);
}

TEST_CASE("copilot chats: calls that failed, were refused, cancelled or never answered", "[capture]") {
    const auto parsed = parsed_chat(chat(request(
        "fix it",
        R"(,"response":[)" + invocation("u1", "copilot_readFile") + "," +
            invocation("u2", "copilot_runInTerminal",
                       R"(,"toolSpecificData":{"kind":"terminal","terminalCommandState":{"exitCode":2}})") +
            "," + invocation("u3", "copilot_createFile", R"(,"isConfirmed":{"type":0})") + "," +
            invocation("u4", "copilot_fetch", R"(,"isConfirmed":false)") + "]" +
            rounds(round("", called("t1", "read_file", "{}") + "," + called("t2", "run_in_terminal", "{}") +
                                 "," + called("t3", "create_file", R"({"filePath":"a","content":"x"})") +
                                 "," + called("t4", "fetch_webpage", "{}") + "," +
                                 called("t5", "semantic_search", "{}") + "," + called("t6", "grep", "{}")),
                   gave("t1", "ERROR while calling tool: no such file") + "," + gave("t2", "no") + "," +
                       gave("t3", "x") + "," + gave("t5", "The user cancelled the tool call.")))));
    REQUIRE(parsed.record);
    const auto& seen = parsed.record->steps.back().observations;
    REQUIRE(seen.size() == 6);
    CHECK(seen[0].error == "tool_error");
    CHECK(seen[1].error == "exit_code:2");
    CHECK(seen[2].error == "rejected");
    CHECK(seen[3].error == "rejected");
    CHECK(seen[4].error == "interrupted");
    CHECK(seen[5].error == "no_result");
    CHECK(parsed.evidence.changes.empty());
}

TEST_CASE("copilot chats: a reply without rounds is what the person saw", "[capture]") {
    const auto parsed = parsed_chat(chat(request(
        "fix it",
        R"(,"isCanceled":true,"response":[{"kind":"thinking","value":"Hm."},{"value":"I look at "},{"kind":"inlineReference","inlineReference":)" +
            k_uri + R"(},{"value":".","supportHtml":false},)" +
            invocation(
                "u1", "run_in_terminal",
                R"(,"toolSpecificData":{"kind":"terminal","commandLine":{"original":"ls"}},"resultDetails":{"input":"{}","output":[{"type":"embed","isText":true,"value":"a.txt"}]})") +
            "," + invocation("u2", "vscode_editFile_internal") +
            R"(,{"value":"\n```\n"},{"kind":"undoStop","id":"x"},{"value":"Done."},{"kind":"dance"}])")));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 3);
    CHECK(steps[1].content == "I look at `a b.cpp`.");
    CHECK(steps[1].reasoning_content == "Hm.");
    REQUIRE(steps[1].tool_calls.size() == 1);
    CHECK(steps[1].tool_calls[0].input.find("command")->string_or() == "ls");
    CHECK(steps[1].observations[0].content == "a.txt");
    CHECK(steps[2].content == "Done.");
    CHECK(parsed.report.unknown_line_types.at("response/dance") == 1);
    CHECK(parsed.report.unknown_lines() == 1);
    CHECK(parsed.evidence.interrupted);
    CHECK(said_of(parsed, "interrupted_turns") == "1");
}

TEST_CASE("copilot chats: the calls of a sub-agent stand below the call that began it", "[capture]") {
    const auto parsed = parsed_chat(chat(request(
        "fix it",
        R"(,"response":[)" + invocation("t1", "runSubagent") + "," +
            invocation("n1", "copilot_readFile", R"(,"subAgentInvocationId":"t1")") + "]" +
            rounds(round("", called("t1", "runSubagent", R"({"prompt":"look"})")) + "," + round("Done."),
                   gave("t1", "found")))));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 4);
    CHECK(steps[1].subagent_trajectory_ref == "t1");
    CHECK(steps[2].call_type == trace::CallType::Subagent);
    CHECK(steps[2].parent_step->value() == 2);
    CHECK(steps[2].tool_calls.at(0).tool_name == "copilot_readFile");
    CHECK(steps[3].call_type == trace::CallType::Main);
}

TEST_CASE("copilot chats: tokens of a turn, of its last call, of a turn that was taken back", "[capture]") {
    const auto totals = parsed_chat(chat(small(
        R"(,"promptTokens":900,"completionTokens":5,"modelTotals":[{"model":"gpt-5","inputTokens":1000,"cachedTokens":400,"outputTokens":50}])")));
    REQUIRE(totals.record);
    CHECK(totals.record->metrics.total_input_tokens.value() == 600);
    CHECK(totals.record->steps.back().token_usage.cache_read_tokens.value() == 400);
    CHECK(totals.record->metrics.total_output_tokens.value() == 50);
    CHECK(totals.evidence.usage.at(0).model == "gpt-5");
    CHECK_FALSE(totals.evidence.tokens_are_lower_bound);

    const auto last = parsed_chat(chat(
        small(R"(,"promptTokens":900,"completionTokens":50)") + "," +
        request("again",
                R"(,"promptTokens":100,"completionTokens":1,"shouldBeRemovedOnSend":{"requestId":"r"})")));
    REQUIRE(last.record);
    CHECK(last.record->metrics.total_input_tokens.value() == 1000);
    CHECK(last.record->metrics.total_output_tokens.value() == 51);
    CHECK(last.evidence.tokens_are_lower_bound);
    CHECK(parser_note(last, "abandoned_steps") == 1);
    CHECK(last.record->steps.back().content == "Done.");
}

TEST_CASE("copilot chats: the model where the program chose it, errors, a turn that failed", "[capture]") {
    std::string text = chat(small(R"(,"result2":0)"));
    const std::string fixed = R"("modelId":"copilot/gpt-4o")";
    text.replace(text.find(fixed), fixed.size(), R"("modelId":"copilot/auto")");
    const std::string result = R"("result":{)";
    text.replace(text.find(result), result.size(),
                 R"("result":{"details":"GPT-5 mini • 0x","errorDetails":{"message":"no quota"},)");
    const auto parsed = parsed_chat(text);
    REQUIRE(parsed.record);
    CHECK(parsed.record->agent.model == "GPT-5 mini");
    CHECK(said_of(parsed, "session_errors") == R"(["no quota"])");
    CHECK_FALSE(parsed.evidence.turn_ended);
}

TEST_CASE("copilot chats: one without an id of its own has that of its first request", "[capture]") {
    std::string text = chat(small());
    const std::string id = R"("sessionId":"c-1",)";
    text.erase(text.find(id), id.size());
    const auto parsed = parsed_chat(text);
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "request_fix it");
}

TEST_CASE("copilot chats: changes of a log", "[capture]") {
    json::Value document;
    const auto change = [&document](const std::string& line) {
        return capture::copilot::change_chat(document, json::parse(line));
    };
    CHECK_FALSE(change(R"({"kind":1,"k":["a"],"v":1})"));
    CHECK(change(R"({"kind":0,"v":{"requests":[],"inputState":{}}})"));
    CHECK(change(R"({"kind":2,"k":["requests"],"v":[{"n":1},{"n":2}]})"));
    CHECK(change(R"({"kind":2,"k":["requests"],"i":1,"v":[{"n":3}]})"));
    CHECK(change(R"({"kind":1,"k":["requests",1,"response"],"v":["x"]})"));
    CHECK(change(R"({"kind":2,"k":["requests",1,"response"],"v":["y"]})"));
    CHECK(change(R"({"kind":3,"k":["inputState"]})"));
    CHECK(change(R"({"kind":2,"k":["requests",0,"response"],"i":0})"));
    CHECK(json::to_compact(document) ==
          R"({"requests":[{"n":1,"response":[]},{"n":3,"response":["x","y"]}],"inputState":null})");
    for (const char* bad : {R"({"kind":1,"k":["requests",9,"x"],"v":1})",
                            R"({"kind":2,"k":["requests"],"v":7})", R"({"kind":1,"k":[],"v":1})",
                            R"({"kind":7,"k":["a"],"v":1})", R"({"kind":1,"k":["requests",-1],"v":1})",
                            R"({"kind":2,"k":["requests",0,"n"],"v":[]})", "[]", R"({"other":1})"})
        CHECK_FALSE(change(bad));
    std::string deep = R"({"kind":1,"v":1,"k":["a")";
    for (int level = 0; level < 40; ++level)
        deep += R"(,"a")";
    CHECK_FALSE(change(deep + "]}"));
}

TEST_CASE("copilot chats: found in the storage of VS Code, with their folder, once", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_chat, chat(small()));
    put(disk, k_storage + "/workspace.json", R"({"folder":"file:///home/me/my%20app"})");
    put(disk, k_storage + "/chatEditingSessions/x/state.json", chat(small()));
    const std::string transcript =
        R"({"type":"session.start","data":{"sessionId":"ID"},"timestamp":"2026-01-01T00:00:00Z"})"
        "\n";
    const std::string transcripts = k_storage + "/GitHub.copilot-chat/transcripts/";
    put(disk, transcripts + "c-1.jsonl", transcript);
    put(disk, transcripts + "t-2.jsonl", transcript);
    put(disk, transcripts + "t-3.jsonl", transcript);
    put(disk, k_storage + "/chatSessions/c-2.json", chat("") + " ");
    put(disk, k_storage + "/chatSessions/c-2.jsonl",
        R"({"kind":0,"v":{"sessionId":"c-2","requests":[{"requestId":"r","result":{"metadata":{"sessionId":"t-2"}}}]}})"
        "\n");
    const std::string other = "/home/me/Library/Application Support/VSCodium/User/workspaceStorage/9/";
    put(disk, other + "chatSessions/c-9.json", chat(small()));
    put(disk, other + "workspace.json", R"({"folder":"vscode-remote://ssh/home/me/my%20app"})");
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(disk);
    const auto found = capture::discover_project("/home/me/my app", capture::agents(), environment, sources);
    REQUIRE(found.sessions.size() == 3);
    CHECK(found.sessions[0].session.locator == transcripts + "t-3.jsonl");
    CHECK(found.sessions[1].session.locator == k_chat);
    CHECK(found.sessions[2].session.locator == k_storage + "/chatSessions/c-2.jsonl");
    CHECK(found.other_projects == 1);
    const auto parsed = capture::find_agent("copilot")->read(found.sessions[1].session, sources);
    CHECK(parsed.evidence.working_directory == "/home/me/my app");
    CHECK(parsed.files.size() == 2);

    environment.variables["XDG_CONFIG_HOME"] = "/elsewhere";
    CHECK(capture::discover_project("/home/me/my app", capture::agents(), environment, sources)
              .sessions.empty());
}

TEST_CASE("copilot chats: cut at any byte they are records or refused with a reason", "[capture]") {
    const std::string document = chat(small());
    check_every_cut(k_chat, document, "copilot");
    const std::string log = R"({"kind":0,"v":)" + chat("") + "}\n" + R"({"kind":2,"k":["requests"],"v":[)" +
                            small() + "]}\n" +
                            R"({"kind":1,"k":["requests",0,"result","metadata","x"],"v":1})" + "\n";
    check_every_cut(k_chat + "l", log, "copilot");
    const auto broken =
        read_at(k_chat + "l", log + R"({"kind":1,"k":["requests",7,"x"],"v":1})" + "\n", "copilot");
    REQUIRE(broken.record);
    REQUIRE(broken.report.skipped.size() == 1);
    CHECK(broken.report.skipped[0].line == 4);
    CHECK(parsed_chat(R"({"requests":[],"sessionId":"x"})").reason == "fewer than 2 steps");
}
