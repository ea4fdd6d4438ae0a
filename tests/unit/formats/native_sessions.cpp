// STS and Pi: the worked example, the Hub's rules, and records that are damaged.
#include <set>

#include "exported.hpp"

using namespace opentraces;
using testing::Builder;
using testing::exported;

namespace {

std::vector<json::Value> lines_of(const std::string& text) {
    std::vector<json::Value> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        REQUIRE(end != std::string::npos);
        lines.push_back(testing::parsed(text.substr(at, end - at)));
        at = end + 1;
    }
    return lines;
}

void check_lines(const std::string& actual, const std::string& name) {
    const auto expected = lines_of(testing::read_file(testing::worked_path(name)));
    const auto lines = lines_of(actual);
    REQUIRE(lines.size() == expected.size());
    for (std::size_t i = 0; i < lines.size(); ++i)
        testing::check_equal_json(lines[i], expected[i]);
}

// What makes the `datasets` library take a file for a session: a message column of differing key sets.
bool is_recognised(const std::string& text) {
    std::set<std::set<std::string>> key_sets;
    for (const json::Value& line : lines_of(text)) {
        if (line["type"].if_string() == nullptr) return false;
        const json::Object* message = line["message"].if_object();
        if (message == nullptr) continue;
        std::set<std::string> keys;
        for (const json::Member& member : *message)
            keys.insert(member.first);
        key_sets.insert(keys);
    }
    return key_sets.size() > 1;
}

