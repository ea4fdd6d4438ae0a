// gptme: calls in the text of replies, results as messages of the system.
#include "catch.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = "/home/me/.local/share/gptme/logs/2026-07-01-fix-the-sum";
const std::string k_path = k_folder + "/conversation.jsonl";
const std::string k_made_up = "gptme/2026-07-01-fix-the-sum/";

const capture::Agent& gptme() {
    return *capture::find_agent("gptme");
}

std::string message(const std::string& role, const std::string& text, const std::string& more = {}) {
    return R"({"role":")" + role + R"(","content":)" + quoted(text) +
           R"(,"timestamp":"2026-07-01T10:00:00+00:00")" + more + "}\n";
}

capture::ParsedSession read_made_up() {
    InMemoryDisk disk;
    put(disk, k_path, session_bytes(k_made_up + "conversation.jsonl"));
    put(disk, k_folder + "/config.toml", session_bytes(k_made_up + "config.toml"));
    return gptme().read_from(k_path, disk);
}

std::vector<std::string> calls_in(const std::string& text) {
    const auto parsed = read_at(
        k_path,
        message("user", "go") + message("assistant", "```shell\nls\n```") + message("assistant", text),
        "gptme");
    std::vector<std::string> calls;
    for (const trace::ToolCall& call : parsed.record->steps.at(2).tool_calls)
        calls.push_back(call.tool_name + " " + json::to_compact(json::Value(call.input)));
    return calls;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("gptme: prompts, thoughts, calls in blocks and their results", "[capture]") {
    const auto parsed = read_made_up();
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "2026-07-01-fix-the-sum");
    CHECK(record.metadata.find("title")->string_or() == "Fix the sum");
    CHECK(record.agent.model == "anthropic/claude-sonnet-4-6");
    CHECK(parsed.evidence.working_directory == "/home/me/app");
    CHECK(record.timestamp_start == "2026-07-01T10:00:00.000000+00:00");
    CHECK(record.timestamp_end == "2026-07-01T10:00:12.000000+00:00");
    CHECK(parsed.report.context_not_kept.at("files") == 1);
    bool whole_prompt = false;
    for (const auto& [key, prompt] : record.system_prompts)
        whole_prompt = whole_prompt || prompt == "You are gptme.\n\n# Workspace\na.py";
    CHECK(whole_prompt);
    REQUIRE(record.steps.size() == 6);
    const trace::Step& first = record.steps[1];
    CHECK(first.reasoning_content == "I look first.");
    CHECK(first.content->starts_with("I look.\n\n```shell"));
    REQUIRE(first.tool_calls.size() == 2);
    CHECK(first.tool_calls[0].input.find("command")->string_or() == "cat a.py");
    CHECK_FALSE(first.observations.at(0).error.has_value());
    CHECK(first.observations.at(1).error == "exit_code:1");
    const trace::Step& second = record.steps[2];
    REQUIRE(second.tool_calls.size() == 2);
    CHECK(second.tool_calls[1].input.find("content")->string_or() ==
          "# Notes\n\n```python\nx = 1\n```\n\nEnd.");
    CHECK(record.steps[3].role == trace::Role::System);
    CHECK(record.steps[3].content == "Budget: 50% left");
    CHECK(record.steps[4].tool_calls.at(0).tool_call_id == "call-7");
    CHECK(record.steps[4].observations.at(0).error == "tool_error");
    REQUIRE(parsed.evidence.changes.size() == 2);
    CHECK(parsed.evidence.changes[0].path == "a.py");
    CHECK(parsed.evidence.changes[0].replacements.at(0).new_text == "total = 0\n");
    CHECK(parsed.evidence.changes[1].path == "notes.md");
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("gptme: tokens of each reply, in both forms; the rest has none", "[capture]") {
    const auto parsed = read_made_up();
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.steps[1].token_usage.input_tokens == 120);
    CHECK(record.steps[1].token_usage.cache_read_tokens == 80);
    CHECK(record.steps[1].token_usage.cache_write_tokens == 10);
    CHECK(record.steps[4].token_usage.output_tokens == 6);
    CHECK(parsed.evidence.usage.at(0).input_tokens == 145);
    CHECK(parsed.evidence.usage.at(0).output_tokens == 108);
    CHECK(parsed.evidence.actual_cost_usd.value_or(0) == Approx(0.003));
    CHECK(record.metadata.find("opentraces_usage") == nullptr);
    const auto none =
        read_at(k_path, message("user", "go") + message("assistant", "```shell\nls\n```"), "gptme");
    CHECK(none.record->metadata.find("opentraces_usage")->string_or() == "none");
}

