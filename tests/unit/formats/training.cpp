// Rules of training rows that the worked example does not touch.
#include "exported.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using testing::Builder;
using testing::exported;

namespace {

std::string roles(const json::Value& row) {
    std::string text;
    for (const json::Value& message : *row["messages"].if_array())
        text += std::string(message["role"].string_or()) + " ";
    return text;
}

formats::ExportOptions with_mask(const std::string& mask) {
    formats::ExportOptions options;
    options.mask = mask;
    options.mask_errors = true;
    return options;
}

}  // namespace

TEST_CASE("chat: neighbours are joined, warm-ups and what follows the last answer left out") {
    Builder builder;
    builder.user("one").user("two").system("note").agent("warm").as(trace::CallType::Warmup).agent("answer");
    builder.agent("").user("never answered");
    const auto result = exported("chat", builder.record);
    CHECK(roles(result.line()) == "user assistant ");
    CHECK(result.line()["messages"].at(0)["content"].string_or() == "one\n\ntwo\n\n[system]\nnote");
    CHECK(result.remarks().find("warm-up") != std::string::npos);
    CHECK(result.remarks().find("after the last answer") != std::string::npos);
    formats::ExportOptions openai;
    openai.flavor = "openai";
    CHECK(roles(exported("chat", builder.record, openai).line()) == "user system assistant ");
}

TEST_CASE("chat: a compaction starts a new row with its summary as the user") {
    Builder builder;
    builder.user("one").agent("a");
    builder.system("This session is being continued from a previous conversation that ran out").agent("b");
    const auto result = exported("chat", builder.record);
    CHECK(roles(result.line(0)) == "user assistant ");
    CHECK(roles(result.line(1)) == "user assistant ");
    CHECK(result.line(1)["id"].string_or() == builder.record.trace_id + "#2");
}

TEST_CASE("chat: every call has one answer, with ids of its own in the row") {
    Builder builder;
    builder.user("go").agent("").call("c", "x").call("c", "y").observe("c", "one").agent("").call("c", "z");
    builder.agent("done");
    const json::Value row = exported("chat", builder.record).line();
    CHECK(roles(row) == "user assistant tool tool assistant tool assistant ");
    const json::Value& messages = row["messages"];
    CHECK(messages.at(2)["tool_call_id"].string_or() == "c");
    CHECK(messages.at(3)["tool_call_id"].string_or() == "c#2");
    CHECK(messages.at(3)["content"].string_or() == "[error: no_result]");
    CHECK(messages.at(5)["tool_call_id"].string_or() == "c#3");
    formats::ExportOptions options;
    options.split_parallel = true;
    const json::Value split = exported("chat", builder.record, options).line();
    CHECK(roles(split) == "user assistant tool assistant tool assistant tool assistant ");
    CHECK(testing::parsed(split["metadata"].string_or())["split_parallel"].bool_or(false));
}

TEST_CASE("chat: mistral's ids have nine letters and digits on both sides") {
    Builder builder;
    builder.user("go").agent("").call("toolu_1", "x");
    formats::ExportOptions options;
    options.flavor = "mistral";
    const json::Value row = exported("chat", builder.record, options).line();
    const std::string id(row["messages"].at(1)["tool_calls"].at(0)["id"].string_or());
    CHECK(id.size() == 9);
    CHECK(std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) != 0; }));
    CHECK(row["messages"].at(2)["tool_call_id"].string_or() == id);
}

TEST_CASE("chat: tools are a list, or text when asked; without any there is no key") {
    Builder builder;
    builder.user("go").agent("done");
    CHECK(exported("chat", builder.record).line()["tools"].is_null());
    builder.record.tool_definitions.push_back(*testing::parsed(R"({"name":"Read"})").if_object());
    const json::Value row = exported("chat", builder.record).line();
    REQUIRE(row["tools"].if_array() != nullptr);
    CHECK(row["tools"].at(0)["function"]["name"].string_or() == "Read");
    CHECK(testing::parsed(row["metadata"].string_or())["tools_derived"].is_null());
    formats::ExportOptions options;
    options.tools_as = "text";
    CHECK(testing::parsed(exported("chat", builder.record, options).line()["tools"].string_or()) ==
          row["tools"]);
    options.tools_as = "yaml";
    CHECK_THROWS_AS(exported("chat", builder.record, options), Error);
}

TEST_CASE("chat and sharegpt: a record without definitions has the tools that its calls show") {
    Builder builder;
    builder.user("go").agent("").call("1", "Bash").input("command", "ls").call("2", "Read");
    builder.last().tool_calls.back().input =
        *testing::parsed(R"({"path":"a","limit":1,"deep":true,"at":[1],"in":{},"no":null})").if_object();
    builder.agent("").call("3", "Read").agent("done");
    builder.record.steps[2].tool_calls.back().input =
        *testing::parsed(R"({"path":null,"limit":1.5,"more":"x"})").if_object();
    const json::Value row = exported("chat", builder.record).line();
    const json::Value& tools = row["tools"];
    REQUIRE(tools.if_array()->size() == 2);
    CHECK(tools.at(0)["function"]["name"].string_or() == "Bash");
    CHECK(tools.at(1)["function"]["parameters"] ==
          testing::parsed(R"({"type":"object","properties":{"path":{"type":["string","null"]},
        "limit":{"type":"number"},"deep":{"type":"boolean"},"at":{"type":"array"},"in":{"type":"object"},
        "no":{"type":"null"},"more":{"type":"string"}}})"));
    CHECK(tools.at(1)["function"]["description"].string_or().find("Derived") == 0);
    CHECK(testing::parsed(row["metadata"].string_or())["tools_derived"].bool_or(false));
    const json::Value bare =
        testing::parsed(exported("sharegpt", builder.record).line()["tools"].string_or());
    CHECK(bare.at(0)["name"].string_or() == "Bash");
    CHECK(exported("sharegpt", Builder().user("go").agent("done").record).line()["tools"] == json::Value(""));
}

