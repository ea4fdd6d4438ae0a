// Rows of ADP, Hermes and training data, and TraceRecords.
#include <set>

#include "exported.hpp"
#include "imported.hpp"
#include "where.hpp"

using namespace opentraces;
using testing::imported;
using testing::read_row;
using testing::read_value;

namespace {

const std::string k_fixtures = opentraces::testing::source_folder() + "/tests/fixtures/export/";

std::string worked_line(const std::string& name, std::size_t n = 0) {
    const std::string text = testing::read_file(testing::worked_path(name));
    std::size_t at = 0;
    for (; n > 0; --n)
        at = text.find('\n', at) + 1;
    return text.substr(at, text.find('\n', at) - at);
}

// Roles, texts, calls and answers in one line each.
std::string outline(const trace::TraceRecord& record) {
    std::string text;
    for (const trace::Step& step : record.steps) {
        text += std::string(trace::name_of(step.role)) + ":" + step.content.value_or("-");
        if (step.reasoning_content) text += " (" + *step.reasoning_content + ")";
        for (const trace::ToolCall& call : step.tool_calls)
            text += " " + call.tool_name + json::to_compact(json::Value(call.input));
        for (const trace::Observation& observation : step.observations)
            text += " <" + observation.content.value_or("-") + "|" + observation.error.value_or("-") + ">";
        text += "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("import adp: the worked example, the sub-agent as a session of its own") {
    const trace::TraceRecord record = imported("adp", worked_line("adp.jsonl"));
    CHECK(record.session_id == "demo-session-01");
    CHECK(record.agent.name == "claude-code");
    CHECK(record.agent.model == "anthropic/claude-sonnet-4-5");
    CHECK(record.outcome.success == true);
    REQUIRE(record.system_prompts.size() == 1);
    REQUIRE(record.steps.size() == 5);
    CHECK(record.steps[1].system_prompt_hash == record.system_prompts[0].first);
    CHECK(outline(record) ==
          "user:test_add fails. Fix it.\n"
          "agent:I'll read the module and run the test. (Look at the code first, then reproduce.) "
          "Read{\"file_path\":\"calc.py\"} Bash{\"command\":\"pytest -q\"} "
          "<def add(a, b):\n    return a - b\n|-> <1 failed, 0 passed|->\n"
          "agent:- Task{\"subagent_type\":\"explore\",\"prompt\":\"Who calls add()?\"} "
          "<Only test_calc.py calls add().|->\n"
          "agent:The sign is wrong; fixing it. "
          "Edit{\"file_path\":\"calc.py\",\"old_string\":\"a - b\",\"new_string\":\"a + b\"} <-|no_result>\n"
          "agent:Fixed: add() now returns a + b.\n");
    const trace::TraceRecord inner = imported("adp", worked_line("adp.jsonl", 1));
    CHECK(inner.session_id == "demo-session-01/agent-7f3c");
    CHECK(inner.steps.size() == 3);
}

TEST_CASE("import adp: what went out as ADP comes in and goes out the same") {
    const trace::TraceRecord record = imported("adp", worked_line("adp.jsonl"));
    const json::Value again = testing::exported("adp", record).line();
    const json::Value before = testing::parsed(worked_line("adp.jsonl"));
    testing::check_equal_json(again["content"], before["content"]);
}

TEST_CASE("import adp: classic samples keep every action and observation") {
    for (const char* name : {"toucan_1_5m", "mini-coder", "codeactinstruct"}) {
        const json::Value samples = testing::parsed(testing::read_file(k_fixtures + "adp/" + name + ".json"));
        for (const json::Value& sample : *samples.if_array()) {
            INFO(name << " " << sample["id"].string_or());
            const auto row = read_value("adp", sample);
            REQUIRE(row.record.has_value());
            std::size_t actions = 0;
            std::size_t calls = 0;
            std::size_t texts = 0;
            for (const json::Value& item : *sample["content"].if_array()) {
                const std::string_view kind = item["class_"].string_or();
                calls += kind == "api_action" || kind == "code_action" ? 1 : 0;
                actions += kind != "text_observation" ? 1 : 0;
                texts += kind == "text_observation" ? 1 : 0;
            }
            std::size_t found_calls = 0;
            std::size_t found_agent = 0;
            std::size_t found_texts = 0;
            for (const trace::Step& step : row.record->steps) {
                found_calls += step.tool_calls.size();
                found_agent += step.role == trace::Role::Agent ? 1 : 0;
                found_texts += step.role != trace::Role::Agent ? 1 : 0;
                for (const trace::Observation& observation : step.observations) {
                    CHECK(observation.error != "unlinked_response");
                    found_texts += observation.error == "no_result" ? 0 : 1;
                }
            }
            CHECK(found_calls == calls);
            CHECK(found_agent == actions);
            CHECK(found_texts == texts);
        }
    }
}

TEST_CASE("import messages: every flavour of the worked example says the same") {
    const std::string end = "<-|no_result>\nagent:Fixed: add() now returns a + b.\n";
    for (const char* name : {"chat-hf.jsonl", "chat-openai.jsonl", "sharegpt.jsonl"}) {
        INFO(name);
        const trace::TraceRecord record = imported("messages", worked_line(name));
        const std::string text = outline(record);
        INFO(text);
        REQUIRE(record.steps.size() == 5);
        CHECK(record.tool_definitions.size() == 4);
        CHECK(record.system_prompts.size() == 1);
        CHECK(record.steps[1].system_prompt_hash == record.system_prompts[0].first);
        CHECK(record.steps[1].tool_calls.size() == 2);
        CHECK(record.steps[1].observations[0].content == "def add(a, b):\n    return a - b\n");
        CHECK(record.steps[1].observations[1].content == "1 failed, 0 passed");
        CHECK(text.find("Task{\"subagent_type\":\"explore\",\"prompt\":\"Who calls add()?\"} "
                        "<Only test_calc.py calls add().|->\n") != std::string::npos);
        CHECK(text.ends_with(end));
    }
    const trace::TraceRecord hf = imported("messages", worked_line("chat-hf.jsonl"));
    CHECK(hf.session_id == "file:6f1c9a52-3d0e-4b7a-9c41-2a5b8d7e0f13");
    CHECK(hf.steps[1].reasoning_content == "Look at the code first, then reproduce.");
    CHECK(hf.steps[1].observations[1].error == "exit_code:1");
    CHECK(hf.outcome.success == true);
    CHECK(imported("messages", worked_line("sharegpt.jsonl")).steps[1].reasoning_content ==
          "Look at the code first, then reproduce.");
}

TEST_CASE("import messages: rows of other trainers") {
    const std::string text = testing::read_file(k_fixtures + "rows/ms-swift-messages.jsonl");
    const trace::TraceRecord first = imported("messages", text.substr(0, text.find('\n')));
    CHECK(outline(first) ==
          "user:How is the weather?\nagent:- get_weather{\"city\":\"Beijing\"} <Sunny|->\n");
    const json::Value rows =
        testing::parsed(testing::read_file(k_fixtures + "rows/llamafactory-sharegpt-toolcall.json"));
    const trace::TraceRecord recipe = *read_value("messages", rows.at(0)).record;
    CHECK(recipe.steps[3].tool_calls.at(0).tool_name == "search_recipes");
    CHECK(recipe.steps[3].observations.at(0).content.has_value());
}

TEST_CASE("import messages: damaged rows") {
    CHECK(read_row("messages", R"({"messages":5})").reason == "messages: is not a list");
    CHECK(read_row("messages", R"({"messages":[]})").verdict == formats::RowVerdict::Skipped);
    CHECK(read_row("messages", R"({"messages":[{"role":"ghost","content":"x"}]})").reason ==
          "messages.0.role: is none that is known");
    const auto broken = read_row(
        "messages",
        R"({"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{broken"}},"nonsense"]},
            {"role":"tool","tool_call_id":"nobody","content":"late"},{"role":"tool","content":"a"},{"role":"tool","content":"b"}]})");
    REQUIRE(broken.record.has_value());
    const trace::Step& step = broken.record->steps.at(0);
    CHECK(json::to_compact(json::Value(step.tool_calls.at(0).input)) == R"({"raw":"{broken"})");
    CHECK(step.tool_calls.at(1).tool_name == "unknown");
    CHECK(step.observations.at(2).error == "unlinked_response");
    CHECK(testing::remarks_of(broken).find("an answer without a call") != std::string::npos);
}

TEST_CASE("import hermes: XML calls and answers, renamed tools, outcome and usage") {
    const auto row = read_row(
        "hermes",
        R"({"conversations":[{"from":"system","value":"Be good."},{"from":"human","value":"List files"},
          {"from":"gpt","value":"<think>Need ls.</think>Sure.<tool_call>{\"name\":\"terminal\",\"arguments\":{\"command\":\"ls\"}}</tool_call><tool_call>not json</tool_call><tool_call>{\"name\":\"patch\",\"arguments\":{\"path\":\"a\",\"original\":\"b\",\"replacement\":\"c\"}}</tool_call>"},
          {"from":"tool","value":"<tool_response>{\"tool_call_id\":\"x\",\"content\":\"a.py\"}</tool_response><tool_response>{\"tool_call_id\":\"y\",\"content\":{\"ok\":true}}</tool_response><tool_response>raw</tool_response>"},
          {"from":"gpt","value":"Done."}],
          "metadata":{"model":"nous/hermes","timestamp":"2026-01-01T00:00:00Z"},"source_row":{"original_prompt":"List","task_source":"bench"},
          "usage":{"prompt_tokens":100,"completion_tokens":20,"estimated_cost_usd":0},"completed":true,"partial":false,
          "tool_stats":{"terminal":{"count":3,"failure":1}},"category":"files"})",
        {"o/n:data/train.jsonl", "7", "o/n", "abc", "", "train"});
    REQUIRE(row.record.has_value());
    const trace::TraceRecord& record = *row.record;
    CHECK(record.session_id == "o/n:default:7");
    CHECK(record.agent.name == "hermes-agent");
    CHECK(record.execution_context == trace::ExecutionContext::Runtime);
    CHECK(record.task.description == "List");
    CHECK(record.task.source == "bench");
    CHECK(outline(record) ==
          "user:List files\n"
          "agent:Sure. (Need ls.) Bash{\"command\":\"ls\"} unknown{\"raw\":\"not json\"} "
          "Edit{\"file_path\":\"a\",\"old_string\":\"b\",\"new_string\":\"c\"} "
          "<a.py|-> <{\"ok\":true}|-> <raw|->\n"
          "agent:Done.\n");
    CHECK(record.steps[0].step_index == trace::Integer(0));
    CHECK(record.steps[1].tool_calls[0].tool_call_id == "x");
    CHECK(record.steps[1].observations[0].source_call_id == "x");
    CHECK(record.steps[1].model == "nous/hermes");
    CHECK(record.outcome.success == true);
    CHECK(record.outcome.terminal_state == trace::TerminalState::GoalReached);
    CHECK(record.outcome.signal_confidence == trace::SignalConfidence::Inferred);
    CHECK(record.metrics.total_input_tokens == trace::Integer(100));
    CHECK_FALSE(record.metrics.estimated_cost_usd.has_value());
    const json::Value metadata(record.metadata);
    CHECK(metadata["source_dataset_revision"].string_or() == "abc");
    CHECK(metadata["source_row_index"].integer() == 7);
    CHECK(json::to_compact(metadata["tool_success_rate"]) == "0.667");
    CHECK(metadata["tool_failure_count"].integer() == 1);
    CHECK(metadata["step_fidelity"].string_or() == "conversation_turn");
    CHECK(metadata["row"]["category"].string_or() == "files");
}

