#include "catch.hpp"
#include "opentraces/core/md5.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_recorded = source_folder() +
                               "/tests/fixtures/sessions/kimi/wd_project_ac3bb318f98e/"
                               "session_1bcbe023-4f7e-4971-9dc9-43b8756045b0";

const capture::Agent& kimi() {
    return *capture::find_agent("kimi");
}

int g_second = 0;

std::string event(const std::string& type, const std::string& payload) {
    return R"({"timestamp":)" + std::to_string(1767225600 + g_second++) + R"(.5,"message":{"type":")" + type +
           R"(","payload":)" + payload + "}}\n";
}

std::string wrapped(const std::string& call, const std::string& type, const std::string& payload) {
    return event("SubagentEvent", R"({"task_tool_call_id":")" + call + R"(","event":{"type":")" + type +
                                      R"(","payload":)" + payload + "}}");
}

std::string tool_call(const std::string& id, const std::string& name, const std::string& arguments) {
    return R"({"type":"function","id":")" + id + R"(","function":{"name":")" + name + R"(","arguments":)" +
           quoted(arguments) + "}}";
}

std::string tool_result(const std::string& id, const std::string& more) {
    return event("ToolResult", R"({"tool_call_id":")" + id + R"(","return_value":{)" + more + "}}");
}

std::string usage(const std::string& id, int input, int output, int read = 0) {
    return event("StatusUpdate", R"({"context_usage":0.1,"token_usage":{"input_other":)" +
                                     std::to_string(input) + R"(,"output":)" + std::to_string(output) +
                                     R"(,"input_cache_read":)" + std::to_string(read) +
                                     R"(,"input_cache_creation":1},"message_id":")" + id + "\"}");
}

std::string record(const std::string& type, const std::string& members) {
    return R"({"type":")" + type + "\"," + members + (members.empty() ? "" : ",") + R"("time":)" +
           std::to_string(1767225600000 + g_second++) + "}\n";
}

std::string loop(const std::string& members) {
    return record("context.append_loop_event", R"("event":{)" + members + "}");
}

std::string said(const std::string& role, const std::string& text, const std::string& kind = "user") {
    return record("context.append_message", R"("message":{"role":")" + role +
                                                R"(","content":[{"type":"text","text":)" + quoted(text) +
                                                R"(}],"toolCalls":[],"origin":{"kind":")" + kind + "\"}}");
}

const std::string k_head = "{\"type\":\"metadata\",\"protocol_version\":\"1\"}\n";
const std::string k_cli = "/k/sessions/" + md5_hex("/home/me/app") + "/s1/wire.jsonl";
const std::string k_code = "/c/sessions/wd/session_1/agents/main/wire.jsonl";

capture::ParsedSession parse_at(const std::string& path, const std::string& text) {
    InMemoryDisk disk;
    put(disk, path, text);
    return kimi().read_from(path, disk);
}

std::string note(const capture::ParsedSession& parsed, const std::string& name) {
    const json::Value* value = parsed.record->metadata.find(name);
    return value == nullptr ? "" : json::to_compact(*value);
}

}  // namespace

TEST_CASE("kimi: a session of Kimi Code that others wrote", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = kimi().read_from(k_recorded + "/agents/main/wire.jsonl", *disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "session_1bcbe023-4f7e-4971-9dc9-43b8756045b0");
    CHECK(record.agent.model == "moonshot-ai/kimi-k2.7-code");
    CHECK(record.task.description == "hi");
    CHECK(parsed.evidence.working_directory == "/private/tmp/as-agent-lab/kimi/project");
    CHECK(parsed.report.unknown_lines() == 0);
    CHECK(parsed.evidence.usage.at(0).replies == 23);
    std::size_t calls = 0;
    for (const trace::Step& step : record.steps)
        calls += step.tool_calls.size();
    CHECK(calls == 19);
    CHECK(note(parsed, "is_compacted") == "true");
    CHECK(note(parsed, "opentraces_usage").empty());
    CHECK(note(parsed, "opentraces_steps").find(R"({"Bash_0":"approved"})") != std::string::npos);
}

TEST_CASE("kimi: a sub-agent of Kimi Code is a session of its own, which its caller's step names",
          "[capture]") {
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    const auto found = capture::discover(k_recorded, capture::agents(), sources).sessions;
    REQUIRE(found.size() == 2);
    CHECK(found[0].session.project == "/private/tmp/as-agent-lab/kimi/project");
    const auto parsed = kimi().read(found[0].session, sources);
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "session_1bcbe023-4f7e-4971-9dc9-43b8756045b0/agent-0");
    CHECK(note(parsed, "parent_session_id") == "\"session_1bcbe023-4f7e-4971-9dc9-43b8756045b0\"");
    CHECK(parsed.record->steps[0].role == trace::Role::User);
    CHECK_FALSE(parsed.record->tool_definitions.empty());
    const auto caller = kimi().read(found[1].session, sources);
    bool names = false;
    for (const trace::Step& step : caller.record->steps)
        names = names || step.subagent_trajectory_ref == parsed.record->session_id;
    CHECK(names);
}

