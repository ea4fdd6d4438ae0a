#include "formats/view/prepared.hpp"

#include "catch.hpp"
#include "formats_fixture.hpp"
#include "opentraces/core/sums.hpp"

using namespace opentraces;
using namespace opentraces::formats;
using testing::Builder;

namespace {

std::vector<std::vector<std::size_t>> positions(const Prepared& prepared) {
    std::vector<std::vector<std::size_t>> all;
    for (const Run& run : prepared.runs) {
        all.emplace_back();
        for (const PreparedStep& step : run.steps)
            all.back().push_back(step.position);
    }
    return all;
}

using Positions = std::vector<std::vector<std::size_t>>;

}  // namespace

TEST_CASE("formats: a record without sub-agents is one run") {
    const trace::TraceRecord record = Builder().user("hello").agent("hi").record;
    const Prepared prepared = prepare(record);
    CHECK(positions(prepared) == Positions{{0, 1}});
    CHECK(prepared.runs[0].id.empty());
    CHECK(prepared.runs[0].is_main());
    CHECK(prepare(trace::TraceRecord{}).runs.size() == 1);
}

TEST_CASE("formats: the worked example has one sub-agent, attached to the call that started it") {
    const trace::TraceRecord record = testing::worked_record();
    const Prepared prepared = prepare(record);
    REQUIRE(positions(prepared) == Positions{{0, 1, 2, 6, 7}, {3, 4, 5}});
    const Run& agent = prepared.runs[1];
    CHECK(agent.id == "agent-7f3c");
    CHECK(agent.role == "explore");
    CHECK(agent.model == "anthropic/claude-haiku-4-5");
    CHECK(agent.parent == 0);
    CHECK(agent.parent_step == 2);
    REQUIRE(prepared.spawning_call(agent) != nullptr);
    CHECK(prepared.spawning_call(agent)->tool_call_id == "toolu_03");
    CHECK(prepared.runs[0].steps[2].subagents == std::vector<std::size_t>{1});
    CHECK(prepared.cache_beside_input);
    CHECK(prepared.prompt_total(record.steps[1].token_usage) == 10512);
}

TEST_CASE("formats: sub-agents of one step are told apart by their prompts, whatever their order") {
    Builder builder;
    builder.user("a prompt").of(2).user("step").of(2).user("b prompt").of(2).user("go").agent("", 2);
    builder.call("c1", "Task").input("prompt", "b prompt").call("c2", "Task").input("prompt", "a prompt");
    const Prepared prepared = prepare(builder.record);
    REQUIRE(positions(prepared) == Positions{{3, 4}, {0, 1}, {2}});
    CHECK(prepared.runs[1].id == "sub-2-1");
    CHECK(prepared.spawning_call(prepared.runs[1])->tool_call_id == "c2");
    CHECK(prepared.spawning_call(prepared.runs[2])->tool_call_id == "c1");
    CHECK(prepared.runs[0].steps[1].subagents == std::vector<std::size_t>{1, 2});
}

TEST_CASE("formats: a reference names its runs, numbered when there are several, and stays without steps") {
    Builder builder;
    builder.agent("", 1)
        .ref("r")
        .call("c1", "Task")
        .input("prompt", "a")
        .call("c2", "Agent")
        .input("message", "b");
    builder.user("a")
        .of(1)
        .user("b")
        .of(1)
        .agent("", 9)
        .ref("elsewhere")
        .agent("", 4)
        .ref("r#2")
        .call("c", "x");
    builder.user("other").of(4);
    const Prepared prepared = prepare(builder.record);
    REQUIRE(prepared.runs.size() == 4);
    CHECK(prepared.runs[1].id == "r#1");
    CHECK(prepared.runs[2].id == "r#2");
    CHECK(prepared.runs[3].id == "r#2~2");
    CHECK(prepared.spawning_call(prepared.runs[3])->tool_call_id == "c");
    CHECK(prepared.runs[0].steps[1].unresolved_reference == "elsewhere");
    CHECK(prepared.runs[0].steps[0].unresolved_reference.empty());
}

TEST_CASE("formats: sub-agents nest, and what leads nowhere hangs on the main run") {
    Builder builder;
    builder.agent("", 1).call("c", "Task");
    builder.agent("", 2).of(1).call("d", "Task");
    builder.user("deep").of(2);
    builder.user("lost").of(77);
    builder.agent("", 5).of(5);                     // names itself
    builder.agent("", 6).of(7).agent("", 7).of(6);  // name each other
    builder.user("nameless").as(trace::CallType::Subagent);
    const Prepared prepared = prepare(builder.record);
    std::size_t steps = 0;
    for (std::size_t i = 1; i < prepared.runs.size(); ++i)
        CHECK(prepared.runs[i].parent < i);
    for (const Run& run : prepared.runs)
        steps += run.steps.size();
    CHECK(steps == builder.record.steps.size());
    CHECK(positions(prepared)[1] == std::vector<std::size_t>{1});
    CHECK(positions(prepared)[2] == std::vector<std::size_t>{2});
    CHECK(prepared.runs[2].parent == 1);
    CHECK(prepared.runs[3].parent == 0);
    CHECK(prepared.runs[3].parent_step == k_none);
    CHECK(prepared.spawning_call(prepared.runs[3]) == nullptr);
}

