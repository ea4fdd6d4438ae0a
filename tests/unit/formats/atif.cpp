#include "exported.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using testing::Builder;
using testing::exported;

TEST_CASE("atif: the worked example") {
    const auto result = exported("atif", testing::worked_record());
    CHECK(result.converted.fate == formats::Fate::Written);
    CHECK(result.remarks().empty());
    REQUIRE(result.documents.size() == 1);
    CHECK(result.documents[0].first == "demo-session-01");
    testing::check_equal_json(result.line(),
                              testing::parsed(testing::read_file(testing::worked_path("atif-v1.7.json"))));
    CHECK(exported("atif", testing::worked_record()).text() == result.text());
}

namespace {

json::Value atif(const trace::TraceRecord& record, const std::string& version = {}) {
    formats::ExportOptions options;
    options.format_version = version;
    return exported("atif", record, options).line();
}

}  // namespace

TEST_CASE("atif: a record without steps is skipped") {
    const auto result = exported("atif", Builder().record);
    CHECK(result.converted.fate == formats::Fate::Skipped);
    CHECK_FALSE(result.converted.reason.empty());
    CHECK(result.documents.empty());
}

TEST_CASE("atif: fields of agents stay out of other steps, and are kept beside") {
    Builder builder;
    builder.user("hi").call("c", "Read").observe("c", "out");
    builder.last().model = "m";
    builder.last().reasoning_content = "r";
    builder.last().token_usage.input_tokens = 5;
    const json::Value step = atif(builder.record)["steps"].at(0);
    for (const char* key : {"model_name", "reasoning_content", "tool_calls", "metrics", "llm_call_count"})
        CHECK(step[key].is_null());
    const json::Value& own = step["extra"]["opentraces"];
    CHECK(own["model"].string_or() == "m");
    CHECK(own["tool_calls"].at(0)["tool_name"].string_or() == "Read");
    CHECK(own["token_usage"]["input_tokens"].integer() == 5);
    CHECK(step["observation"]["results"].at(0)["source_call_id"].is_null());
    CHECK(step["observation"]["results"].at(0)["extra"]["orphan_source_call_id"].string_or() == "c");
}

TEST_CASE("atif: damaged calls, observations and times are valid and lose nothing") {
    Builder builder;
    builder.agent("").at("yesterday").call("a", "x").call("a", "y");
    builder.observe("zz", "orphan").observe("a", "one").observe("a", "two", "exit_code:2");
    builder.last().model = "<synthetic>";
    const auto result = exported("atif", builder.record);
    const json::Value step = result.line()["steps"].at(0);
    CHECK(step["timestamp"].is_null());
    CHECK(step["model_name"].is_null());
    CHECK(step["message"].string_or("none").empty());
    const json::Value& own = step["extra"]["opentraces"];
    CHECK(own["timestamp"].string_or() == "yesterday");
    CHECK(own["model"].string_or() == "<synthetic>");
    CHECK(own["content_null"].bool_or(false));
    CHECK(step["tool_calls"].at(1)["tool_call_id"].string_or() == "a#2");
    CHECK(step["tool_calls"].at(1)["extra"]["tool_call_id"].string_or() == "a");
    const json::Value& results = step["observation"]["results"];
    CHECK(results.at(1)["source_call_id"].string_or() == "a#2");
    CHECK(results.at(1)["content"].string_or() == "two");
    CHECK(results.at(1)["extra"]["error"].string_or() == "exit_code:2");
    CHECK(results.at(2)["extra"]["orphan_source_call_id"].string_or() == "zz");
    CHECK(json::to_compact(own["observation_order"]) == "[1,2,0]");
    CHECK(result.remarks().find("step_timestamp 1") != std::string::npos);
    CHECK(result.remarks().find("tool_calls 1") != std::string::npos);
    CHECK(result.remarks().find("observations 1") != std::string::npos);
}

