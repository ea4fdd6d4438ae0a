#include "catch.hpp"
#include "unit/capture/fixture_sessions.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Words = std::vector<std::string>;

const std::string k_path = "/home/me/.factory/sessions/-home-me-app/s1.jsonl";

std::string start(const std::string& more = {}) {
    return R"({"type":"session_start","id":"s1","title":"fix it","sessionTitle":"New Session","owner":"me",)"
           R"("version":2,"cwd":"/home/me/app")" +
           more + "}\n";
}

std::string message(const std::string& id, const std::string& role, const std::string& content,
                    const std::string& more = {}) {
    return R"({"type":"message","id":")" + id + R"(","timestamp":"2026-01-01T00:00:0)" +
           std::to_string(id.back() - 'a') + R"(.000Z","message":{"role":")" + role + R"(","content":)" +
           content + more + "}}\n";
}

std::string text(const std::string& words) {
    return R"([{"type":"text","text":")" + words + R"("}])";
}

std::string call(const std::string& id, const std::string& name, const std::string& input = "{}") {
    return R"([{"type":"tool_use","id":")" + id + R"(","name":")" + name + R"(","input":)" + input + "}]";
}

std::string result(const std::string& id, const std::string& words, const std::string& more = {}) {
    return R"([{"type":"tool_result","tool_use_id":")" + id + R"(","content":")" + words + "\"" + more + "}]";
}

// A prompt, a call and its result.
std::string short_session(const std::string& words = "done", const std::string& more = {}) {
    return start() + message("a", "user", text("fix it")) + message("b", "assistant", call("c1", "Execute")) +
           message("c", "user", result("c1", words, more));
}

capture::ParsedSession parse(const std::string& lines, const std::string& settings = {}) {
    InMemoryDisk disk;
    disk.make_directories(fs::parent(k_path), 0755);
    disk.replace(k_path, lines);
    if (!settings.empty()) disk.replace(fs::parent(k_path) + "/s1.settings.json", settings);
    return capture::find_agent("droid")->read_from(k_path, disk);
}

trace::TraceRecord record_of(const std::string& lines, const std::string& settings = {}) {
    const capture::ParsedSession parsed = parse(lines, settings);
    REQUIRE(parsed.record);
    return *parsed.record;
}

Words contents(const trace::TraceRecord& record) {
    Words all;
    for (const trace::Step& step : record.steps)
        all.push_back(step.content.value_or("-"));
    return all;
}

Words roles(const trace::TraceRecord& record) {
    Words all;
    for (const trace::Step& step : record.steps)
        all.emplace_back(step.role == trace::Role::User     ? "user"
                         : step.role == trace::Role::System ? "system"
                                                            : "agent");
    return all;
}

}  // namespace

TEST_CASE("droid: a session of its store that others wrote", "[capture]") {
    const auto disk = fs::posix_disk();
    const std::string path = source_folder() + "/tests/fixtures/sessions/droid/droid-session.jsonl";
    capture::Sources sources(*disk);
    const auto found = capture::discover(path, capture::agents(), sources).sessions;
    REQUIRE(found.size() == 1);
    CHECK(found[0].agent->name == "droid");
    CHECK(found[0].session.project == "/Users/testuser/projects/testing-git");
    const auto parsed = found[0].agent->read(found[0].session, sources);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "052cb8d0-4616-488a-99fe-bfbbbe9429b3");
    CHECK(record.task.description == "Update the first comment in @index.ts to \"DROID3\"");
    CHECK(roles(record) == Words{"user", "system", "agent", "agent", "agent", "agent", "agent"});
    CHECK(record.steps[2].tool_calls.size() == 2);
    CHECK(record.steps[2].observations[1].content == "TODO List Updated");
    CHECK(record.agent.model == "openai/custom:BYOK-GPT-5-MINI-0");
    CHECK(record.metrics.total_input_tokens.value() == 6743);
    CHECK(record.metrics.total_output_tokens.value() == 1450);
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "session");
    CHECK((*record.metadata.find("model_usage"))["openai/custom:BYOK-GPT-5-MINI-0"]["replies"].integer() ==
          5);
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "/Users/testuser/projects/testing-git/index.ts");
    CHECK(parsed.files.size() == 2);
    CHECK(record.timestamp_end == "2026-01-28T16:57:29.003Z");
}