TEST_CASE("import hermes: how it ended") {
    const auto rewarded = [](const std::string& reward) {
        return imported("hermes",
                        R"({"completed":true,"conversations":[
                            {"from":"gpt","value":"<tool_call>{\"name\":\"rl_get_results\"}</tool_call>"},
                            {"from":"tool","value":"<tool_response>{\"content\":{\"reward\":)" +
                            reward + R"(}}</tool_response>"}]})")
            .outcome;
    };
    const trace::Outcome bad = rewarded("-0.5");
    CHECK(bad.reward == -0.5);
    CHECK(bad.terminal_state == trace::TerminalState::Error);
    CHECK(bad.reward_source == "rl_environment");
    CHECK(rewarded("1").success == true);
    CHECK(rewarded("0").terminal_state == trace::TerminalState::Abandoned);
    CHECK_FALSE(rewarded("\\\"much\\\"").reward.has_value());
    const auto plain = [](const std::string& rest) {
        return imported("hermes", R"({"conversations":[{"from":"human","value":"x"}])" + rest + "}").outcome;
    };
    CHECK(plain(R"(,"completed":false)").success == false);
    CHECK(plain(R"(,"completed":false)").terminal_state == trace::TerminalState::Abandoned);
    CHECK(plain(R"(,"completed":true,"partial":true)").terminal_state == trace::TerminalState::Interrupted);
    CHECK_FALSE(plain("").success.has_value());
}