std::vector<std::string> roles(const std::string& text) {
    std::vector<std::string> all;
    for (const json::Value& line : lines_of(text)) {
        const std::string role(line["message"]["role"].string_or(line["type"].string_or()));
        all.push_back(role);
    }
    return all;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("sts: the worked example, a file for the session and one for its sub-agent") {
    const auto result = exported("sts", testing::worked_record());
    REQUIRE(result.documents.size() == 2);
    CHECK(result.documents[0].first == "demo-session-01");
    CHECK(result.documents[1].first == "demo-session-01.agent-7f3c");
    check_lines(result.documents[0].second, "demo-session-01.sts.jsonl");
    check_lines(result.documents[1].second, "demo-session-01.agent-7f3c.sts.jsonl");
    CHECK(result.remarks().empty());
    CHECK(is_recognised(result.documents[0].second));
    CHECK(is_recognised(result.documents[1].second));
}

TEST_CASE("pi: the worked example, a file for the session and one for its sub-agent") {
    const auto result = exported("pi", testing::worked_record());
    REQUIRE(result.documents.size() == 2);
    check_lines(result.documents[0].second, "demo-session-01.pi.jsonl");
    CHECK(result.documents[1].first == "demo-session-01.agent-7f3c");
    CHECK(roles(result.documents[1].second) ==
          Words{"session", "user", "assistant", "toolResult", "assistant"});
    const json::Value header = lines_of(result.documents[1].second)[0];
    CHECK(header["id"].string_or() == "demo-session-01/agent-7f3c");
    CHECK(header["parentSession"].string_or() == "demo-session-01");
    CHECK(header["parentToolCallId"].string_or() == "toolu_03");
    CHECK(is_recognised(result.documents[0].second));
    CHECK(is_recognised(result.documents[1].second));
}

TEST_CASE("sts, pi: exporting twice gives the same bytes") {
    for (const auto* format : {"sts", "pi"})
        CHECK(exported(format, testing::worked_record()).text() ==
              exported(format, testing::worked_record()).text());
}

TEST_CASE("sts: a session without calls, models and times is still recognised") {
    const auto result = exported("sts", Builder().user("hello").agent("hi").record);
    CHECK(is_recognised(result.text()));
    CHECK(result.line(2)["message"]["toolCalls"].if_array()->empty());
    CHECK(result.remarks().empty());
    const auto alone = exported("sts", Builder().user("hello").record);
    CHECK(alone.remarks() == "steps 1: session of equal messages: the Hub does not recognise it\n");
}

TEST_CASE("sts, pi: every answer names a call before it, whatever the ids of the record") {
    Builder builder;
    builder.agent("a")
        .call("x", "Read")
        .call("x", "Read")
        .call("", "Grep")
        .observe("x", "1")
        .observe("x", "2");
    builder.agent("b").call("x", "Bash").observe("gone", "orphan").observe("", "late").observe("x", "3");
    for (const auto* format : {"sts", "pi"}) {
        INFO(format);
        const auto result = exported(format, builder.record);
        std::set<std::string> calls;
        Words answers;
        for (const json::Value& line : lines_of(result.text())) {
            const json::Value& message = line["message"];
            const bool sts = std::string_view(format) == "sts";
            const json::Array* blocks = message[sts ? "toolCalls" : "content"].if_array();
            for (std::size_t i = 0; blocks != nullptr && i < blocks->size(); ++i) {
                if ((*blocks)[i]["id"].if_string() != nullptr)
                    CHECK(calls.insert(*(*blocks)[i]["id"].if_string()).second);
            }
            if (const auto* id = message["toolCallId"].if_string()) {
                CHECK(calls.contains(*id));
                const std::string_view text =
                    sts ? message["content"].string_or() : message["content"].at(0)["text"].string_or();
                answers.push_back(*id + "=" + std::string(text));
            }
        }
        CHECK(answers == Words{"x=1", "x#2=2", "call=[error: no_result]", "x#3=3", "call=late"});
        const std::string times = std::string_view(format) == "pi"
                                      ? "step_timestamp 2: step without a time: left out, though Pi has one\n"
                                      : "";
        CHECK(result.remarks() == times +
                                      "tool_calls 3: call id empty or used before in its run: made unique\n"
                                      "observations 1: observation of no call so far: left out\n");
    }
}

TEST_CASE("sts, pi: warm-ups are left out and counted, a record of nothing else is skipped") {
    Builder builder;
    builder.agent("warm").as(trace::CallType::Warmup);
    for (const auto* format : {"sts", "pi"}) {
        const auto nothing = exported(format, builder.record);
        CHECK_FALSE(nothing.converted.fate == formats::Fate::Written);
        CHECK(nothing.documents.empty());
        CHECK_FALSE(exported(format, Builder().record).converted.fate == formats::Fate::Written);
    }
    builder.user("hello").agent("hi").at("2026-01-01T00:00:00Z");
    const auto result = exported("sts", builder.record);
    CHECK(result.documents.size() == 1);
    CHECK(roles(result.text()) == Words{"session", "user", "assistant"});
    CHECK(result.remarks() == "steps 1: warm-up step: left out\n");
}

TEST_CASE("sts, pi: sub-agents are left out when asked") {
    formats::ExportOptions options;
    options.subagents = false;
    for (const auto* format : {"sts", "pi"}) {
        const auto result = exported(format, testing::worked_record(), options);
        CHECK(result.documents.size() == 1);
        CHECK(result.remarks() == "subagents 3: step of a sub-agent: left out as asked\n");
    }
}

TEST_CASE("sts: a session has a title, from the task or from what was asked") {
    Builder builder;
    builder.user(std::string(100, 'x')).agent("hi").at("2026-01-01T00:00:00Z");
    CHECK(exported("sts", builder.record).line()["name"].string_or() == std::string(80, 'x'));
    builder.record.task.description = "the task";
    CHECK(exported("sts", builder.record).line()["name"].string_or() == "the task");
    builder.record.agent.name.clear();
    formats::ExportOptions options;
    for (const auto* format : {"sts", "pi"}) {
        options.harness.clear();
        CHECK(exported(format, builder.record, options).line()["harness"].string_or() == "unknown");
        options.harness = "llama.app";
        CHECK(exported(format, builder.record, options).line()["harness"].string_or() == "llama.app");
    }
}

TEST_CASE("sts, pi: prompts that change are shown where they change") {
    Builder builder;
    builder.record.system_prompts = {{"h1", "first"}, {"h2", "second"}, {"h3", "unused"}};
    builder.user("hello").at("2026-01-01T00:00:00Z").agent("a").last().system_prompt_hash = "h1";
    builder.agent("b").last().system_prompt_hash = "h2";
    const auto sts = exported("sts", builder.record);
    CHECK(roles(sts.text()) == Words{"session", "system", "user", "assistant", "system", "assistant"});
    CHECK(sts.line(4)["message"]["content"].string_or() == "second");
    CHECK(sts.remarks() == "system_prompts 1: prompt that no step names: left out\n");
    const auto pi = exported("pi", builder.record);
    CHECK(pi.line()["systemPrompt"].string_or() == "first");
    CHECK(roles(pi.text()) == Words{"session", "user", "assistant", "custom_message", "assistant"});
    CHECK(pi.line(3)["content"].string_or() == "second");
}

TEST_CASE("pi: what the harness put in is no user's message, and a summary is a compaction") {
    Builder builder;
    builder.record.metadata.set("compaction_events",
                                testing::parsed(R"([{"trigger":"auto","pre_tokens":155250}])"));
    builder.system("Caveat: ...").user("go").agent("ok").at("2026-01-01T00:00:00.5Z");
    builder.system("This session is being continued from a previous conversation that ran out of context.");
    builder.agent("on");
    const auto result = exported("pi", builder.record);
    CHECK(roles(result.text()) ==
          Words{"session", "custom_message", "user", "assistant", "compaction", "assistant"});
    const json::Value compaction = result.line(4);
    CHECK(compaction["tokensBefore"].integer() == 155250);
    CHECK(compaction["firstKeptEntryId"] == compaction["id"]);
    CHECK(compaction["parentId"] == result.line(3)["id"]);
    CHECK(compaction["timestamp"].string_or() == "2026-01-01T00:00:00.500Z");
}

TEST_CASE("pi: input is counted without the cache, whichever way the record counts it") {
    Builder builder;
    builder.user("x").agent("y").last().token_usage = {100, 5, 60, 0, 0};
    builder.record.agent.model = "openai/gpt-5";
    builder.last().model = "openai/gpt-5";
    json::Value message = exported("pi", builder.record).line(2)["message"];
    CHECK(message["usage"]["input"].integer() == 40);
    CHECK(message["usage"]["totalTokens"].integer() == 105);
    CHECK(message["api"].string_or() == "openai-responses");
    builder.record.metadata.set("opentraces_parser", json::Object{});
    builder.last().model.reset();
    message = exported("pi", builder.record).line(2)["message"];
    CHECK(message["usage"]["input"].integer() == 100);
    CHECK(message["usage"]["totalTokens"].integer() == 165);
    CHECK(message["provider"].string_or() == "unknown");
}
