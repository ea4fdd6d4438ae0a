#include "catch.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = source_folder() + "/tests/fixtures/sessions/grok/";
const std::string k_place = "/g/sessions/%2Fhome%2Fme%2Fmy%20app/s1/";

const capture::Agent& grok() {
    return *capture::find_agent("grok");
}

capture::ParsedSession read_fixture(const std::string& name) {
    const auto disk = fs::posix_disk();
    return grok().read_from(k_folder + name, *disk);
}

capture::ParsedSession parse_chat(const std::string& text, const std::string& updates = {}) {
    InMemoryDisk disk;
    put(disk, k_place + "chat_history.jsonl", text);
    if (!updates.empty()) put(disk, k_place + "updates.jsonl", updates);
    return grok().read_from(k_place + "chat_history.jsonl", disk);
}

std::string user(const std::string& text, const std::string& more = R"(,"prompt_index":0)") {
    return R"({"type":"user","content":[{"type":"text","text":")" + text + R"("}])" + more + "}\n";
}

std::string reply(const std::string& text, const std::string& calls = {}) {
    return R"({"type":"assistant","content":")" + text + R"(","tool_calls":[)" + calls +
           R"(],"model_id":"grok-4.5"})" + "\n";
}

std::string asked(const std::string& id, const std::string& name, const std::string& arguments) {
    return R"({"id":")" + id + R"(","name":")" + name + R"(","arguments":)" + quoted(arguments) + "}";
}

std::string result(const std::string& id, const std::string& text) {
    return R"({"type":"tool_result","tool_call_id":")" + id + R"(","content":)" + quoted(text) + "}\n";
}

std::string update(const std::string& members, int second) {
    return R"({"method":"session/update","params":{"update":{)" + members + R"(}},"timestamp":)" +
           std::to_string(1767225600 + second) + "}\n";
}

std::string note(const capture::ParsedSession& parsed, const std::string& name) {
    const json::Value* value = parsed.record->metadata.find(name);
    return value == nullptr ? "" : json::to_compact(*value);
}

}  // namespace

TEST_CASE("grok: a session that others wrote, and what lies beside it", "[capture]") {
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    const auto found =
        capture::discover(k_folder + "%2Ftmp%2Fas-agent-lab%2Fgrok%2Fproject", capture::agents(), sources)
            .sessions;
    REQUIRE(found.size() == 2);
    CHECK(found[0].session.project == "/tmp/as-agent-lab/grok/project");
    const auto parsed = grok().read(found[0].session, sources);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "019f6851-7ec4-7ef0-97d3-03f3eee38755");
    CHECK(record.task.description == "Read hello.py and summarize what it prints without editing files.");
    CHECK(record.task.repository == "example-user/example");
    CHECK(record.timestamp_start == "2026-07-31T10:13:27.574131Z");
    REQUIRE(record.steps.size() == 6);
    CHECK(record.steps[0].role == trace::Role::System);
    CHECK(record.steps[2].model == "grok-4.5");
    CHECK(record.steps[2].reasoning_content ==
          "The user wants a summary of hello.py without edits. I should read the file first.");
    REQUIRE(record.steps[3].tool_calls.size() == 2);
    CHECK(record.steps[3].tool_calls[0].tool_name == "web_search");
    CHECK(record.steps[5].content == "[image]\nHere is a screenshot for reference.");
    CHECK(note(parsed, "opentraces_usage") == "\"none\"");
    CHECK(note(parsed, "interrupted_turns") == "1");
    const auto agent = grok().read(found[1].session, sources);
    REQUIRE(agent.record);
    CHECK(agent.record->steps[1].call_type == trace::CallType::Subagent);
}

TEST_CASE("grok: the first version of the format", "[capture]") {
    const auto parsed = read_fixture("legacy/chat_history.jsonl");
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 3);
    CHECK(steps[1].reasoning_content == "Check the old format");
    CHECK(steps[1].tool_calls[0].input.find("target_file")->string_or() == "src/session/persistence.rs");
    CHECK(steps[1].observations[0].content == "source body");
    CHECK(parsed.record->session_id == "019f6000-0000-7000-8000-000000000002");
    CHECK(note(parsed, "parent_session_id") == "\"019f5000-0000-7000-8000-000000000000\"");
}

TEST_CASE("grok: a session of which there are only updates", "[capture]") {
    const auto parsed = read_fixture("updates/updates.jsonl");
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "grok-session-test");
    std::size_t calls = 0;
    std::string errors;
    for (const trace::Step& step : parsed.record->steps) {
        calls += step.tool_calls.size();
        for (const trace::Observation& observation : step.observations)
            errors += observation.error.value_or("") + ";";
    }
    CHECK(calls == 9);
    CHECK(errors == ";;exit_code:2;;;;;tool_error;;");
    CHECK(parsed.evidence.changes.size() == 2);
    CHECK(parsed.report.unknown_line_types.at("session/update/future_update") == 1);
    const auto said = parse_chat({}, {});
    CHECK(said.reason == "empty file");
}