TEST_CASE("droid: tokens are those of the settings beside the session, or there are none", "[capture]") {
    CHECK(record_of(short_session()).metadata.find("opentraces_usage")->string_or() == "none");
    const std::string settings =
        R"({"model":"claude-x","providerLock":"anthropic","reasoningEffort":"high","systemPrompt":"be brief",)"
        R"("tokenUsage":{"inputTokens":3,"outputTokens":5,"cacheReadTokens":7,"cacheCreationTokens":2,)"
        R"("thinkingTokens":4}})";
    const trace::TraceRecord record = record_of(short_session(), settings);
    CHECK(record.metrics.total_input_tokens.value() == 3);
    CHECK(record.metrics.total_output_tokens.value() == 5);
    CHECK(record.agent.model == "anthropic/claude-x");
    CHECK(record.system_prompts.size() == 1);
    CHECK(record.metadata.find("opentraces_steps")->if_array()->at(0)["effort"].string_or() == "high");
    const auto broken = parse(short_session(), "{");
    REQUIRE(broken.record);
    CHECK(broken.report.skipped.size() == 1);
}

TEST_CASE("droid: how a call has ended", "[capture]") {
    const auto error = [](const std::string& words, const std::string& more) {
        return record_of(short_session(words, more)).steps[1].observations[0].error.value_or("-");
    };
    CHECK(error("done", "") == "-");
    CHECK(error("Error: Command failed (exit code: 2)\\nno", "") == "exit_code:2");
    CHECK(error("no\\n\\n[Process exited with code 3]", "") == "exit_code:3");
    CHECK(error("yes\\n\\n[Process exited with code 0]", "") == "-");
    CHECK(error("no such file", R"(,"is_error":true)") == "tool_error");
    CHECK(error("Error: Tool execution cancelled by user", R"(,"is_error":true)") == "interrupted");
    CHECK(record_of(start() + message("a", "user", text("go")) +
                    message("b", "assistant", call("c1", "Execute")))
              .steps[1]
              .observations[0]
              .error == "no_result");
}

TEST_CASE("droid: what a person typed, apart from what the program put beside it", "[capture]") {
    const std::string lines =
        short_session() +
        message("d", "user", text("<system-reminder>\\nbe nice\\n</system-reminder>\\n\\nand this")) +
        message(
            "e", "user",
            R"([{"type":"text","text":"look at @x.c"},{"type":"text","text":"Contents of /x.c (lines 1-1 of 1):\n1"},)"
            R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}])") +
        message("f", "user", text("only for it"), R"(,"visibility":"llm_only")") +
        message("g", "user", text("only for you"), R"(,"visibility":"user_only")") +
        message("h", "user", "[]", R"(,"hookEventName":"Stop","hookResults":[{"stdout":"tests fail\n"}])") +
        message("i", "user", text("Token limit reached, compacting")) +
        R"({"type":"compaction_state","id":"j","summaryText":"all of it","removedCount":3})" + "\n";
    const capture::ParsedSession parsed = parse(lines);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(contents(record) ==
          Words{"fix it", "-", "and this", "<system-reminder>\nbe nice\n</system-reminder>",
                "look at @x.c\n\n[image: image/png, 3 bytes]", "Contents of /x.c (lines 1-1 of 1):\n1",
                "only for it", "tests fail", "Token limit reached, compacting", "all of it"});
    CHECK(roles(record) ==
          Words{"user", "agent", "user", "system", "user", "system", "system", "system", "system", "system"});
    CHECK(record.metadata.find("session_errors")->if_array()->size() == 1);
    CHECK(record.metadata.find("is_compacted")->bool_or(false));
    CHECK(parsed.report.ignored_line_types.at("message/user_only") == 1);
}

