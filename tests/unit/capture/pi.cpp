#include "capture/pi/changes.hpp"
#include "catch.hpp"
#include "unit/capture/fixture_sessions.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Words = std::vector<std::string>;

const std::string k_path = "/home/me/.pi/agent/sessions/--w--/2026-01-01T00-00-00-000Z_s1.jsonl";

std::string at(int second) {
    return "2026-01-01T00:00:" + std::string(second < 10 ? "0" : "") + std::to_string(second) + ".000Z";
}

std::string header(const std::string& more = {}, int second = 0) {
    return R"({"type":"session","version":3,"id":"s1","timestamp":")" + at(second) +
           R"(","cwd":"/home/me/app")" + more + "}\n";
}

// An entry; its second is also its time.
std::string entry(const std::string& id, const std::string& parent, int second, const std::string& fields) {
    return R"({"id":")" + id + R"(","parentId":)" + (parent.empty() ? "null" : "\"" + parent + "\"") +
           R"(,"timestamp":")" + at(second) + R"(",)" + fields + "}\n";
}

std::string prompt(const std::string& text) {
    return R"("type":"message","message":{"role":"user","content":[{"type":"text","text":")" + text +
           R"("}]})";
}

std::string reply(const std::string& blocks, int output = 5, const std::string& more = {}) {
    return R"("type":"message","message":{"role":"assistant","content":[)" + blocks +
           R"(],"provider":"anthropic","model":"claude-x","stopReason":"toolUse",)" +
           R"("usage":{"input":1,"output":)" + std::to_string(output) +
           R"(,"cacheRead":30,"cacheWrite":7,"cost":{"total":0.5}})" + more + "}";
}

std::string text(const std::string& words) {
    return R"({"type":"text","text":")" + words + R"("})";
}

std::string call(const std::string& id, const std::string& name, const std::string& arguments) {
    return R"({"type":"toolCall","id":")" + id + R"(","name":")" + name + R"(","arguments":)" + arguments +
           "}";
}

std::string result(const std::string& id, const std::string& words, const std::string& more = {}) {
    return R"("type":"message","message":{"role":"toolResult","toolCallId":")" + id +
           R"(","toolName":"bash","content":[{"type":"text","text":")" + words + R"("}])" + more + "}";
}

capture::ParsedSession parse(const std::string& lines) {
    return read_at(k_path, lines, "pi");
}

trace::TraceRecord record_of(const std::string& lines) {
    const capture::ParsedSession parsed = parse(lines);
    REQUIRE(parsed.record);
    return *parsed.record;
}

// A prompt, a reply that calls, and the call's result.
std::string start() {
    return header() + entry("a", "", 1, prompt("fix it")) +
           entry("b", "a", 2, reply(text("on it") + "," + call("c1", "bash", R"({"command":"make"})"))) +
           entry("c", "b", 3, result("c1", "made"));
}

std::int64_t note(const trace::TraceRecord& record, const std::string& name) {
    return (*record.metadata.find("opentraces_parser"))[name].integer().value_or(0);
}

Words contents(const trace::TraceRecord& record) {
    Words all;
    for (const trace::Step& step : record.steps)
        all.push_back(step.content.value_or("-"));
    return all;
}

}  // namespace

TEST_CASE("pi: a session of the first version that others wrote", "[capture]") {
    const auto parsed = read_at(k_path, session_bytes("pi/first-version.jsonl"), "pi");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "d703a1a9-1b7b-4fb1-b512-c9738b1fe617");
    CHECK(record.task.description == "/mode");
    CHECK(record.agent.model == "anthropic/claude-sonnet-4-5");
    CHECK(record.timestamp_start == "2025-11-20T23:33:01.550Z");
    CHECK(record.environment.os == "darwin");
    CHECK(record.metrics.total_output_tokens.value() == 2644);
    CHECK(record.metrics.total_input_tokens.value() == 41);
    CHECK(record.metadata.find("interrupted_turns")->integer() == 1);
    CHECK(parsed.evidence.changes.size() == 3);
    CHECK(parsed.evidence.changes[0].hunks.size() == 1);
    CHECK(parsed.evidence.changes[0].exact);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("pi: prompts, replies, calls, results and tokens of a tree", "[capture]") {
    const capture::ParsedSession parsed = parse(start());
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(contents(record) == Words{"fix it", "on it"});
    CHECK(record.task.description == "fix it");
    const trace::Step& step = record.steps[1];
    CHECK(step.model == "anthropic/claude-x");
    CHECK(step.tool_calls[0].tool_name == "bash");
    CHECK(step.tool_calls[0].input.find("command")->string_or() == "make");
    CHECK(step.observations[0].content == "made");
    CHECK_FALSE(step.observations[0].error);
    CHECK(step.token_usage.input_tokens.value() == 1);
    CHECK(step.token_usage.output_tokens.value() == 5);
    CHECK(step.token_usage.cache_read_tokens.value() == 30);
    CHECK(step.token_usage.cache_write_tokens.value() == 7);
    CHECK(record.metrics.estimated_cost_usd == 0.5);
    CHECK(parsed.evidence.working_directory == "/home/me/app");
}

