// The pipeline of a whole record.
#include "opentraces/security/scrub.hpp"
#include "catch.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/trace/codec.hpp"
#include "security/rules/pattern.hpp"

#include <algorithm>
#include <string>

using namespace opentraces;
using namespace opentraces::security;
using Catch::Matchers::Contains;

namespace {

std::string github_token() {
    return expand_sample("ghp_{}{w36}");
}

trace::Step agent_step(std::string content) {
    trace::Step step;
    step.role = trace::Role::Agent;
    step.content = std::move(content);
    return step;
}

trace::Observation observation(std::string content) {
    trace::Observation result;
    result.source_call_id = "toolu_01AbCdEfGhJkMnPqRsTuVwXy";
    result.content = std::move(content);
    return result;
}

trace::TraceRecord record_with(trace::Step step) {
    trace::TraceRecord record;
    record.trace_id = "6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5f";
    record.session_id = "b0a1c2d3-1111-4222-8333-444455556666";
    record.agent.name = "claude-code";
    record.steps.push_back(std::move(step));
    return record;
}

std::string scrubbed_line(trace::TraceRecord record, const ScrubOptions& options = {}) {
    return trace::encode(scrub(std::move(record), options).record());
}

}  // namespace

TEST_CASE("a token is removed from every place of a record") {
    const std::string token = github_token();
    trace::Step step = agent_step("use " + token);
    step.reasoning_content = "the token " + token;
    trace::Observation result = observation("TOKEN=" + token);
    result.output_summary = token;
    result.error = "failed with " + token;
    step.observations.push_back(result);
    trace::ToolCall call;
    call.tool_call_id = result.source_call_id;
    call.tool_name = "MultiEdit";
    call.input = *json::Value(json::Object()).if_object();
    json::Object edit;
    edit.append("new_string", token);
    edit.append(token, 1);
    call.input.append("edits", json::Array{json::Value(edit)});
    step.tool_calls.push_back(call);
    trace::Snippet snippet;
    snippet.file_path = "/tmp/" + token;
    snippet.text = token;
    step.snippets.push_back(snippet);
    trace::TraceRecord record = record_with(step);
    record.environment.vcs.diff = "+key = \"" + token + "\"";
    record.environment.vcs.branch = token;
    record.outcome.description = token;
    record.outcome.patch = token;
    record.task.description = token;
    record.dependencies = {token};
    record.metadata.append("nested", json::Object());
    record.metadata.find("nested")->if_object()->append("error", "x " + token);
    record.tool_definitions.emplace_back();
    record.tool_definitions.back().append("description", token);
    record.system_prompts.emplace_back("hash", token);

    const ScrubbedTrace scrubbed = scrub(record, {});
    const std::string line = trace::encode(scrubbed.record());
    CHECK(line.find(token.substr(4, 20)) == std::string::npos);
    CHECK(scrubbed.redactions() >= 17);
    CHECK(scrubbed.needs_review());
    CHECK(scrubbed.counts().at("github_token") >= 17);
    CHECK(scrubbed.record().security.scanned);
    CHECK(scrubbed.record().security.redactions_applied.value() ==
          static_cast<std::int64_t>(scrubbed.redactions()));
    CHECK(scrubbed.record().steps[0].tool_calls[0].tool_call_id == result.source_call_id);
    CHECK(residual_findings(line).empty());
    for (const Finding& finding : scrubbed.findings())
        CHECK(finding.field.find(token) == std::string::npos);
}

TEST_CASE("a secret found by its name is removed where it stands alone") {
    const std::string secret = expand_sample("x9Kp{}2mQ4");
    const std::string alone = "the value was " + secret;
    REQUIRE(scan_text(alone).empty());  // no rule sees it there
    trace::Step step = agent_step(alone);
    step.observations.push_back(observation("$ cat .env\nMY_SECRET=" + secret + "\n"));
    const std::string line = scrubbed_line(record_with(step));
    CHECK(line.find(secret) == std::string::npos);
    CHECK_THAT(line, Contains("the value was [REDACTED]"));
}

TEST_CASE("a record in which something critical is left is refused, by rule and field") {
    // A text of the user's own that is in the id which every replaced id becomes.
    trace::TraceRecord record = record_with(agent_step("hello"));
    record.session_id = "case redacted- nine";
    ScrubOptions options;
    options.custom_strings = {"redacted-"};
    try {
        scrub(record, options);
        FAIL("it was not refused");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::SecretsFound);
        CHECK(error.exit_status() == 8);
        CHECK_THAT(error.message(), Contains("custom_string") && Contains("session_id"));
        CHECK(error.message().find("redacted-") == std::string::npos);
    }
}

TEST_CASE("the key of a free-form member names its value") {
    const std::string secret = expand_sample("{}x9Kp{}2mQ4");
    trace::ToolCall call;
    call.tool_call_id = "call_1";
    call.tool_name = "mcp__db__connect";
    call.input.append("password", secret);
    json::Object variable;
    variable.append("name", "DB_PASSWORD");
    variable.append("value", secret + "b");
    call.input.append("env", json::Array{json::Value(variable)});
    trace::Step step = agent_step("");
    step.tool_calls.push_back(call);
    const std::string line = scrubbed_line(record_with(step));
    CHECK(line.find(secret) == std::string::npos);
    CHECK(residual_findings(line).empty());
    const std::string raw = trace::encode(record_with(step));
    CHECK(residual_findings(raw).size() == 2);
}