TEST_CASE("droid: reasoning, models and what a turn came to", "[capture]") {
    const std::string lines =
        short_session() +
        message(
            "d", "assistant",
            R"([{"type":"thinking","thinking":"I wonder"},{"type":"redacted_thinking","data":"x"}])",
            R"(,"modelId":"gpt-x","apiProvider":"openai","openaiMessageId":"r1","reasoningEffort":"low")") +
        message("e", "assistant", text("so"), R"(,"openaiEncryptedContent":"x")") +
        message("f", "assistant", text("so"),
                R"(,"openaiEncryptedContent":"x","openaiReasoningSummary":"why")") +
        R"({"type":"agent_turn_outcome","turnId":"a","reason":"completed"})" + "\n";
    const capture::ParsedSession parsed = parse(lines);
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    CHECK(steps[2].reasoning_content == "I wonder\n\n[encrypted reasoning]");
    CHECK(steps[2].model == "openai/gpt-x");
    CHECK(steps[3].reasoning_content == "[encrypted reasoning]");
    CHECK(steps[4].reasoning_content == "why");
    CHECK(parsed.evidence.turn_ended);
    const json::Value& facts = parsed.record->metadata.find("opentraces_steps")->if_array()->at(1);
    CHECK(facts["request_id"].string_or() == "r1");
    CHECK(facts["effort"].string_or() == "low");
}

TEST_CASE("droid: sub-agents and forks name their parent; what a fork copied is left out", "[capture]") {
    std::string lines = short_session();
    lines.replace(0, start().size(), start(R"(,"callingSessionId":"s0","callingToolUseId":"t0")"));
    const trace::TraceRecord called = record_of(lines);
    CHECK(called.metadata.find("parent_session_id")->string_or() == "s0");
    CHECK(called.metadata.find("is_subagent")->bool_or(false));
    CHECK(called.steps[0].call_type == trace::CallType::Subagent);

    std::string fork = short_session() + message("d", "user", text("another way")) +
                       message("e", "assistant", call("c2", "Read"));
    fork.replace(0, start().size(), start(R"(,"parent":"s0","forkedAtMessageId":"c")"));
    const trace::TraceRecord forked = record_of(fork);
    CHECK(contents(forked) == Words{"another way", "-"});
    CHECK(forked.metadata.find("parent_session_id")->string_or() == "s0");
    CHECK((*forked.metadata.find("opentraces_parser"))["copied_lines"].integer() == 3);
    CHECK(forked.timestamp_start == "2026-01-01T00:00:03.000Z");
    // The parent's message is not here: nothing was copied.
    fork.replace(0, start(R"(,"parent":"s0","forkedAtMessageId":"c")").size(),
                 start(R"(,"parent":"s0","forkedAtMessageId":"z")"));
    CHECK(record_of(fork).steps.size() == 4);
}

TEST_CASE("droid: what is not known, broken or stands twice is counted", "[capture]") {
    const capture::ParsedSession parsed =
        parse(short_session() + message("a", "user", text("fix it")) + message("d", "oracle", "[]") +
              message("e", "assistant", R"([{"type":"hologram"}])") + R"({"type":"from_the_future"})" + "\n" +
              R"({"type":"todo_state","todos":[]})" + "\nbroken\n");
    REQUIRE(parsed.record);
    CHECK(parsed.report.repeated_lines == 1);
    CHECK(parsed.report.unknown_line_types.at("message/oracle") == 1);
    CHECK(parsed.report.unknown_line_types.at("from_the_future") == 1);
    CHECK(parsed.report.unknown_line_types.at("block/hologram") == 1);
    CHECK(parsed.report.unknown_blocks.at("hologram") == 1);
    CHECK(parsed.report.ignored_line_types.at("todo_state") == 1);
    CHECK(parsed.report.skipped.size() == 1);
}

TEST_CASE("droid: edits of its tools are changes of files", "[capture]") {
    const capture::ParsedSession parsed = parse(
        start() + message("a", "user", text("go")) +
        message("b", "assistant",
                call("c1", "Edit", R"({"file_path":"/x.c","old_str":"a","new_str":"b","change_all":true})")) +
        message("c", "user", result("c1", "ok")) +
        message("d", "assistant", call("c2", "Create", R"({"file_path":"/y.c","content":"z"})")) +
        message("e", "user", result("c2", "no", R"(,"is_error":true)")));
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "/x.c");
    CHECK(parsed.evidence.changes[0].replacements[0].all);
}