TEST_CASE("kimi: pieces of Kimi CLI's texts are joined, calls are written in parts", "[capture]") {
    const auto parsed = parse_at(
        k_cli,
        k_head +
            event(
                "TurnBegin",
                R"({"user_input":[{"type":"text","text":"fix it"},{"type":"image_url","image_url":{"url":"data:x"}}]})") +
            event("StepBegin", R"({"n":1})") + event("ContentPart", R"({"type":"think","think":"I "})") +
            event("ContentPart", R"({"type":"think","think":"think"})") +
            event("ContentPart", R"({"type":"text","text":"Do"})") +
            event("ContentPart", R"({"type":"text","text":"ing."})") +
            event("ToolCall", tool_call("c1", "WriteFile", R"({"path":"/a/b.c",)")) +
            event("ToolCallPart", R"({"arguments_part":"\"content\":\"x\\n\"}"})") +
            event("ToolCall", tool_call("c2", "Shell", R"({"command":"make"})")) +
            tool_result("c1", R"("is_error":false,"output":"ok")") +
            tool_result(
                "c2",
                R"("is_error":true,"output":[{"type":"text","text":"no rule"}],"message":"Command failed with exit code: 2.")") +
            usage("m1", 100, 10, 60) + usage("m1", 100, 10, 60) + event("StepBegin", R"({"n":2})") +
            event("ContentPart", R"({"type":"think","think":"","encrypted":"x"})") +
            event("ContentPart", R"({"type":"text","text":"Done."})") + usage("m2", 7, 3) +
            event("TurnEnd", "{}"));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].content == "fix it\n[image]");
    CHECK(steps[1].reasoning_content == "I think");
    CHECK(steps[1].content == "Doing.");
    REQUIRE(steps[1].tool_calls.size() == 2);
    CHECK(steps[1].tool_calls[0].input.find("content")->string_or() == "x\n");
    CHECK(steps[1].observations[1].content == "no rule");
    CHECK(steps[1].observations[1].error == "exit_code:2");
    CHECK(steps[1].token_usage.cache_read_tokens.value() == 60);
    CHECK(steps[2].reasoning_content == "[encrypted reasoning]");
    CHECK(parsed.record->metrics.total_input_tokens.value() == 107);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 13);
    CHECK(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.turn_ended);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("kimi: Kimi CLI's sub-agents stand below the call that began them", "[capture]") {
    const auto parsed = parse_at(
        k_cli,
        k_head + event("TurnBegin", R"({"user_input":"go"})") + event("StepBegin", R"({"n":1})") +
            event("ToolCall", tool_call("t1", "Task", "{}")) +
            wrapped("t1", "TurnBegin", R"({"user_input":"look"})") +
            wrapped("t1", "StepBegin", R"({"n":1})") +
            wrapped("t1", "ContentPart", R"({"type":"text","text":"I "})") +
            wrapped("t1", "ContentPart", R"({"type":"text","text":"look."})") +
            wrapped("t1", "ToolCall", tool_call("c9", "ReadFile", "{}")) +
            wrapped("t1", "ToolResult",
                    R"({"tool_call_id":"c9","return_value":{"is_error":false,"output":"x"}})") +
            wrapped(
                "t1", "StatusUpdate",
                R"({"token_usage":{"input_other":5,"output":2,"input_cache_read":0,"input_cache_creation":0},"message_id":"s1"})") +
            tool_result("t1", R"("is_error":false,"output":"found")") + usage("m1", 10, 1));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 4);
    CHECK(steps[1].subagent_trajectory_ref == "t1");
    CHECK(steps[2].content == "look");
    CHECK(steps[3].call_type == trace::CallType::Subagent);
    CHECK(steps[3].parent_step->value() == 2);
    CHECK(steps[3].content == "I look.");
    CHECK(steps[3].observations[0].content == "x");
    CHECK(steps[3].token_usage.output_tokens.value() == 2);
    CHECK(steps[1].token_usage.output_tokens.value() == 1);
    CHECK(steps[1].observations[0].content == "found");
}

TEST_CASE("kimi: usage stands at the end of a step and in a record, and is counted once", "[capture]") {
    const std::string counts = R"({"inputOther":10,"output":5,"inputCacheRead":30,"inputCacheCreation":2})";
    const std::string begin =
        k_head + said("user", "go") + loop(R"("type":"step.begin","uuid":"u1")") +
        loop(R"("type":"tool.call","toolCallId":"Bash_0","name":"Bash","args":{})") +
        loop(R"("type":"tool.result","toolCallId":"Bash_0","result":{"output":"x"})") +
        loop(R"("type":"step.end","uuid":"u1","finishReason":"tool_use","usage":)" + counts);
    const std::string twin = record("usage.record", R"("model":"k/m","usageScope":"turn","usage":)" + counts);
    for (const std::string& text : {begin, begin + twin, begin + loop(R"("type":"step.begin","uuid":"u2")"),
                                    begin + twin + loop(R"("type":"step.begin","uuid":"u2")")}) {
        const auto parsed = parse_at(k_code, text);
        REQUIRE(parsed.record);
        CHECK(parsed.record->metrics.total_input_tokens.value() == 10);
        CHECK(parsed.record->steps[1].token_usage.output_tokens.value() == 5);
        CHECK(parsed.record->steps[1].token_usage.cache_write_tokens.value() == 2);
    }
}

