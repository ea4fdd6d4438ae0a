#include "opentraces/enrich/enrich.hpp"

#include "catch.hpp"

namespace {

using namespace opentraces;
using enrich::FileChange;
using enrich::Hunk;
using enrich::murmur3_32;

struct Session {
    trace::TraceRecord record;
    enrich::Evidence evidence;
};

Session session_with(std::vector<trace::Step> steps) {
    Session session;
    session.record.trace_id = "T";
    session.record.steps = std::move(steps);
    session.evidence.working_directory = "/home/me/app";
    return session;
}

trace::Step shell_step(const std::string& command, const std::string& output = {}) {
    trace::Step step;
    trace::ToolCall call;
    call.tool_call_id = "t";
    call.tool_name = "Bash";
    call.input.set("command", command);
    step.tool_calls.push_back(call);
    trace::Observation observation;
    observation.source_call_id = "t";
    observation.content = output;
    step.observations.push_back(observation);
    return step;
}

trace::Step file_step(const std::string& path, const std::string& language, const std::string& text) {
    trace::Step step;
    trace::Snippet snippet;
    snippet.file_path = path;
    snippet.language = language;
    snippet.text = text;
    step.snippets.push_back(snippet);
    return step;
}

TEST_CASE("a commit does not mean success", "[enrich]") {
    auto session = session_with({shell_step("git commit -m x", "[main abc1234] x")});
    enrich::complete(session.record, session.evidence);
    CHECK(session.record.outcome.committed);
    CHECK(session.record.outcome.description == "x");
    CHECK_FALSE(session.record.outcome.success);
}

TEST_CASE("installed packages", "[enrich]") {
    const auto names = [](const std::string& command) {
        return enrich::dependencies_of({shell_step(command)});
    };
    using Names = std::vector<std::string>;
    CHECK(names("npm install x && npm test | tail") == Names{});
    CHECK(names("npm install --save-dev @scope/name@1.2 lodash@^4 ./local && npm test") ==
          Names{"@scope/name", "lodash"});
    CHECK(names("pip install -r requirements.txt 'httpx>=0.2' uvicorn[standard] .") ==
          Names{"httpx", "uvicorn"});
    CHECK(names("python3 -m pip install --upgrade rich 2>&1 | tail -1") == Names{"rich"});
    CHECK(names("npm install\nnpm test") == Names{});
    CHECK(names("go get github.com/a/b@v1.2.3; cargo add serde --features derive") ==
          Names{"github.com/a/b", "serde"});
}

TEST_CASE("imported packages", "[enrich]") {
    const auto names = [](const std::string& language, const std::string& text) {
        return enrich::dependencies_of({file_step("/home/me/app/mymod/file", language, text)});
    };
    using Names = std::vector<std::string>;
    CHECK(names("python",
                "import os, numpy as np\nfrom rich.console import Console\nfrom . import a\nimport mymod\n"
                "from PIL import Image\n# import nothing\n") == Names{"PIL", "numpy", "rich"});
    CHECK(names("typescript",
                "import React from 'react';\nimport '@scope/x/style.css';\nimport { a } from './a';\n"
                "const fs = require('node:fs'), q = require('lodash/fp');\n} from 'zod';\n") ==
          Names{"@scope/x", "lodash", "react", "zod"});
    CHECK(names("go", "import (\n\t\"fmt\"\n\tx \"github.com/a/b/c\"\n)\n") == Names{"github.com/a/b"});
    CHECK(names("rust", "use serde::Serialize;\nuse std::fs;\nuse crate::a;\npub use tokio::net;\n") ==
          Names{"serde", "tokio"});
    CHECK(names("markdown", "import the file\n") == Names{});
}

TEST_CASE("languages from paths and programs", "[enrich]") {
    trace::Step edit;
    trace::ToolCall call;
    call.tool_name = "Edit";
    call.input.set("file_path", "/a/b.tsx");
    edit.tool_calls.push_back(call);
    CHECK(enrich::languages_of({edit, shell_step("cd x && cargo test; echo 'go on with python'")}) ==
          std::vector<std::string>{"rust", "typescript"});
}

TEST_CASE("cost: cache writes by duration, unknown models are not free", "[enrich]") {
    enrich::ModelUsage usage{
        "anthropic/claude-sonnet-4-5", 1, 1'000'000, 100'000, 2'000'000, 300'000, 100'000};
    CHECK(*enrich::cost_of({usage}) == Approx(3 + 1.5 + 0.6 + 0.2 * 3.75 + 0.1 * 6));
    CHECK_FALSE(enrich::cost_of({usage, {"glm-4.7", 1, 10, 10}}));
    CHECK_FALSE(enrich::cost_of({}));
    CHECK(enrich::price_of("claude-opus-4-5-20251101")->input == 5);
    CHECK(enrich::price_of("claude-opus-4-20250514")->input == 15);
    CHECK(enrich::price_of("claude-opus-4-1")->input == 15);
    CHECK(enrich::price_of("claude-3-5-haiku-20241022")->output == 4);
    CHECK_FALSE(enrich::price_of("gpt-4o"));
    CHECK_FALSE(enrich::price_of("claude-next"));
}

TEST_CASE("metrics", "[enrich]") {
    auto session = session_with({shell_step("ls"), shell_step("ls")});
    session.record.steps[0].timestamp = "2026-01-01T00:00:10.500Z";
    session.record.steps[1].timestamp = "2026-01-01T00:00:00Z";
    session.evidence.usage = {{"anthropic/claude-sonnet-4-5", 2, 1, 0, 2, 0, 0}};
    enrich::complete(session.record, session.evidence);
    CHECK(session.record.metrics.total_duration_s == 10.5);
    CHECK(session.record.metrics.cache_hit_rate == 0.6667);
    CHECK(session.record.metrics.estimated_cost_usd == 0.000004);
    session.evidence.actual_cost_usd = 0.25;
    enrich::complete(session.record, session.evidence);
    CHECK(session.record.metrics.estimated_cost_usd == 0.25);
}

TEST_CASE("MurmurHash3 x86 32-bit", "[enrich]") {
    CHECK(murmur3_32("") == 0);
    CHECK(murmur3_32("", 1) == 0x514E28B7U);
    CHECK(murmur3_32("test") == 0xba6bd213U);
    CHECK(murmur3_32("Hello, world!") == 0xc0363e43U);
    CHECK(murmur3_32("The quick brown fox jumps over the lazy dog") == 0x2e4ff723U);
}

FileChange change(std::int64_t step, std::vector<Hunk> hunks) {
    FileChange one;
    one.path = "/home/me/app/a.txt";
    one.step_index = step;
    one.hunks = std::move(hunks);
    return one;
}

std::vector<std::string> ranges(const trace::Attribution& attribution) {
    std::vector<std::string> list;
    for (const auto& conversation : attribution.files.at(0).conversations) {
        for (const auto& range : conversation.ranges)
            list.push_back(*conversation.url + " " + range.start_line.text() + "-" + range.end_line.text());
    }
    return list;
}

TEST_CASE("attributed ranges describe the final file", "[enrich]") {
    auto session = session_with(std::vector<trace::Step>(3));
    FileChange created = change(1, {{0, 0, 1, 4, {"+a", "+b", "+c", "+d"}}});
    created.created = created.whole_file = true;
    // Two lines go in at the top, then line b (now 4) is replaced.
    session.evidence.changes = {created, change(2, {{1, 1, 1, 3, {"+x", "+y", " a"}}}),
                                change(3, {{3, 3, 3, 3, {" a", "-b", "+B", " c"}}})};
    const auto attribution = enrich::attribution_of(session.record, session.evidence);
    REQUIRE(attribution);
    CHECK(attribution->files.at(0).path == "a.txt");
    CHECK(ranges(*attribution) ==
          std::vector<std::string>{"opentraces://T/step_1 3-3", "opentraces://T/step_1 5-6",
                                   "opentraces://T/step_2 1-2", "opentraces://T/step_3 4-4"});
    CHECK(attribution->files[0].conversations[2].ranges[0].confidence == trace::RangeConfidence::Medium);
}

TEST_CASE("edits without known places are not given line numbers", "[enrich]") {
    auto session = session_with(std::vector<trace::Step>(1));
    FileChange guess = change(1, {{0, 0, 1, 1, {"+a"}}});
    guess.exact = false;
    session.evidence.changes = {guess};
    CHECK_FALSE(enrich::attribution_of(session.record, session.evidence));
    CHECK(enrich::patch_of(session.evidence).empty());
}

TEST_CASE("the patch is the session's own changes in order", "[enrich]") {
    auto session = session_with(std::vector<trace::Step>(1));
    FileChange created = change(1, {{0, 0, 1, 1, {"+a"}}});
    created.created = created.whole_file = true;
    session.evidence.changes = {created, change(1, {{1, 1, 1, 2, {" a", "+b"}}})};
    CHECK(enrich::patch_of(session.evidence) ==
          "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+a\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1,2 @@\n a\n+b\n");
    CHECK(enrich::project_path("/elsewhere/a.txt", "/home/me/app") == "/elsewhere/a.txt");
    CHECK(enrich::project_path("D:\\app\\src\\a.txt", "D:\\app") == "src/a.txt");
}

}  // namespace