TEST_CASE("formats: a call takes its first observation, orphans come last") {
    Builder builder;
    builder.agent("").call("a", "x").call("b", "x").call("a", "x");
    builder.observe("b", "b1")
        .observe("zz", "orphan")
        .observe("a", "a1")
        .observe("a", "a2")
        .observe("a", "a3");
    builder.observe("b", "b2");
    const Prepared prepared = prepare(builder.record);
    const PreparedStep& step = prepared.runs[0].steps[0];
    std::string seen;
    for (const Result& result : step.results)
        seen += *result.observation->content + (result.answer ? "!" : "") + " ";
    CHECK(seen == "a1! b1! b2 a2! a3 orphan ");
    CHECK(*step.answer_of(2)->content == "a2");
    CHECK(step.results.back().call == k_none);
}

TEST_CASE("formats: the text of an observation tells its error") {
    trace::Observation observation;
    CHECK(joined(observation_text(nullptr)) == "[error: no_result]");
    CHECK(joined(observation_text(&observation)).empty());
    observation.content = "out";
    CHECK(joined(observation_text(&observation)) == "out");
    CHECK(error_of(&observation).empty());
    observation.error = "exit_code:1";
    CHECK(joined(observation_text(&observation)) == "[error: exit_code:1]\nout");
    CHECK(joined(observation_text_beside_error(&observation)) == "out");
    observation.content.reset();
    CHECK(joined(observation_text_beside_error(&observation)) == "[error: exit_code:1]");
    CHECK(error_of(nullptr) == "no_result");
}

TEST_CASE("formats: tool definitions in any spelling become functions") {
    trace::TraceRecord record;
    const auto add = [&](std::string_view text) {
        record.tool_definitions.push_back(*testing::parsed(text).if_object());
    };
    add(R"({"name":"Read","description":"d","input_schema":{"type":"object","properties":{"p":{}}}})");
    add(R"({"name":"Bash"})");
    add(R"({"type":"function","function":{"name":"Grep","strict":true}})");
    add(R"({"description":"nameless"})");
    add(R"({"name":"Read","description":"second"})");
    add(R"({"name":"Mcp","inputSchema":{"type":"object"}})");
    std::string text;
    for (const ToolDefinition& tool : prepare(record).tools)
        append_function_form(text, tool);
    CHECK(text ==
          R"({"type":"function","function":{"name":"Read","description":"d","parameters":{"type":"object",)"
          R"("properties":{"p":{}}}}}{"type":"function","function":{"name":"Bash","parameters":{"type":)"
          R"("object","properties":{}}}}{"type":"function","function":{"name":"Grep","strict":true}})"
          R"({"type":"function","function":{"name":"Mcp","parameters":{"type":"object"}}})");
}

TEST_CASE("formats: models are split, families know their provider, placeholders are none") {
    CHECK(split_model("anthropic/claude-x").provider == "anthropic");
    CHECK(split_model("openrouter/meta/llama").name == "meta/llama");
    CHECK(split_model("claude-sonnet-4-5").provider == "anthropic");
    CHECK(split_model("kimi-k2").provider == "moonshot");
    CHECK(split_model("llama-3").provider.empty());
    CHECK(split_model("<synthetic>").name.empty());
    CHECK(model_text(trace::OptText("anthropic/<synthetic>")).empty());
    CHECK(model_text(trace::OptText("x")) == "x");
}

TEST_CASE("formats: cache counters are beside or inside the input by reader, provider or the numbers") {
    trace::TraceRecord record;
    record.agent = {"other", std::nullopt, "openai/gpt-5"};
    record.steps.resize(1);
    record.steps[0].token_usage = {100, 5, 60, 0, 0};
    CHECK(prepare(record).prompt_total(record.steps[0].token_usage) == 100);
    record.steps[0].token_usage.cache_read_tokens = 101;
    CHECK(prepare(record).prompt_total(record.steps[0].token_usage) == 201);
    // Together they are more than the input, so they cannot be in it.
    record.steps[0].token_usage = {100, 5, 60, 41, 0};
    CHECK(prepare(record).prompt_total(record.steps[0].token_usage) == 201);
    record.steps[0].token_usage = {100, 5, 60, 40, 0};
    CHECK(prepare(record).prompt_total(record.steps[0].token_usage) == 100);
    // Not the agent's name, but who has read its session.
    record.agent.name = "claude-code";
    CHECK(prepare(record).prompt_total(record.steps[0].token_usage) == 100);
    record.metadata.set("opentraces_parser", json::Object{});
    CHECK(prepare(record).prompt_total(record.steps[0].token_usage) == 200);
    record.metadata = {};
    record.steps[0].token_usage = {100, 5, 60, 0, 0};
    record.agent.model = "anthropic/claude";
    CHECK(prepare(record).prompt_total(record.steps[0].token_usage) == 160);
    CHECK(add_clamped(std::numeric_limits<std::int64_t>::max(), 1) ==
          std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("formats: names are made unique and file stems safe") {
    UniqueNames names;
    CHECK(names.claim("a") == "a");
    CHECK(names.claim("a#2") == "a#2");
    CHECK(names.claim("a") == "a#3");
    CHECK(names.claim("a") == "a#4");
    CHECK(file_stem("demo-session_01.x") == "demo-session_01.x");
    CHECK(file_stem("../../etc") == "_.._.._etc");
    CHECK(file_stem("") == "_");
    CHECK(file_stem(std::string(500, 'x')).size() == 120);
    CHECK(file_stem(std::string(500, 'x')) != file_stem(std::string(501, 'x')));
}