TEST_CASE("chat: masks keep hidden reasoning and failed steps from being learnt") {
    Builder builder;
    builder.user("go").agent("a").agent("").call("c", "x").observe("c", "", "tool_error").agent("b");
    builder.last().reasoning_content = "[redacted: hidden]";
    const json::Value row = exported("chat", builder.record, with_mask("loss")).line();
    CHECK(row["messages"].at(1)["loss"].bool_or(false));
    CHECK_FALSE(row["messages"].at(2)["loss"].bool_or(true));
    CHECK_FALSE(row["messages"].at(4)["loss"].bool_or(true));
    CHECK(row["messages"].at(4)["reasoning_content"].is_null());
    CHECK(
        exported("chat", builder.record, with_mask("weight")).line()["messages"].at(2)["weight"].integer() ==
        0);
    CHECK_THROWS_AS(exported("chat", builder.record, with_mask("nothing")), Error);
    CHECK_THROWS_AS(exported("chat", builder.record, with_mask("")), Error);
}

TEST_CASE("chat: who asks is needed, a sub-agent's question comes from its call") {
    CHECK(exported("chat", Builder().agent("alone").record).converted.fate == formats::Fate::Skipped);
    Builder builder;
    builder.user("go").agent("", 1).call("c", "Task").input("prompt", "look").agent("found").of(1);
    const json::Value row = exported("chat", builder.record).line(1);
    CHECK(roles(row) == "user assistant ");
    CHECK(row["messages"].at(0)["content"].string_or() == "look");
    formats::ExportOptions options;
    options.subagents = false;
    const std::string alone = exported("chat", builder.record, options).text();
    CHECK(std::count(alone.begin(), alone.end(), '\n') == 1);
}

TEST_CASE("sharegpt: sides alternate, whatever the record has") {
    Builder builder;
    builder.user("go").agent("first").agent("second").call("c", "x").observe("c", "out", "exit_code:1");
    builder.user("stop").agent("end").agent("really").user("bye");
    const auto result = exported("sharegpt", builder.record);
    const json::Value turns = result.line()["conversations"];
    REQUIRE(turns.if_array()->size() == 4);
    CHECK(turns.at(1)["from"].string_or() == "function_call");
    CHECK(turns.at(1)["value"].string_or() ==
          "<think>\nfirst\n</think>\n\n[{\"name\":\"x\",\"arguments\":{}}]");
    CHECK(turns.at(2)["value"].string_or() == "out\n\nstop");
    CHECK(turns.at(3)["value"].string_or() == "end\n\nreally");
    CHECK(result.remarks().find("text beside tool calls") != std::string::npos);
    CHECK(result.remarks().find("error beside content") != std::string::npos);
}

TEST_CASE("adp: ids are unique in a trajectory, every call is answered, loose results stay") {
    Builder builder;
    builder.user("go")
        .agent("t")
        .call("c", "Bash")
        .input("command", "ls")
        .call("c", "y")
        .observe("zz", "loose");
    builder.agent("").call("c", "z").agent("end");
    builder.record.outcome.reward = 0.5;
    const auto result = exported("adp", builder.record);
    const json::Value content = result.line()["content"];
    std::string items;
    for (const json::Value& item : *content.if_array())
        items += std::string(item["class_"].string_or()) + ":" +
                 std::string(item["tool_call_id"].string_or()) + " ";
    CHECK(items ==
          "text_observation: code_action:c api_action:c#2 text_observation:c text_observation:c#2 "
          "text_observation: api_action:c#3 text_observation:c#3 message_action: ");
    CHECK(json::to_compact(content.at(8)["reward"]) == "0.5");
    CHECK(content.at(0)["reward"].is_null());
}

TEST_CASE("agent-trace: paths stay inside of the repository, lines are put in order") {
    Builder builder;
    builder.user("x");
    builder.record.trace_id = "not a uuid";
    builder.record.timestamp_start = "2026-01-01T00:00:00+01:00";
    builder.record.metadata.set("cwd", "/repo/");
    trace::AttributionConversation conversation;
    conversation.url = "no uri";
    conversation.contributor = {{"type", "robot"}};
    conversation.ranges = {{9, 0, std::nullopt, std::nullopt}};
    builder.record.attribution.emplace();
    for (const char* path : {"/repo/src/a.cpp", "/etc/passwd", "../b", "src\\c.cpp"})
        builder.record.attribution->files.push_back({path, {conversation}});
    const auto result = exported("agent-trace", builder.record);
    const json::Value line = result.line();
    CHECK(line["timestamp"].string_or() == "2025-12-31T23:00:00.000Z");
    CHECK(line["id"].string_or().size() == 36);
    CHECK(line["id"].string_or()[14] == '8');
    REQUIRE(line["files"].if_array()->size() == 2);
    CHECK(line["files"].at(0)["path"].string_or() == "src/a.cpp");
    CHECK(line["files"].at(1)["path"].string_or() == "src/c.cpp");
    const json::Value& first = line["files"].at(0)["conversations"].at(0);
    CHECK(first["url"].is_null());
    CHECK(first["contributor"]["type"].string_or() == "unknown");
    CHECK(first["ranges"].at(0)["start_line"].integer() == 1);
    CHECK(first["ranges"].at(0)["end_line"].integer() == 9);
    CHECK(result.remarks().find("attribution 2") != std::string::npos);
    CHECK(exported("agent-trace", Builder().user("x").record).converted.fate == formats::Fate::NothingToSay);
}