TEST_CASE("pi: how a call has ended", "[capture]") {
    const auto error = [](const std::string& words, const std::string& more) {
        const std::string lines = header() + entry("a", "", 1, prompt("go")) +
                                  entry("b", "a", 2, reply(call("c1", "bash", "{}"))) +
                                  entry("c", "b", 3, result("c1", words, more));
        return record_of(lines).steps[1].observations[0].error.value_or("-");
    };
    CHECK(error("fine", "") == "-");
    CHECK(error("no\\n\\nCommand exited with code 2", R"(,"isError":true)") == "exit_code:2");
    CHECK(error("no\\n\\nCommand exited with code 2", R"(,"isError":false)") == "-");
    CHECK(error("half\\n\\nCommand aborted", R"(,"isError":true)") == "interrupted");
    CHECK(error("no such file", R"(,"isError":true)") == "tool_error");
}

TEST_CASE("pi: a branch that was left is no part of the conversation, and was paid for", "[capture]") {
    const std::string lines = start() + entry("d", "c", 4, prompt("the wrong way")) +
                              entry("e", "d", 5, reply(text("wrong"), 100)) +
                              entry("f", "c", 6, R"("type":"branch_summary","summary":"a wrong way")") +
                              entry("g", "f", 7, prompt("the right way")) +
                              entry("h", "g", 8, reply(text("right"), 10));
    const trace::TraceRecord record = record_of(lines);
    CHECK(contents(record) == Words{"fix it", "on it", "a wrong way", "the right way", "right"});
    CHECK(record.steps[2].role == trace::Role::System);
    CHECK(record.metrics.total_output_tokens.value() == 115);
    CHECK(note(record, "abandoned_lines") == 2);
    CHECK(record.timestamp_end == at(8));
    // Going back is the last thing that was done.
    const std::string back = lines + entry("i", "h", 9, R"("type":"leaf","targetId":"e")");
    CHECK(contents(record_of(back)) == Words{"fix it", "on it", "the wrong way", "wrong"});
}

TEST_CASE("pi: parents that are no entries are the entry before", "[capture]") {
    const std::string lines = start() + entry("d", "c1", 4, prompt("by a call's id")) +
                              entry("e", "gone", 5, prompt("by nothing")) + R"({"id":"f","type":"message",)" +
                              R"("message":{"role":"user","content":"without a parent"}})" + "\n" +
                              entry("g", "e", 7, prompt("beside it"));
    const trace::TraceRecord record = record_of(lines);
    CHECK(contents(record) ==
          Words{"fix it", "on it", "by a call's id", "by nothing", "without a parent", "beside it"});
}

TEST_CASE("pi: what a fork has from its parent is left out and counted", "[capture]") {
    const std::string parent = R"(,"parentSession":"/home/me/.pi/agent/sessions/--w--/2026-01-01_s0.jsonl")";
    std::string lines = start() + entry("d", "c", 20, prompt("another way")) +
                        entry("e", "d", 21, reply(call("c2", "bash", "{}"), 3));
    lines.replace(0, header().size(), header(parent, 10));
    const trace::TraceRecord record = record_of(lines);
    CHECK(contents(record) == Words{"another way", "-"});
    CHECK(record.metadata.find("parent_session_id")->string_or() == "s0");
    CHECK(note(record, "copied_lines") == 3);
    CHECK(record.metrics.total_output_tokens.value() == 3);
    CHECK(record.timestamp_start == at(10));
    // Without a parent, early lines are the session's own: the first version wrote its header late.
    lines.replace(0, header(parent, 10).size(), header({}, 10));
    CHECK(contents(record_of(lines)) == Words{"fix it", "on it", "another way", "-"});
}

