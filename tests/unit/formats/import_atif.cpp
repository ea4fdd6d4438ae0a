// Trajectories of other programs as records, and back.
#include <filesystem>
#include <set>

#include "exported.hpp"
#include "imported.hpp"
#include "where.hpp"

using namespace opentraces;
using testing::imported;
using testing::read_row;
using testing::read_value;

namespace {

const std::string k_samples = opentraces::testing::source_folder() + "/tests/fixtures/export/atif";

std::string sample(const std::string& name) {
    return testing::read_file(k_samples + "/" + name + ".trajectory.json");
}

// Every text and number of a value.
void collect(const json::Value& value, std::multiset<std::string>& leaves) {
    if (const json::Object* const object = value.if_object()) {
        for (const auto& [key, inner] : *object)
            collect(inner, leaves);
    } else if (const json::Array* const array = value.if_array()) {
        for (const json::Value& inner : *array)
            collect(inner, leaves);
    } else if (!value.is_null()) {
        leaves.insert(json::to_compact(value));
    }
}

const json::Value& extra_of(const trace::TraceRecord& record) {
    const json::Value* const extra = record.metadata.find("atif");
    REQUIRE(extra != nullptr);
    return *extra;
}

std::string trajectory(const std::string& members) {
    return R"({"schema_version":"ATIF-v1.7","session_id":"s","agent":{"name":"a","version":"1"},)" + members +
           "}";
}

std::string reason_of(const std::string& members) {
    const auto row = read_row("atif", trajectory(members));
    CHECK_FALSE(row.record.has_value());
    return row.reason;
}

}  // namespace

TEST_CASE("import atif: samples of other programs come in and go out again without loss") {
    int samples = 0;
    for (const auto& entry : std::filesystem::directory_iterator(k_samples)) {
        INFO(entry.path().filename().string());
        const json::Value original = testing::parsed(testing::read_file(entry.path()));
        const auto row = read_value("atif", original);
        REQUIRE(row.record.has_value());
        CHECK_FALSE(row.whole);
        const auto document = testing::exported("atif", *row.record);
        REQUIRE(document.converted.fate == formats::Fate::Written);
        const json::Value written = document.line();
        // Steps are where they were, with what ATIF's own fields said.
        REQUIRE(written["steps"].if_array()->size() == original["steps"].if_array()->size());
        for (std::size_t i = 0; i < original["steps"].if_array()->size(); ++i) {
            INFO("step " << i);
            const json::Value& before = original["steps"].at(i);
            const json::Value& after = written["steps"].at(i);
            for (const char* key : {"source", "message", "model_name", "reasoning_content"})
                CHECK(after[key] == before[key]);
            for (const char* key : {"prompt_tokens", "completion_tokens"})
                CHECK(after["metrics"][key] == before["metrics"][key]);
            for (std::size_t c = 0; !before["tool_calls"].at(c).is_null(); ++c) {
                for (const char* key : {"tool_call_id", "function_name", "arguments"})
                    CHECK(after["tool_calls"].at(c)[key] == before["tool_calls"].at(c)[key]);
            }
        }
        // Everything else is somewhere.
        std::multiset<std::string> wanted;
        std::multiset<std::string> there;
        collect(original, wanted);
        collect(written, there);
        for (const std::string& leaf : wanted) {
            if (there.count(leaf) > 0) continue;
            // A time may have another spelling.
            INFO(leaf);
            CHECK(leaf.size() > 11);
            CHECK(leaf.substr(5, 1) == "-");
        }
        // And what was imported once is not changed by another turn.
        const auto again = read_value("atif", written);
        REQUIRE(again.record.has_value());
        CHECK(trace::canonical_text(*again.record) == trace::canonical_text(*row.record));
        ++samples;
    }
    CHECK(samples == 11);
}

TEST_CASE("import atif: steps, calls, results and tokens of a foreign trajectory") {
    const trace::TraceRecord record = imported("atif", sample("nemo-exmp01"));
    CHECK(record.session_id == "root-001");
    REQUIRE(record.steps.size() == 5);
    CHECK(record.steps[0].role == trace::Role::User);
    CHECK(record.task.description == record.steps[0].content);
    CHECK(record.timestamp_start == record.steps.front().timestamp);
    CHECK(record.timestamp_end == record.steps.back().timestamp);
    CHECK(extra_of(record)["schema_version"].string_or() == "ATIF-v1.7");
    CHECK_FALSE(extra_of(record)["steps"]["2"]["extra"].is_null());
}

TEST_CASE("import atif: prompt tokens include the cache, a record's input does not") {
    const auto usage = [](const std::string& metrics) {
        return imported("atif",
                        trajectory(R"("steps":[{"step_id":1,"source":"agent","message":"","metrics":)" +
                                   metrics + "}]"))
            .steps.front()
            .token_usage;
    };
    const auto cached = usage(
        R"({"prompt_tokens":100,"completion_tokens":7,"cached_tokens":60,"extra":{"cache_creation_input_tokens":30}})");
    CHECK(cached.input_tokens.value() == 10);
    CHECK(cached.cache_read_tokens.value() == 60);
    CHECK(cached.cache_write_tokens.value() == 30);
    CHECK(cached.output_tokens.value() == 7);
    CHECK(usage(R"({"prompt_tokens":5,"cached_tokens":60})").input_tokens.value() == 5);
    CHECK(usage(R"({"prompt_tokens":5})").input_tokens.value() == 5);
}