TEST_CASE("import opentraces: kept as it is, doubts counted, later schemas refused") {
    const trace::TraceRecord record = testing::worked_record();
    const auto row = read_row("opentraces", trace::encode(record));
    REQUIRE(row.record.has_value());
    CHECK(row.whole);
    CHECK(row.remarks.empty());
    CHECK(trace::canonical_text(*row.record) == trace::canonical_text(record));
    const auto old =
        read_row("opentraces",
                 R"({"schema_version":"0.1.0","trace_id":"t","session_id":"","agent":{"name":"a"},"novel":1,
        "steps":[{"step_index":1,"role":"user"},{"step_index":1,"role":"agent"}]})");
    REQUIRE(old.record.has_value());
    CHECK(old.record->session_id == "t");
    CHECK(old.record->schema_version == "0.1.0");
    CHECK(testing::remarks_of(old) ==
          "unknown_key 1: not part of the schema; left out\nduplicate_step_index 1: kept as it is\n");
    const auto later = read_row(
        "opentraces", R"({"schema_version":"1.0.0","trace_id":"t","session_id":"s","agent":{"name":"a"}})");
    CHECK_FALSE(later.record.has_value());
    CHECK(later.code == ErrorCode::NewerSchema);
    CHECK(read_row("opentraces", R"({"trace_id":"t","session_id":"s"})").reason.rfind("agent: ", 0) == 0);
}