TEST_CASE("pi: a line that stands twice counts once", "[capture]") {
    const std::string again = entry("b", "a", 2, reply(text("on it")));
    const capture::ParsedSession parsed = parse(start() + again);
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 2);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 5);
    CHECK(parsed.report.repeated_lines == 1);
}

TEST_CASE("pi: reasoning, hidden or not; pictures; what is aborted or fails", "[capture]") {
    const std::string lines =
        start() + entry("d", "c", 4, R"("type":"model_change","provider":"openai","modelId":"gpt-x")") +
        entry("e", "d", 5, R"("type":"thinking_level_change","thinkingLevel":"high")") +
        entry("f", "e", 6,
              reply(R"({"type":"thinking","thinking":"I wonder"},{"type":"thinking","thinking":"",)"
                    R"("thinkingSignature":"x"},{"type":"image","data":"AAAA","mimeType":"image/png"})")) +
        entry("g", "f", 7,
              R"("type":"message","message":{"role":"assistant","content":[{"type":"text","text":"cut"}],)"
              R"("model":"gpt-x","stopReason":"aborted","usage":{"input":0,"output":0}})") +
        entry("h", "g", 8,
              R"("type":"message","message":{"role":"assistant","content":[],"stopReason":"error",)"
              R"("errorMessage":"overloaded"})");
    const capture::ParsedSession parsed = parse(lines);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 4);
    CHECK(record.steps[2].reasoning_content == "I wonder\n\n[encrypted reasoning]");
    CHECK(record.steps[2].content == "[image: image/png, 3 bytes]");
    CHECK(record.steps[3].model == "openai/gpt-x");
    CHECK(record.metadata.find("interrupted_turns")->integer() == 1);
    CHECK(record.metadata.find("session_errors")->if_array()->at(0).string_or() == "overloaded");
    const json::Value& facts = record.metadata.find("opentraces_steps")->if_array()->at(1);
    CHECK(facts["step"].integer() == 3);
    CHECK(facts["effort"].string_or() == "high");
}

TEST_CASE("pi: summaries, extensions, skills and commands of the person are no prompts", "[capture]") {
    const std::string lines =
        start() + entry("d", "c", 4, R"("type":"compaction","summary":"all of it","firstKeptEntryId":"a")") +
        entry("e", "d", 5, R"("type":"custom_message","customType":"plan","content":"keep to it")") +
        entry("f", "e", 6,
              prompt(R"(<skill name=\"tidy\" location=\"/s\">\nhow to\n</skill>\n\nthe attic)")) +
        entry(
            "g", "f", 7,
            R"("type":"message","message":{"role":"bashExecution","command":"ls","output":"x","exitCode":3})") +
        entry("h", "g", 8,
              R"("type":"message","message":{"role":"bashExecution","command":"id","output":"me",)"
              R"("excludeFromContext":true})") +
        entry("i", "h", 9, R"("type":"session_info","name":" The attic ")") +
        entry("j", "i", 10, R"("type":"custom","customType":"state","data":{})");
    const capture::ParsedSession parsed = parse(lines);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(contents(record) == Words{"fix it", "on it", "all of it", "keep to it", "/skill:tidy the attic",
                                    "<skill name=\"tidy\" location=\"/s\">\nhow to\n</skill>",
                                    "Ran `ls`\n```\nx\n```\n\nCommand exited with code 3"});
    for (const std::size_t step : {2, 3, 5, 6})
        CHECK(record.steps[step].role == trace::Role::System);
    CHECK(record.metadata.find("is_compacted")->bool_or(false));
    CHECK(record.metadata.find("title")->string_or() == "The attic");
    CHECK(parsed.report.ignored_line_types.at("message/bashExecution (excluded)") == 1);
}