TEST_CASE("scrubbing twice changes nothing") {
    trace::Step step =
        agent_step("mail jane.doe@" + std::string("corp.com") + " /home/alice/x and " + github_token());
    step.observations.push_back(observation(std::string(30'000, 'a') + " " + github_token()));
    trace::Snippet snippet;
    snippet.file_path = "/Users/bob/p.py";
    snippet.text = std::string(6'000, 'b');
    step.snippets.push_back(snippet);
    ScrubOptions options;
    options.pseudonym_key = "key";
    const ScrubbedTrace once = scrub(record_with(step), options);
    const ScrubbedTrace twice = scrub(once.record(), options);
    CHECK(trace::encode(once.record()) == trace::encode(twice.record()));
    CHECK(twice.redactions() == 0);
    CHECK(once.record().metadata.find("opentraces_truncated") != nullptr);
    CHECK((*once.record().metadata.find("opentraces_truncated"))["observations"].integer() == 1);
}

TEST_CASE("limits cut after redaction, never through a marker, and say so") {
    const std::string token = github_token();
    trace::Step step = agent_step("");
    // The token begins before the limit and ends behind it.
    step.observations.push_back(observation(std::string(9'990, '-') + " " + token + std::string(50, '-')));
    const ScrubbedTrace scrubbed = scrub(record_with(step), {});
    const std::string& content = *scrubbed.record().steps[0].observations[0].content;
    CHECK(content.find(token.substr(0, 8)) == std::string::npos);
    CHECK_THAT(content, Catch::Matchers::EndsWith(" more characters]"));
    CHECK(code_points(*scrubbed.record().steps[0].observations[0].output_summary) == 203);

    trace::TraceRecord record = record_with(agent_step(""));
    record.task.description = std::string(700, 'x');
    CHECK(scrub(record, {}).record().task.description ==
          std::string(500, 'x') + "\n[... 200 more characters]");
    ScrubOptions whole;
    whole.limits.observation = 0;
    CHECK(scrub(record_with(step), whole).record().steps[0].observations[0].content->size() > 10'000);
}

TEST_CASE("custom strings never survive") {
    ScrubOptions options;
    options.custom_strings = {"Project Nightingale"};
    trace::Step step = agent_step("about Project Nightingale and project nightingale");
    trace::TraceRecord record = record_with(step);
    record.environment.vcs.branch = "x/Project Nightingale";
    const std::string line = scrubbed_line(record, options);
    CHECK(line.find("Project Nightingale") == std::string::npos);
    CHECK_THAT(line, Contains("project nightingale"));
    CHECK(residual_findings(line, options).empty());
}

TEST_CASE("ids that link data stay") {
    trace::TraceRecord record = record_with(agent_step("session_token=b0a1c2d3-1111-4222-8333-444455556666"));
    const ScrubbedTrace scrubbed = scrub(record, {});
    CHECK(scrubbed.record().session_id == record.session_id);
    CHECK(scrubbed.record().trace_id == record.trace_id);
}

TEST_CASE("an id that holds a secret becomes another id, the same everywhere") {
    const std::string id = "call_" + github_token();
    trace::Step step = agent_step("");
    trace::ToolCall call;
    call.tool_call_id = id;
    call.tool_name = "Bash";
    step.tool_calls.push_back(call);
    step.observations.push_back(observation("ok"));
    step.observations[0].source_call_id = id;
    const ScrubbedTrace scrubbed = scrub(record_with(step), {});
    CHECK(scrubbed.record().steps[0].tool_calls[0].tool_call_id != id);
    CHECK(scrubbed.record().steps[0].tool_calls[0].tool_call_id ==
          scrubbed.record().steps[0].observations[0].source_call_id);
}

TEST_CASE("a quiet record needs no review") {
    const ScrubbedTrace scrubbed = scrub(record_with(agent_step("fixed the parser in src/a.cpp")), {});
    CHECK_FALSE(scrubbed.needs_review());
    CHECK(scrubbed.redactions() == 0);
}

TEST_CASE("flags are for people to look at, and never redacted") {
    const std::string text =
        "deploy to db1.internal:5432, account arn:aws:iam::" + std::string("123456") + "789012:role/x";
    const ScrubbedTrace scrubbed = scrub(record_with(agent_step(text)), {});
    CHECK(scrubbed.record().steps[0].content == text);
    CHECK(scrubbed.counts().count("internal_hostname") == 1);
    CHECK(scrubbed.counts().count("aws_account_id") == 1);
    CHECK(scrubbed.needs_review());
    CHECK(scrubbed.redactions() == 0);
    for (const Finding& finding : scrubbed.findings())
        CHECK_FALSE(finding.redacted);
}