TEST_CASE("import opentraces: schema 0.3 to 0.9 is read, and its writer's version and hash stay beside") {
    const std::string hash(64, 'a');
    const auto row =
        read_row("opentraces",
                 R"({"schema_version":"0.6.0","trace_id":"t","session_id":"s","agent":{"name":"a"},
        "patches":[],"lifecycle":"final","content_hash":")" +
                     hash + "\"}");
    REQUIRE(row.record.has_value());
    CHECK(row.record->schema_version == trace::k_schema_version);
    CHECK_FALSE(row.record->content_hash.has_value());
    const json::Value& source = *row.record->metadata.find("opentraces_source_schema");
    CHECK(source["schema_version"].string_or() == "0.6.0");
    CHECK(source["content_hash"].string_or() == hash);
    CHECK(source["unknown_keys"].integer() == 2);
    CHECK(testing::remarks_of(row) == "unknown_key 2: not part of the schema; left out\n");
}

TEST_CASE("importers recognise their own rows and no others'") {
    std::set<std::string_view> tried;
    const auto recognised = [&](const json::Value& row) {
        std::string names;
        for (const formats::Importer& importer : formats::importers()) {
            if (!importer.recognises(row)) continue;
            names += std::string(importer.name) + " ";
            tried.insert(importer.name);
        }
        return names;
    };
    CHECK(recognised(testing::parsed(trace::encode(testing::worked_record()))) == "opentraces ");
    CHECK(recognised(testing::parsed(testing::read_file(testing::worked_path("atif-v1.7.json")))) == "atif ");
    CHECK(recognised(testing::parsed(worked_line("adp.jsonl"))) == "adp ");
    for (const char* name : {"chat-hf.jsonl", "chat-openai.jsonl", "sharegpt.jsonl"})
        CHECK(recognised(testing::parsed(worked_line(name))) == "messages ");
    CHECK(recognised(testing::parsed(
              R"({"conversations":[{"from":"gpt","value":"<tool_call>{}</tool_call>"}]})")) == "hermes ");
    for (const char* other : {"{}", "[]", "5", "null", R"({"messages":5})", R"({"steps":[]})"})
        CHECK(recognised(testing::parsed(other)).empty());
    for (const char* name : {"demo-session-01.sts.jsonl", "otlp-traces.jsonl"})
        CHECK(recognised(testing::parsed(worked_line(name))).empty());
    // A new importer has a row here.
    CHECK(tried.size() == formats::importers().size());
}