TEST_CASE("pi: what is not known is counted, on branches that were left too", "[capture]") {
    const std::string lines = start() + entry("d", "c", 4, R"("type":"from_the_future")") +
                              entry("e", "c", 5, R"("type":"message","message":{"role":"oracle"})") +
                              entry("f", "e", 6, reply(R"({"type":"hologram"})")) + "broken\n";
    const capture::ParsedSession parsed = parse(lines);
    REQUIRE(parsed.record);
    CHECK(parsed.report.unknown_line_types.at("from_the_future") == 1);
    CHECK(parsed.report.unknown_line_types.at("message/oracle") == 1);
    CHECK(parsed.report.unknown_line_types.at("block/hologram") == 1);
    CHECK(parsed.report.unknown_blocks.at("hologram") == 1);
    CHECK(parsed.report.skipped.size() == 1);
}

TEST_CASE("pi: the edits' own diffs say where they were", "[capture]") {
    const auto hunks = capture::pi::numbered_hunks(
        "    ...\n  1 a\n- 12 b\n+ 12 c\n+ 13 d\n 13 e\n    ...\n 40 f\n+ 42 \n    ...");
    REQUIRE(hunks.size() == 2);
    CHECK(hunks[0].old_start == 11);
    CHECK(hunks[0].new_start == 11);
    CHECK(hunks[0].lines == Words{" a", "-b", "+c", "+d", " e"});
    CHECK(hunks[1].old_start == 40);
    CHECK(hunks[1].new_start == 41);
    CHECK(hunks[1].lines == Words{" f", "+"});
    CHECK(capture::pi::numbered_hunks("-12 b\n+14 c").empty());  // not one place
    CHECK(capture::pi::numbered_hunks("@@ -1 +1 @@\n-b\n+c").empty());
    CHECK(capture::pi::numbered_hunks("-1 b")[0].new_start == 0);
    const std::string lines =
        header() + entry("a", "", 1, prompt("go")) +
        entry("b", "a", 2,
              reply(call("c1", "edit", R"({"path":"x.c","edits":[{"oldText":"b","newText":"c"}]})"))) +
        entry("c", "b", 3, result("c1", "done", R"(,"details":{"patch":"@@ -5,1 +5,1 @@\n-b\n+c\n"})"));
    const capture::ParsedSession parsed = parse(lines);
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "x.c");
    CHECK(parsed.evidence.changes[0].call_id == "c1");
    CHECK(parsed.evidence.changes[0].hunks[0].old_start == 5);
    CHECK(parsed.evidence.changes[0].replacements[0].new_text == "c");
}

TEST_CASE("openclaw: texts that no model has said, errors, and sessions that name no parents", "[capture]") {
    const std::string lines =
        start() +
        entry("d", "c", 4,
              R"("type":"message","message":{"role":"assistant","provider":"openclaw",)"
              R"("model":"delivery-mirror","content":[{"type":"text","text":"sent"}],"usage":{"input":0}})") +
        entry("e", "d", 5,
              R"("type":"custom","customType":"openclaw:prompt-error","data":{"error":"no key"})") +
        entry("f", "e", 6,
              R"("type":"message","message":{"role":"user","content":"wake up",)"
              R"("provenance":{"kind":"internal_system"}})");
    const auto parsed = read_at("/home/me/.openclaw/agents/main/sessions/s1.jsonl", lines, "openclaw");
    REQUIRE(parsed.record);
    CHECK(parsed.record->agent.name == "openclaw");
    CHECK(contents(*parsed.record) == Words{"fix it", "on it", "sent", "wake up"});
    CHECK(parsed.record->steps[2].role == trace::Role::System);
    CHECK(parsed.record->steps[3].role == trace::Role::System);
    CHECK(parsed.record->metadata.find("session_errors")->if_array()->at(0).string_or() == "no key");
    CHECK(parsed.evidence.usage.size() == 1);

    const auto others = read_at("/x/openclaw/large.jsonl", session_bytes("openclaw/large.jsonl"), "openclaw");
    REQUIRE(others.record);
    CHECK(others.record->steps.size() == 5);
    CHECK(others.record->steps[2].model == "openclaw-model/openclaw-large");
    CHECK(others.record->metadata.find("opentraces_usage")->string_or() == "none");
    const auto drift =
        read_at("/x/openclaw/drift.jsonl", session_bytes("openclaw/schema_drift.jsonl"), "openclaw");
    CHECK(drift.report.unknown_line_types.at("compact") == 1);
}