TEST_CASE("atif: prompts are shown where they change, unless the run has them as a step") {
    Builder builder;
    builder.record.system_prompts = {{"h1", "one"}, {"h2", "two"}, {"h3", "three"}};
    builder.user("go").agent("a").agent("b").agent("c");
    builder.record.steps[1].system_prompt_hash = "h1";
    builder.record.steps[2].system_prompt_hash = "h1";
    builder.record.steps[3].system_prompt_hash = "h2";
    const json::Value document = atif(builder.record);
    std::string sources;
    for (const json::Value& step : *document["steps"].if_array())
        sources += std::string(step["source"].string_or()) + " ";
    CHECK(sources == "system user agent agent system agent ");
    CHECK(document["extra"]["opentraces"]["system_prompts"]["h3"].string_or() == "three");
    CHECK(document["extra"]["opentraces"]["system_prompts"]["h1"].is_null());
    builder.record.steps[0].role = trace::Role::System;
    builder.record.steps[0].content = "one";
    CHECK(atif(builder.record)["steps"].at(0)["extra"]["opentraces"]["synthesized"].is_null());
}

TEST_CASE("atif: a sub-agent is referenced even where its call has no result") {
    Builder builder;
    builder.agent("", 1).call("c", "Task").agent("sub").of(1).agent("", 2).call("d", "Task").ref("gone");
    const json::Value document = atif(builder.record);
    const json::Value& made = document["steps"].at(0)["observation"]["results"].at(0);
    CHECK(made["source_call_id"].string_or() == "c");
    CHECK(made["content"].string_or("none").empty());
    CHECK(made["extra"]["synthesized"].bool_or(false));
    CHECK(made["subagent_trajectory_ref"].at(0)["trajectory_id"].string_or() ==
          document["subagent_trajectories"].at(0)["trajectory_id"].string_or());
    const json::Value& gone = document["steps"].at(1)["observation"]["results"].at(0);
    CHECK(gone["subagent_trajectory_ref"].at(0)["trajectory_path"].string_or() == "gone.trajectory.json");
}

TEST_CASE("atif: version 1.6 has files for sub-agents and keeps extras on the step") {
    formats::ExportOptions options;
    options.format_version = "1.6";
    const auto result = exported("atif", testing::worked_record(), options);
    REQUIRE(result.documents.size() == 2);
    CHECK(result.documents[1].first == "demo-session-01.agent-7f3c");
    const json::Value main = result.line(0);
    CHECK(main["schema_version"].string_or() == "ATIF-v1.6");
    CHECK(main["trajectory_id"].is_null());
    const json::Value& reference =
        main["steps"].at(3)["observation"]["results"].at(0)["subagent_trajectory_ref"].at(0);
    CHECK(reference["trajectory_path"].string_or() == "demo-session-01.agent-7f3c.trajectory.json");
    CHECK(reference["session_id"].string_or() == result.line(1)["session_id"].string_or());
    const json::Value& step = main["steps"].at(2);
    CHECK(step["tool_calls"].at(0)["extra"].is_null());
    CHECK(step["llm_call_count"].is_null());
    CHECK(step["extra"]["opentraces"]["call_extra"]["toolu_01"]["duration_ms"].integer() == 12);
    CHECK(step["extra"]["opentraces"]["result_extra"]["1"]["error"].string_or() == "exit_code:1");
}

TEST_CASE("atif: totals of the record stand in where steps have none") {
    Builder builder;
    builder.agent("a");
    builder.record.metrics.total_input_tokens = 7;
    builder.record.metrics.total_output_tokens = 3;
    const json::Value totals = atif(builder.record)["final_metrics"];
    CHECK(totals["total_prompt_tokens"].integer() == 7);
    CHECK(totals["total_completion_tokens"].integer() == 3);
    CHECK(totals["total_cached_tokens"].is_null());
    CHECK(totals["total_steps"].integer() == 1);
}

TEST_CASE("atif: an unknown version is refused") {
    CHECK_THROWS_AS(atif(Builder().user("x").record, "2.0"), Error);
}