TEST_CASE("grok: pieces of updates are joined", "[capture]") {
    InMemoryDisk disk;
    const auto piece = [](const std::string& kind, const std::string& text, int second) {
        return update(R"("sessionUpdate":")" + kind + R"(","content":{"type":"text","text":")" + text + "\"}",
                      second);
    };
    put(disk, k_place + "updates.jsonl",
        piece("user_message_chunk", "fix ", 0) + piece("user_message_chunk", "it", 0) +
            piece("agent_thought_chunk", "h", 1) + piece("agent_thought_chunk", "m", 1) +
            piece("agent_message_chunk", "I look.", 2) +
            update(R"("sessionUpdate":"tool_call","toolCallId":"c1","title":"read_file","rawInput":{})", 3) +
            update(
                R"("sessionUpdate":"tool_call_update","toolCallId":"c1","status":"completed","content":[{"type":"content","content":{"type":"text","text":"x"}}])",
                5) +
            piece("agent_message_chunk", "Done.", 6));
    const auto parsed = grok().read_from(k_place + "updates.jsonl", disk);
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].content == "fix it");
    CHECK(steps[1].reasoning_content == "hm");
    CHECK(steps[1].content == "I look.");
    CHECK(steps[1].observations[0].content == "x");
    CHECK(steps[1].tool_calls[0].duration_ms->value() == 2000);
    CHECK(steps[2].content == "Done.");
}

TEST_CASE("grok: updates tell when calls began and how they ended", "[capture]") {
    const std::string chat =
        user("go") +
        reply("",
              asked("c1", "run_terminal_command", R"({"command":"make"})") + "," +
                  asked("c2", "search_replace", R"({"file_path":"/a/b","old_string":"x","new_string":"y"})") +
                  "," + asked("c3", "write", R"({"file_path":"/a/c","content":"x"})")) +
        result("c1", "no") + result("c2", "ok") + result("c3", "denied");
    const auto end = [](const std::string& id, const std::string& more, int second) {
        return update(R"("sessionUpdate":"tool_call_update","toolCallId":")" + id + "\"," + more, second);
    };
    const std::string updates = update(R"("sessionUpdate":"tool_call","toolCallId":"c1")", 1) +
                                end("c1", R"("status":"completed","rawOutput":{"exit_code":2})", 4) +
                                end("c2", R"("status":"completed")", 5) +
                                end("c3", R"("status":"failed")", 6);
    const auto parsed = parse_chat(chat, updates);
    REQUIRE(parsed.record);
    const trace::Step& step = parsed.record->steps[1];
    CHECK(step.timestamp == "2026-01-01T00:00:01.000Z");
    CHECK(step.tool_calls[0].duration_ms->value() == 3000);
    CHECK(step.observations[0].error == "exit_code:2");
    CHECK_FALSE(step.observations[1].error);
    CHECK(step.observations[2].error == "tool_error");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "/a/b");
    CHECK(parsed.evidence.working_directory == "/home/me/my app");
}

TEST_CASE("grok: what the program adds is not the user's, an interjection is", "[capture]") {
    const auto parsed = parse_chat(
        R"({"type":"system","content":"You are Grok"})"
        "\n" +
        user("rules", R"(,"synthetic_reason":"project_instructions")") + user("go") +
        R"({"type":"reasoning","summary":[],"encrypted_content":"x"})"
        "\n" +
        reply("", asked("c1", "bash", "{}")) + user("wait", R"(,"synthetic_reason":"interjection")") +
        "{\"type\":\"oracle\",\"content\":\"x\"}\n");
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 4);
    CHECK(steps[0].role == trace::Role::System);
    CHECK(steps[2].reasoning_content == "[encrypted reasoning]");
    CHECK(steps[2].system_prompt_hash == parsed.record->system_prompts.at(0).first);
    CHECK(steps[3].role == trace::Role::User);
    CHECK(note(parsed, "opentraces_steps").find("mid_turn") != std::string::npos);
    CHECK(parsed.report.unknown_line_types.at("oracle") == 1);
}

TEST_CASE("grok: updates beside a chat are no session of their own; a project has its sessions",
          "[capture]") {
    InMemoryDisk disk;
    const std::string folder = "/home/me/.grok/sessions/%2Fhome%2Fme%2Fapp/s1/";
    put(disk, folder + "chat_history.jsonl", user("go") + reply("x"));
    put(disk, folder + "updates.jsonl", update(R"("sessionUpdate":"tool_call","toolCallId":"c1")", 1));
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(disk);
    const auto found = capture::discover_project("/home/me/app", capture::agents(), environment, sources);
    REQUIRE(found.sessions.size() == 1);
    CHECK(found.sessions[0].session.locator == folder + "chat_history.jsonl");
    CHECK(capture::discover_project("/home/me/other", capture::agents(), environment, sources)
              .sessions.empty());
}

TEST_CASE("grok: what is no line of it is refused", "[capture]") {
    CHECK(parse_chat("{\"a\":1}\n").reason == "not a Grok session: no line is one of its chats or updates");
}