TEST_CASE("kimi: an id of a call that is used again is another call", "[capture]") {
    const auto step = [](const std::string& uuid, const std::string& output) {
        return loop(R"("type":"step.begin","uuid":")" + uuid + "\"") +
               loop(
                   R"("type":"tool.call","toolCallId":"Bash_0","name":"Bash","args":"{\"command\":\"ls\"}")") +
               loop(R"("type":"tool.result","toolCallId":"Bash_0","result":{"output":")" + output + "\"}");
    };
    const auto parsed = parse_at(k_code, k_head + said("user", "go") + step("u1", "one") + step("u2", "two"));
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 3);
    CHECK(parsed.record->steps[1].observations[0].content == "one");
    CHECK(parsed.record->steps[2].tool_calls[0].tool_call_id == "Bash_0#2");
    CHECK(parsed.record->steps[2].tool_calls[0].input.find("command")->string_or() == "ls");
    CHECK(parsed.record->steps[2].observations[0].content == "two");
}

TEST_CASE("kimi: what the program says is not the user's; steered prompts, and those that never arrived",
          "[capture]") {
    const auto steer = [](const std::string& text) {
        return record("turn.steer",
                      R"("input":[{"type":"text","text":")" + text + R"("}],"origin":{"kind":"user"})");
    };
    const auto parsed = parse_at(
        k_code, k_head +
                    record("config.update",
                           R"("systemPrompt":"You are Kimi.","modelAlias":"k/m","cwd":"/home/me/app")") +
                    said("user", "go") + said("user", "<system-reminder>x</system-reminder>", "injection") +
                    loop(R"("type":"step.begin","uuid":"u1")") +
                    loop(R"("type":"tool.call","toolCallId":"Bash_0","name":"Bash","args":{})") +
                    steer("wait") + steer("lost") + said("user", "wait") + record("turn.cancel", "") +
                    record("oracle.spoke", ""));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 4);
    CHECK(steps[1].role == trace::Role::System);
    CHECK(steps[2].model == "k/m");
    CHECK(steps[2].system_prompt_hash == parsed.record->system_prompts.at(0).first);
    CHECK(steps[3].content == "wait");
    CHECK(note(parsed, "opentraces_steps").find("\"mid_turn\":true") != std::string::npos);
    CHECK(note(parsed, "opentraces_queue") == R"({"waiting":["lost"]})");
    CHECK(note(parsed, "interrupted_turns") == "1");
    CHECK(parsed.report.unknown_line_types.at("oracle.spoke") == 1);
}

TEST_CASE("kimi: what a forked agent has from its caller is left out", "[capture]") {
    const auto parsed = parse_at("/c/sessions/wd/session_1/agents/agent-1/wire.jsonl",
                                 k_head + said("user", "first") + said("assistant", "answer") +
                                     said("user", "aside") + loop(R"("type":"step.begin","uuid":"u1")") +
                                     loop(R"("type":"tool.call","toolCallId":"a","name":"Bash","args":{})"));
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 2);
    CHECK(parsed.record->steps[0].content == "aside");
    CHECK(parser_note(parsed, "copied_lines") == 2);
}

TEST_CASE("kimi: the directory is the one whose digest names the folder; the context has the system prompt",
          "[capture]") {
    InMemoryDisk disk;
    const std::string folder = "/home/me/.kimi/sessions/" + md5_hex("/home/me/app") + "/s1";
    put(disk, folder + "/wire.jsonl",
        k_head + event("TurnBegin", R"({"user_input":"go"})") + event("StepBegin", R"({"n":1})") +
            event("ToolCall", tool_call("c1", "Shell", "{}")));
    put(disk, folder + "/context.jsonl",
        "{\"role\":\"_system_prompt\",\"content\":\"You are "
        "Kimi.\"}\n{\"role\":\"user\",\"content\":\"go\"}\n");
    put(disk, folder + "/context_sub_1.jsonl", "{\"role\":\"user\",\"content\":\"go\"}\n");
    put(disk, "/home/me/.kimi/kimi.json",
        R"({"work_dirs":[{"path":"/home/me/other"},{"path":"/home/me/app"}]})");
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(disk);
    const auto found = capture::discover_project("/home/me/app", capture::agents(), environment, sources);
    REQUIRE(found.sessions.size() == 1);
    const auto parsed = kimi().read(found.sessions[0].session, sources);
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "s1");
    CHECK(parsed.evidence.working_directory == "/home/me/app");
    CHECK(parsed.record->system_prompts.at(0).second == "You are Kimi.");
    CHECK(capture::discover_project("/home/me/third", capture::agents(), environment, sources)
              .sessions.empty());
}

TEST_CASE("kimi: what is no line of its wire logs is refused", "[capture]") {
    CHECK(parse_at(k_cli, "{\"a\":1}\n").reason == "not a Kimi session: no line is one of its wire logs");
}

TEST_CASE("md5: as RFC 1321 has it", "[core]") {
    CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(md5_hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
}