TEST_CASE("import atif: embedded sub-agents follow the step that started them") {
    const trace::TraceRecord record = imported(
        "atif",
        trajectory(
            R"("steps":[{"step_id":1,"source":"agent","message":"go","tool_calls":[{"tool_call_id":"c","function_name":"Task","arguments":{}}],
            "observation":{"results":[{"source_call_id":"c","content":"done","subagent_trajectory_ref":[{"trajectory_id":"t"}]}]}},
            {"step_id":2,"source":"agent","message":"end"}],
            "subagent_trajectories":[
              {"trajectory_id":"t","agent":{"name":"helper","version":"2","model_name":"m"},"notes":"n",
               "steps":[{"step_id":1,"source":"user","message":"sub"},{"step_id":2,"source":"agent","message":"subbed"}]},
              {"trajectory_id":"lost","agent":{"name":"other","version":"2"},"steps":[{"step_id":1,"source":"user","message":"alone"}]}])"));
    REQUIRE(record.steps.size() == 5);
    CHECK(record.steps[0].subagent_trajectory_ref == "t");
    CHECK(record.steps[1].content == "sub");
    CHECK(record.steps[1].parent_step == trace::Integer(1));
    CHECK(record.steps[1].call_type == trace::CallType::Subagent);
    CHECK(record.steps[2].agent_role == "helper");
    CHECK(record.steps[3].content == "end");
    CHECK_FALSE(record.steps[3].parent_step.has_value());
    CHECK(record.steps[4].content == "alone");
    CHECK(record.steps[4].call_type == trace::CallType::Subagent);
    CHECK(extra_of(record)["subagents"]["t"]["notes"].string_or() == "n");
}

TEST_CASE("import atif: content parts become text, and stay whole beside it") {
    const trace::TraceRecord record = imported(
        "atif", trajectory(
                    R"("steps":[{"step_id":1,"source":"user","message":[{"type":"text","text":"look"},
            {"type":"image","source":{"media_type":"image/png","path":"a.png"}}]}])"));
    CHECK(record.steps[0].content == "look\n[image: a.png]");
    CHECK(extra_of(record)["steps"]["1"]["message"].at(1)["source"]["path"].string_or() == "a.png");
}

TEST_CASE("import atif: identity, and versions") {
    const auto session = [](const std::string& head) {
        return imported(
                   "atif",
                   R"({)" + head +
                       R"("agent":{"name":"a","version":"1"},"steps":[{"step_id":1,"source":"user","message":"x"}]})")
            .session_id;
    };
    CHECK(session(R"("session_id":"s",)") == "s");
    CHECK(session(R"("session_id":"s","trajectory_id":"t",)") == "s/t");
    CHECK(session(R"("trajectory_id":"t",)") == "t");
    CHECK(session("") == "file:0");
    for (const char* version : {"1.0", "1.4", "1.8"})
        CHECK(session(R"("schema_version":"ATIF-v)" + std::string(version) + R"(","session_id":"s",)") ==
              "s");
    CHECK(read_row("atif", R"({"schema_version":"ATIF-v2.0"})").reason ==
          "schema_version: not an ATIF version from 1.0 to 1.8");
}

TEST_CASE("import atif: what is broken is named by its place") {
    CHECK(reason_of(R"("steps":{})") == "steps: is not a list");
    CHECK(reason_of(R"("notes":"x")") == "steps: is missing");
    CHECK(reason_of(R"("steps":[])") == "the trajectory has no steps");
    CHECK(read_row("atif", trajectory(R"("steps":[])")).verdict == formats::RowVerdict::Skipped);
    CHECK(reason_of(R"("steps":[1])") == "steps.0: is not an object");
    CHECK(reason_of(R"("steps":[{"source":"robot","message":"x"}])") ==
          "steps.0.source: is not system, user or agent");
    CHECK(reason_of(R"("steps":[{"source":"user","message":5}])") ==
          "steps.0.message: is neither text nor a list of parts");
    CHECK(reason_of(R"("steps":[{"source":"agent","tool_calls":[{"function_name":"f"}]}])") ==
          "steps.0.tool_calls.0.tool_call_id: is missing");
    CHECK(reason_of(R"("steps":[{"source":"agent","metrics":{"prompt_tokens":"many"}}])") ==
          "steps.0.metrics.prompt_tokens: is not a whole number");
    CHECK(reason_of(R"("extra":{"opentraces":{"outcome":{"success":"perhaps"}}},"steps":[])")
              .rfind("extra.opentraces.outcome.success", 0) == 0);
    CHECK(read_row("atif", "[]").reason == "the row: is not an object");
}
