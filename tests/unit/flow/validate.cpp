#include "opentraces/flow/validate.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;

namespace {

struct Report {
    std::vector<flow::LineVerdict> lines;
    flow::ValidateSummary summary;
};

Report validate(std::string text, std::size_t max_line = json::k_default_max_line) {
    json::ByteSource source = [text = std::move(text), at = std::size_t{0}](char* buffer,
                                                                            std::size_t size) mutable {
        const std::size_t count = std::min({size, text.size() - at, std::size_t{11}});
        text.copy(buffer, count, at);
        at += count;
        return count;
    };
    Report report;
    report.summary = flow::validate_lines(
        std::move(source), [&](const flow::LineVerdict& verdict) { report.lines.push_back(verdict); },
        max_line);
    return report;
}

std::string line_with(const std::string& more) {
    return R"({"trace_id":"a","session_id":"b","agent":{"name":"x"})" + more + "}";
}

std::vector<std::string> warnings_of(const std::string& more) {
    const Report report = validate(line_with(more));
    REQUIRE(report.lines.size() == 1);
    CHECK(report.lines[0].ok);
    return report.lines[0].warnings;
}

std::string error_of(const std::string& line) {
    const Report report = validate(line);
    REQUIRE(report.lines.size() == 1);
    CHECK_FALSE(report.lines[0].ok);
    REQUIRE(report.lines[0].errors.size() == 1);
    return report.lines[0].errors[0];
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("validate counts good, bad and blank lines and keeps their numbers") {
    const Report report = validate(line_with("") + "\r\n\n   \nnot json\n" + line_with(R"(,"zzz":1)"));
    CHECK(report.summary.lines == 3);
    CHECK(report.summary.ok == 2);
    CHECK(report.summary.failed == 1);
    CHECK(report.summary.blank == 2);
    REQUIRE(report.lines.size() == 3);
    CHECK(report.lines[0].line == 1);
    CHECK(report.lines[0].trace_id == "a");
    CHECK(report.lines[0].content_hash == trace::content_hash(*trace::decode(line_with("")).record).str());
    CHECK(report.lines[0].warnings.empty());
    CHECK(report.lines[1].line == 4);
    CHECK(report.lines[1].trace_id.empty());
    CHECK(report.lines[1].content_hash.empty());
    CHECK(report.lines[2].line == 5);
    CHECK(report.lines[2].warnings == Texts{"unknown_key: zzz"});
}

TEST_CASE("validate names the reason of each failure without quoting the line") {
    CHECK(error_of("secret words").rfind("json_invalid: ", 0) == 0);
    CHECK(error_of("secret words").find("secret") == std::string::npos);
    CHECK(error_of("{\"a\":\"\xFF\"}").rfind("invalid_utf8: ", 0) == 0);
    CHECK(error_of(R"({"trace_id":"a"})") == "missing: session_id");
    CHECK(error_of(line_with(R"(,"steps":[{"step_index":0,"role":"assistant"}])")) ==
          "literal_error: steps.0.role");
    CHECK(error_of("[]") == "model_type: model_type");
    const Report report = validate(std::string(200, 'x') + "\n" + line_with(""), 100);
    REQUIRE(report.lines.size() == 2);
    CHECK(report.lines[0].errors == Texts{"line_too_long: 200 bytes"});
    CHECK(report.lines[1].ok);
}

TEST_CASE("validate refuses records of a later schema than it can read, also when they do not fit ours") {
    CHECK(error_of(line_with(R"(,"schema_version":"0.10.0")")) == "newer_schema: schema_version");
    CHECK(error_of(line_with(R"(,"schema_version":"1.0","execution_context":"dreamtime")")) ==
          "newer_schema: schema_version");
    CHECK(warnings_of(R"(,"schema_version":"0.1.1")").empty());
}

TEST_CASE("validate reads records of schema 0.3 to 0.9 and counts what it does not know") {
    const std::string later =
        R"(,"schema_version":"0.9.0","lifecycle":"final","task":{"repository_url":"u"},"content_hash":")" +
        std::string(64, 'a') + "\"";
    CHECK(warnings_of(later) == Texts{"newer_schema: schema_version", "unknown_key: lifecycle",
                                      "unknown_key: task.repository_url"});
}

TEST_CASE("validate warns about what the schema lets pass") {
    CHECK(warnings_of(R"(,"content_hash":"0000")") == Texts{"stale_content_hash: content_hash"});
    CHECK(warnings_of(R"(,"metadata":{"a":[1,NaN]},"outcome":{"reward":1e999})") ==
          Texts{"non_finite_number: outcome.reward", "non_finite_number: metadata.a.1"});
    CHECK(warnings_of(R"(,"steps":[{"step_index":1,"role":"user"},{"step_index":1,"role":"user"}])") ==
          Texts{"duplicate_step_index: steps.1.step_index"});
    CHECK(warnings_of(R"(,"steps":[{"step_index":1,"role":"agent","parent_step":7,"system_prompt_hash":"h",)"
                      R"("observations":[{"source_call_id":"c"}]}])") ==
          Texts{"dangling_parent_step: steps.0.parent_step",
                "dangling_system_prompt_hash: steps.0.system_prompt_hash",
                "dangling_source_call_id: steps.0.observations.0.source_call_id"});
    CHECK(warnings_of(
              R"(,"steps":[{"step_index":1,"role":"agent","token_usage":{"input_tokens":-1}}],)"
              R"("metrics":{"total_steps":-123456789012345678901234567890,"estimated_cost_usd":-0.5})") ==
          Texts{"negative_count: steps.0.token_usage.input_tokens", "negative_count: metrics.total_steps",
                "negative_count: metrics.estimated_cost_usd"});
    CHECK(warnings_of(R"(,"timestamp_start":"yesterday","timestamp_end":"2026-01-31T23:59:59+02:00",)"
                      R"("steps":[{"step_index":1,"role":"user","timestamp":""}])") ==
          Texts{"bad_timestamp: timestamp_start", "bad_timestamp: steps.0.timestamp"});
}

TEST_CASE("validate is content with references that hold and with the hash it computes") {
    const std::string line = trace::encode(
        *trace::decode(
             line_with(
                 R"(,"system_prompts":{"h":"p"},"steps":[{"step_index":1,"role":"agent","system_prompt_hash":"h",)"
                 R"("tool_calls":[{"tool_call_id":"c","tool_name":"t"}],"observations":[{"source_call_id":"c"}]},)"
                 R"({"step_index":2,"role":"agent","parent_step":1}])"))
             .record);
    const Report report = validate(line);
    REQUIRE(report.lines.size() == 1);
    CHECK(report.lines[0].warnings.empty());
}

TEST_CASE("validate keeps a bounded number of warnings") {
    std::string more;
    for (int i = 0; i < 150; ++i)
        more += ",\"k" + std::to_string(i) + "\":0";
    const Texts warnings = warnings_of(more);
    CHECK(warnings.size() == flow::k_max_warnings + 1);
    CHECK(warnings.back() == "more: 50 further warnings");
}