TEST_CASE("gptme: calls of all formats", "[capture]") {
    CHECK(calls_in("````save a.md\n```\nx\n```\n````") ==
          Words{R"(save {"path":"a.md","content":"```\nx\n```"})"});
    CHECK(calls_in("<tool-use>\n<shell>\nls -l\n</shell>\n</tool-use>") ==
          Words{R"(shell {"command":"ls -l"})"});
    CHECK(calls_in("<tool-use><save args='a b'>x</save></tool-use>") ==
          Words{R"(save {"path":"a b","content":"x"})"});
    CHECK(calls_in(
              "So:\n@save(c-1): {\"path\":\"a\",\n\"content\":\"b\"}\n@shell(c-2): {\"command\":\"ls\"}") ==
          Words{R"(save {"path":"a","content":"b"})", R"(shell {"command":"ls"})"});
    CHECK(calls_in("@shell(c-3): {broken") == Words{R"(shell {"input":"{broken"})"});
    CHECK(calls_in("```rust\nfn main() {}\n```\nwrite to me@example.org (now): {}") == Words{});
    CHECK(calls_in("```shell\nnever closed") == Words{});
}

TEST_CASE("gptme: a block of a language is a call where a result follows; other words are context",
          "[capture]") {
    const auto parsed =
        read_at("/x/2026-06-13-write-hello-world/conversation.jsonl",
                session_bytes("gptme/2026-06-13-write-hello-world/conversation.jsonl"), "gptme");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 5);
    REQUIRE(record.steps[1].tool_calls.size() == 1);
    CHECK(record.steps[1].tool_calls[0].tool_name == "python");
    CHECK(record.steps[1].observations.at(0).content == "Saved file: hello.py");
    CHECK(record.steps[3].tool_calls.empty());
    CHECK(record.steps[4].content == "Hello, World!");
    CHECK(record.steps[4].role == trace::Role::System);
}

TEST_CASE("gptme: where the conversation works, and what changes it", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_path, session_bytes(k_made_up + "conversation.jsonl"));
    put(disk, k_folder + "/branches/other.jsonl", message("user", "a branch"));
    capture::Sources sources(disk);
    const auto found = capture::discover(k_folder, std::array{&gptme()}, sources).sessions;
    REQUIRE(found.size() == 1);
    CHECK(found[0].session.project.empty());
    put(disk, k_folder + "/config.toml", session_bytes(k_made_up + "config.toml"));
    capture::Sources later(disk);
    const auto again = gptme().list(k_path, later);
    CHECK(again.at(0).project == "/home/me/app");
    CHECK(again.at(0).fingerprint != found[0].session.fingerprint);
    Environment environment;
    environment.variables = {{"GPTME_LOGS_HOME", "/logs"}, {"HOME", "/h"}};
    CHECK(gptme().places("/p", environment).at(0).path == "/logs");
}

TEST_CASE("gptme: cut at any byte it is a session or refused for a reason", "[capture]") {
    check_every_cut(k_path, session_bytes(k_made_up + "conversation.jsonl"), "gptme");
    CHECK(agents_that_know(k_path, session_bytes(k_made_up + "conversation.jsonl")) == Words{"gptme"});
    CHECK(read_at(k_path, "{\"a\":1}\n", "gptme").reason == "not a gptme conversation: no line is a message");
    const auto drifted = read_at(
        k_path, message("user", "go") + message("assistant", "```shell\nls\n```") + message("oracle", "?"),
        "gptme");
    CHECK(drifted.report.unknown_lines() == 1);
}

TEST_CASE("gptme: what a fork has from its conversation counts there", "[capture]") {
    const std::string logs = "/home/me/.local/share/gptme/logs/";
    const std::string tokens = R"(,"metadata":{"usage":{"input_tokens":3,"output_tokens":5}})";
    const std::string start = message("system", "You are gptme.") + message("user", "fix it") +
                              message("assistant", "```shell\nls\n```", tokens) + message("system", "Ran ls");
    const std::string own = message("user", "another way") +
                            message("assistant", "```shell\nls\n```", tokens) + message("system", "Ran ls");
    InMemoryDisk disk;
    put(disk, logs + "a/conversation.jsonl", start);
    put(disk, logs + "a-fork/conversation.jsonl", start + own);
    const auto read = [&](const std::string& name) {
        return gptme().read_from(logs + name + "/conversation.jsonl", disk);
    };
    const auto found = [&] {
        capture::Sources sources(disk);
        const capture::Agent* const only[] = {&gptme()};
        return capture::discover(fs::parent(logs + "a"), only, sources).sessions;
    };
    const auto fork = read("a-fork");
    REQUIRE(fork.record);
    CHECK(fork.record->steps.size() == 2);
    CHECK(fork.record->task.description == "another way");
    CHECK(fork.record->metrics.total_output_tokens.value() == 5);
    CHECK(fork.record->metadata.find("parent_session_id")->string_or() == "a");
    CHECK((*fork.record->metadata.find("opentraces_parser"))["copied_lines"].integer() == 3);
    CHECK(fork.record->system_prompts.size() == 1);
    CHECK(read("a").record->metrics.total_output_tokens.value() == 5);
    REQUIRE(found().size() == 2);
    const std::string before = found()[1].session.fingerprint;

    // It is read again when the other one is gone, and has all of it then.
    disk.remove(logs + "a/conversation.jsonl");
    CHECK(found().at(0).session.fingerprint != before);
    CHECK(read("a-fork").record->metrics.total_output_tokens.value() == 10);
    // Two that were begun with the same prompt of the system have nothing of one another.
    put(disk, logs + "a/conversation.jsonl", message("system", "You are gptme.") + message("user", "else"));
    CHECK(read("a-fork").record->metadata.find("parent_session_id") == nullptr);
}