TEST_CASE("pi and openclaw are told apart, and from all others", "[capture]") {
    const Words pi{"pi"};
    const Words openclaw{"openclaw"};
    CHECK(agents_that_know(k_path, start()) == pi);
    CHECK(agents_that_know("/tmp/copy.jsonl", start()) == pi);
    CHECK(agents_that_know("/home/me/.openclaw/agents/main/sessions/s1.jsonl", start()) == openclaw);
    CHECK(agents_that_know("/home/me/.openclaw-work/agents/main/sessions/s1.jsonl.reset.2026", start()) ==
          openclaw);
    CHECK(agents_that_know("/tmp/s1.checkpoint.77.jsonl", start()) == openclaw);
    // What it notes goes with it, wherever the file lies; so does Pi's name of a file.
    const std::string noted =
        start() + entry("d", "c", 4, R"("type":"custom","customType":"openclaw.cache-ttl")");
    CHECK(agents_that_know("/tmp/copy.jsonl", noted) == openclaw);
    CHECK(agents_that_know("/home/me/openclaw/2026-01-01T00-00-00-000Z_s1.jsonl", start()) == pi);
    CHECK(agents_that_know("/tmp/a.jsonl", "{\"type\":\"session\"}\n").empty());
    CHECK(agents_that_know("/tmp/a.jsonl", entry("a", "", 1, prompt("x")) + header()).empty());
    for (const char* other : {"codex/codex-session-simple.jsonl", "claude-code/short.jsonl"}) {
        const Words known = agents_that_know("/tmp/a.jsonl", session_bytes(other));
        CHECK(known.size() == 1);
        CHECK(known != pi);
        CHECK(known != openclaw);
    }
    const capture::Agent& agent = *capture::find_agent("openclaw");
    CHECK(agent.role_of("s1.jsonl.reset.2026-01-01T00-00-00.000Z") == capture::FileRole::Sessions);
    CHECK(agent.role_of("s1.checkpoint.77.jsonl") == capture::FileRole::Part);
    CHECK(agent.role_of("s1.trajectory.jsonl") == capture::FileRole::Part);
    CHECK(agent.role_of("s1.jsonl.deleted.2026-01-01T00-00-00.000Z") == capture::FileRole::None);
}

TEST_CASE("pi and openclaw: a project gets its own sessions", "[capture]") {
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    InMemoryDisk disk;
    const auto put = [&disk](const std::string& path, const std::string& bytes) {
        disk.make_directories(fs::parent(path), 0755);
        disk.replace(path, bytes);
    };
    const auto found = [&](const std::string& name) {
        capture::Sources sources(disk);
        const capture::Agent* const only[] = {capture::find_agent(name)};
        Words paths;
        for (const auto& one : capture::discover_project("/home/me/app", only, environment, sources).sessions)
            paths.push_back(one.session.locator);
        return paths;
    };
    std::string other = header();
    other.replace(other.find("/home/me/app"), 12, "/home/me/web");
    put(k_path, start());
    put("/home/me/.pi/agent/sessions/--x--/a_b.jsonl", other);
    put("/home/me/.openclaw/agents/main/sessions/s2.jsonl", start());
    put("/home/me/.openclaw/agents/main/sessions/s2.checkpoint.1.jsonl", start());
    put("/home/me/.openclaw/agents/main/sessions/s2.trajectory.jsonl", "{\"type\":\"run\"}\n");
    put("/elsewhere/sessions/s3.jsonl", start());
    put("/elsewhere/flat/s4.jsonl", start());
    CHECK(found("pi") == Words{k_path});
    CHECK(found("openclaw") == Words{"/home/me/.openclaw/agents/main/sessions/s2.jsonl"});
    environment.variables["PI_CODING_AGENT_DIR"] = "/elsewhere";
    CHECK(found("pi") == Words{"/elsewhere/sessions/s3.jsonl"});
    environment.variables["PI_CODING_AGENT_SESSION_DIR"] = "/elsewhere/flat";
    CHECK(found("pi") == Words{"/elsewhere/flat/s4.jsonl"});
    environment.variables["OPENCLAW_STATE_DIR"] = "~/nothing";
    CHECK(found("openclaw").empty());
}

TEST_CASE("pi: a line that is still being written, and what is no session", "[capture]") {
    const auto cut = parse(start().substr(0, start().size() - 20));
    CHECK(cut.report.incomplete_last_line);
    CHECK(parse("").reason == "empty file");
    CHECK(parse("{\"type\":\"message\"}\n").reason == "not a session of Pi: no line says where it began");
}