TEST_CASE("droid: the stream of droid exec", "[capture]") {
    const auto parsed = read_at("/tmp/s.jsonl", session_bytes("droid/stream_json_large.jsonl"), "droid");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "sid_stage0_large");
    CHECK(contents(record) == Words{"Step 1", "Ok", "Captured multiline output."});
    CHECK(record.steps[1].tool_calls[0].tool_name == "Shell");
    CHECK(record.steps[1].observations[0].content == "line1\nline2\nline3\n");
    CHECK(record.agent.model == "droid-model");
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "none");
    CHECK(parsed.evidence.working_directory == "/tmp/large");

    const auto drift =
        read_at("/tmp/s.jsonl", session_bytes("droid/stream_json_schema_drift.jsonl"), "droid");
    REQUIRE(drift.record);
    CHECK(contents(*drift.record) ==
          Words{"List files", "<system-reminder>\nBe safe.\n</system-reminder>", "-", "Done"});
    CHECK(drift.record->steps[2].observations[0].error == "tool_error");
    CHECK(drift.record->metrics.total_input_tokens.value() == 10);
    CHECK(drift.record->metrics.total_output_tokens.value() == 5);
    CHECK(drift.record->timestamp_start == "2026-01-07T19:04:00.310Z");
    CHECK(drift.record->metadata.find("session_errors")->if_array()->size() == 1);
    const auto failed = read_at(
        "/tmp/s.jsonl",
        R"({"type":"message","session_id":"s","role":"user","text":"go"})"
        "\n"
        R"({"type":"tool_call","session_id":"s","toolCallId":"c","toolName":"Shell","parameters":{}})"
        "\n"
        R"({"type":"tool_result","session_id":"s","toolCallId":"c","value":{"stdout":"a","stderr":"b","exitCode":4}})"
        "\n"
        R"({"type":"from_the_future","session_id":"s"})"
        "\n",
        "droid");
    REQUIRE(failed.record);
    CHECK(failed.record->steps[1].observations[0].content == "ab");
    CHECK(failed.record->steps[1].observations[0].error == "exit_code:4");
    CHECK(failed.report.unknown_line_types.at("from_the_future") == 1);
}

TEST_CASE("droid is told from all others, and its settings are no session", "[capture]") {
    const Words droid{"droid"};
    CHECK(agents_that_know("/tmp/a.jsonl", short_session()) == droid);
    CHECK(agents_that_know("/tmp/a.jsonl", session_bytes("droid/stream_json_schema_drift.jsonl")) == droid);
    // Another program's session_start, and another's stream.
    CHECK(agents_that_know("/tmp/a.jsonl",
                           R"({"type":"session_start","id":"x","model":"m","cwd":"/w","resumed":false})"
                           "\n")
              .empty());
    CHECK(agents_that_know("/tmp/a.jsonl",
                           R"({"type":"system","subtype":"init","session_id":"s"})"
                           "\n"
                           R"({"type":"message","role":"user","content":"x","session_id":"s"})"
                           "\n")
              .empty());
    for (const char* other :
         {"codex/codex-session-simple.jsonl", "claude-code/short.jsonl", "pi/session.jsonl"})
        CHECK(agents_that_know("/tmp/a.jsonl", session_bytes(other)) != droid);
    const capture::Agent& agent = *capture::find_agent("droid");
    CHECK(agent.role_of("s1.settings.json") == capture::FileRole::Part);
    CHECK(parse("").reason == "empty file");
    CHECK(parse("{\"type\":\"message\"}\n").reason == "not a Droid session: no line says where it began");
}

TEST_CASE("droid: a project gets its own sessions, and settings make them others", "[capture]") {
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    InMemoryDisk disk;
    const auto put = [&disk](const std::string& path, const std::string& bytes) {
        disk.make_directories(fs::parent(path), 0755);
        disk.replace(path, bytes);
    };
    const auto found = [&] {
        capture::Sources sources(disk);
        const capture::Agent* const only[] = {capture::find_agent("droid")};
        return capture::discover_project("/home/me/app", only, environment, sources).sessions;
    };
    std::string other = start();
    other.replace(other.find("/home/me/app"), 12, "/home/me/web");
    put(k_path, short_session());
    put("/home/me/.factory/sessions/old.jsonl", other);
    put("/elsewhere/.factory/sessions/s2.jsonl", short_session());
    const auto before = found();
    REQUIRE(before.size() == 1);
    CHECK(before[0].session.locator == k_path);
    put("/home/me/.factory/sessions/-home-me-app/s1.settings.json", "{}");
    REQUIRE(found().size() == 1);
    CHECK(found()[0].session.fingerprint != before[0].session.fingerprint);
    environment.variables["FACTORY_HOME_OVERRIDE"] = "/elsewhere";
    REQUIRE(found().size() == 1);
    CHECK(found()[0].session.locator == "/elsewhere/.factory/sessions/s2.jsonl");
}
