// Records against raw sessions, and the report that tells of it.
#include "opentraces/quality/preservation.hpp"
#include "catch.hpp"
#include "opentraces/quality/report.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;

namespace {

quality::RawSession raw_session() {
    quality::RawSession raw;
    raw.add_line(R"({"type":"user","timestamp":"t","message":{"content":"Fix it"}})");
    raw.add_line("not JSON");
    raw.add_line("");
    raw.add_line(
        R"({"type":"assistant","timestamp":"t","message":{"model":"m","usage":{"input_tokens":3},"content":[{"type":"thinking","thinking":"hm"},{"type":"tool_use","name":"Task"}]}})");
    raw.add_line(
        R"({"type":"user","message":{"content":[{"type":"tool_result","content":[{"type":"text","text":"done"}]}]}})");
    raw.add_line(R"({"type":"queue-operation","content":"{\"model\":\"n\",\"system\":null}"})");
    return raw;
}

}  // namespace

TEST_CASE("A raw session is counted line by line") {
    const quality::RawSession raw = raw_session();
    CHECK(raw.total_lines == 6);
    CHECK(raw.corrupted_lines == 1);
    CHECK(raw.timestamps == 2);
    CHECK(raw.user_messages == 2);
    CHECK(raw.assistant_messages == 1);
    CHECK(raw.usage_entries == 1);
    CHECK(raw.tool_uses == 1);
    CHECK(raw.subagent_calls == 1);
    CHECK(raw.tool_results == 1);
    CHECK(raw.thinking_with_content == 1);
    CHECK(raw.content_characters == 10);
    CHECK(raw.system_prompts == 1);
    CHECK(raw.models == std::set<std::string>{"m", "n"});
}

TEST_CASE("What the record has lost is named") {
    trace::TraceRecord record =
        trace::decode(
            R"({"trace_id":"a","session_id":"b","agent":{"name":"x"},"steps":[{"step_index":1,"role":"user","content":"Fix it","timestamp":"t"},{"step_index":2,"role":"agent","tool_calls":[{"tool_call_id":"c","tool_name":"Task"}]}]})")
            .record.value();
    const quality::Preservation preservation = quality::preservation_of(record, raw_session());
    REQUIRE(preservation.losses.size() == 4);
    CHECK(preservation.losses[0].signal == "thinking");
    CHECK(preservation.losses[3].signal == "token_usage");
    // (2/3 + 1 + 0 + 0 + 0 + 0.3 + 0) / 5.5
    CHECK(preservation.overall == 0.3576);
}

TEST_CASE("Text from traces cannot break the report") {
    quality::Assessment assessment;
    for (const quality::Persona persona : quality::k_personas)
        assessment.of(persona).persona = persona;
    assessment.trace_id = "abc";
    assessment.task_description = "a | b\n# c";
    quality::MarkdownReport report;
    report.add(assessment);
    quality::Batch batch;
    batch.add(trace::TraceRecord{}, assessment);
    const std::string text = report.finish(batch);
    CHECK(text.find("| abc... | a \\| b # c |") != std::string::npos);
    CHECK(text.find("## Schema Completeness Audit") != std::string::npos);
    CHECK(text.find("\n# c") == std::string::npos);
}
