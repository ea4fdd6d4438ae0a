#include "opentraces/enrich/enrich.hpp"

#include <tuple>

#include "catch.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/enrich/usage_tally.hpp"
#include "opentraces/json/reader.hpp"

namespace {

using namespace opentraces;
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
        return enrich::dependencies_of(session_with({shell_step(command)}).record);
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
        return enrich::dependencies_of(
            session_with({file_step("/home/me/app/mymod/file", language, text)}).record);
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

TEST_CASE("what the project calls its own is no dependency", "[enrich]") {
    auto session = session_with(
        {file_step("/home/me/app/go.mod", "", "module example.org/app\n\ngo 1.21\n"),
         file_step("/home/me/app/web/package.json", "json", "{\n  \"name\": \"@acme/web\"\n}"),
         file_step("/home/me/app/web/tsconfig.json", "json", "{\"paths\": {\"@ui/*\": [\"./ui/*\"]}}"),
         shell_step("go test ./...", "ok  \tentire.io/cli/cmd/entire\t0.1s"),
         file_step("/home/me/app/x.ts", "typescript",
                   "import a from '@acme/core';\nimport b from '@ui/button';\nimport c from 'zod';\n"),
         file_step("/home/me/app/x.go", "go",
                   "import "
                   "(\n\t\"example.org/app/a\"\n\t\"github.com/me/app/b\"\n\t\"entire.io/cli/cmd/"
                   "x\"\n\t\"github.com/a/b\"\n)\n")});
    session.record.task.repository = "me/app";
    CHECK(enrich::dependencies_of(session.record) == std::vector<std::string>{"github.com/a/b", "zod"});
}

TEST_CASE("languages are those of files that were read or changed, not of programs", "[enrich]") {
    trace::Step edit;
    for (const auto& [tool, key, path] :
         {std::tuple{"Edit", "file_path", "/a/b.tsx"}, std::tuple{"Grep", "path", "/a/b.rb"}}) {
        trace::ToolCall& call = edit.tool_calls.emplace_back();
        call.tool_name = tool;
        call.input.set(key, path);
        edit.observations.emplace_back();
    }
    auto session = session_with(
        {edit, shell_step("cd x && cargo test; node a.js; head -5 lib/a.ex; cat > b.py <<'EOF'\nx\nEOF")});
    enrich::complete(session.record, session.evidence);
    CHECK(session.record.environment.language_ecosystem ==
          std::vector<std::string>{"elixir", "python", "typescript"});
}

TEST_CASE("cost: cache writes by duration, long contexts, unknown models are not free", "[enrich]") {
    const enrich::PriceTable& prices = enrich::PriceTable::standard();
    const enrich::ModelUsage usage{
        "anthropic/claude-sonnet-4-5", 1, 1'000'000, 100'000, 2'000'000, 300'000, 100'000};
    CHECK(*prices.cost_of({usage}) == Approx(3 + 1.5 + 0.6 + 0.2 * 3.75 + 0.1 * 6));
    CHECK_FALSE(prices.cost_of({usage, {"no-such-model", 1, 10, 10}}));
    CHECK_FALSE(prices.cost_of({}));
    CHECK(prices.date() == "2026-11-26");
    const auto input_of = [&](const char* model) {
        return prices.find(model) == nullptr ? -1 : prices.find(model)->price.input;
    };
    CHECK(input_of("claude-opus-4-5-20251101") == 5);
    CHECK(input_of("claude-opus-4-20250514") == 15);
    CHECK(input_of("claude-opus-4-1") == 15);
    CHECK(input_of("claude-opus-4.5") == 5);
    CHECK(input_of("us.anthropic.claude-sonnet-4-5-20250929-v1:0") == 3);
    CHECK(input_of("anthropic/claude-opus-5[1m]") == 5);
    CHECK(prices.find("claude-3-5-haiku-20241022")->price.output == 4);
    CHECK(prices.find("deepseek-v4-flash")->provider == "deepseek");
    CHECK(prices.find("dashscope/deepseek-v4-flash")->provider == "dashscope");
    CHECK(input_of("claude-next") == -1);
    CHECK(input_of("") == -1);
    // 0.1 below 100k tokens of input, 0.5 above.
    std::vector<enrich::ModelUsage> sums;
    enrich::UsageTally tally(sums);
    tally.add({"claude-haiku-5-5", 1, 90'000, 0, 20'000, 0, 0});
    tally.add({"claude-haiku-5-5", 1, 90'000, 0, 0, 0, 0});
    CHECK(*prices.cost_of(sums) == Approx(0.09 * 0.5 + 0.02 * 0.05 + 0.09 * 0.1));
}

TEST_CASE("cost: a table of one's own goes over the standard one", "[enrich]") {
    const auto own = enrich::PriceTable::over_standard(
        "# Date: 2027-01-01\nmodel\tinput\toutput\nclaude-next\t7\t8\nclaude-opus-5\t1\t2\n", "own.tsv");
    CHECK(own.find("anthropic/claude-next")->price.input == 7);
    CHECK(own.find("claude-opus-5")->price.output == 2);
    CHECK(own.find("claude-opus-4-5")->price.input == 5);
    CHECK(own.date() == "2027-01-01");
    auto session = session_with({shell_step("ls")});
    session.evidence.usage = {{"claude-opus-5", 1, 1'000'000, 0, 0, 0, 0}};
    session.evidence.tokens_are_lower_bound = true;
    enrich::complete(session.record, session.evidence);
    CHECK(session.record.metrics.estimated_cost_usd == 5);
    CHECK((*session.record.metadata.find("opentraces_cost"))["lower_bound"].bool_or(false));
    CHECK((*session.record.metadata.find("opentraces_cost"))["source"].string_or() == "prices of 2026-11-26");
    session.evidence.prices = &own;
    enrich::price(session.record, session.evidence);
    CHECK(session.record.metrics.estimated_cost_usd == 1);
    const auto source = [&] {
        return std::string((*session.record.metadata.find("opentraces_cost"))["source"].string_or());
    };
    CHECK(source() == "prices of pricing_file, 2027-01-01");
    session.evidence.usage.push_back({"claude-opus-4-5", 1, 1'000'000, 0, 0, 0, 0});
    session.evidence.usage.push_back({"claude-next", 1, 0, 0, 0, 0, 0});
    enrich::price(session.record, session.evidence);
    CHECK(session.record.metrics.estimated_cost_usd == 6);
    CHECK(source() == "prices of pricing_file, 2027-01-01; prices of 2026-11-26");
    session.evidence.usage.erase(session.evidence.usage.begin());
    enrich::price(session.record, session.evidence);
    CHECK(source() == "prices of 2026-11-26");
}

TEST_CASE("cost: what sessions share is priced by the same table", "[enrich]") {
    auto session = session_with({shell_step("ls")});
    session.evidence.usage = {{"claude-opus-5", 2, 2'000'000, 0, 0, 0, 0}};
    session.evidence.copied = {{"claude-opus-5", 1, 1'000'000, 0, 0, 0, 0}};
    session.record.metadata.set("opentraces_copied", json::parse(R"({"replies":1})"));
    const auto copied = [&] {
        return (*session.record.metadata.find("opentraces_copied"))["cost_usd"].if_number()->as_double();
    };
    enrich::complete(session.record, session.evidence);
    CHECK(copied() == 5);
    const auto own =
        enrich::PriceTable::over_standard("model\tinput\toutput\nclaude-opus-5\t1\t2\n", "own.tsv");
    session.evidence.prices = &own;
    enrich::price(session.record, session.evidence);
    CHECK(copied() == 1);
    CHECK(session.record.metrics.estimated_cost_usd == 2);
}

TEST_CASE("cost: an own price holds for every date and variant of its model, and for its vendor alone",
          "[enrich]") {
    const auto own = enrich::PriceTable::over_standard(
        "provider\tmodel\tinput\toutput\n"
        "\tclaude-opus-4-5\t1\t2\n"
        "dashscope\tdeepseek-v4-flash\t3\t4\n",
        "own.tsv");
    for (const char* model : {"claude-opus-4-5-20251101", "anthropic/claude-opus-4-5[1m]", "claude-opus-4.5"})
        CHECK(own.find(model)->price.input == 1);
    CHECK(own.find("dashscope/deepseek-v4-flash")->price.input == 3);
    CHECK(own.find("deepseek-v4-flash")->price.input == 3);
    CHECK(own.find("deepseek/deepseek-v4-flash")->price.input ==
          enrich::PriceTable::standard().find("deepseek/deepseek-v4-flash")->price.input);
}

TEST_CASE("cost: a table of one's own may have other tiers than the standard one", "[enrich]") {
    std::vector<enrich::ModelUsage> sums;
    enrich::UsageTally tally(sums);
    tally.add({"claude-haiku-5-5", 1, 50'000, 0, 0, 0, 0});
    tally.add({"claude-haiku-5-5", 1, 50'001, 0, 0, 0, 0});
    tally.add({"claude-haiku-5-5", 1, 100'000, 0, 0, 0, 0});
    const std::string names = "model\tinput\toutput\ttier_above_k_input_tokens\ttier_input\n";
    const auto cost = [&](const std::string& row) {
        return *enrich::PriceTable::over_standard(names + row, "own.tsv").cost_of(sums);
    };
    CHECK(cost("claude-haiku-5-5\t1\t1\t50\t10\n") == Approx(0.05 + 1.50001));
    CHECK(cost("claude-haiku-5-5\t1\t1\t51\t10\n") == Approx(0.100001 + 1));
    CHECK(cost("claude-haiku-5-5\t1\t1\t\t10\n") == Approx(0.200001));
}

TEST_CASE("cost: what is no table of prices is refused with its line, and without what it says", "[enrich]") {
    const auto refusal = [](const std::string& text) {
        try {
            enrich::PriceTable::over_standard(text, "own.tsv");
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::ConfigInvalid);
            CHECK(error.message().find("s3cret") == std::string::npos);
            CHECK(std::string(error.hint()).find("s3cret") == std::string::npos);
            return error.message();
        }
        return std::string("taken");
    };
    const std::string names = "model\tinput\toutput\ttier_above_k_input_tokens\n";
    CHECK(refusal("") == "own.tsv:1: there is no line with the names of the columns");
    CHECK(refusal("# only\n\n").starts_with("own.tsv:2: there is no line"));
    CHECK(refusal("s3cret=1\n")
              .starts_with("own.tsv:1: column 1 has another name than these: provider, model"));
    CHECK(refusal("model\tinput\n") == "own.tsv:1: there is no column output");
    CHECK(refusal("model\tinput\tinput\toutput\n") == "own.tsv:1: there are several columns input");
    CHECK(refusal("# Date: s3cret\n" + names) == "own.tsv:1: behind Date: there is no date (YYYY-MM-DD)");
    CHECK(refusal("# Date: 2026-02-30\n" + names).starts_with("own.tsv:1: behind Date:"));
    CHECK(refusal(names + "x\ts3cret\t2\n") == "own.tsv:2: input is no number from 0 to 1000000");
    for (const char* price : {"-1", "nan", "inf", "1e7", "1,5", "0x1", "1 2"})
        CHECK(refusal(names + "x\t1\t" + price + "\n") == "own.tsv:2: output is no number from 0 to 1000000");
    CHECK(refusal(names + "x\t1\n") == "own.tsv:2: input and output need a price");
    CHECK(refusal(names + "\n\t1\t2\n") == "own.tsv:3: there is no model");
    CHECK(refusal(names + "x\t1\t2\t0.5\n") == "own.tsv:2: tier_above_k_input_tokens is no whole number");
    CHECK(refusal(names + "x\t1\t2\t\ts3cret\n") == "own.tsv:2: there are more values than columns");
    CHECK(refusal(names + "x\t1\t2\nX\t1\t2\n") ==
          "own.tsv:3: this model of this provider was in a line before");
    CHECK(refusal(names + "x\t0\t1e6\t200\r\n") == "taken");
}

TEST_CASE("active time leaves out the person's pauses and long gaps", "[enrich]") {
    auto session = session_with(std::vector<trace::Step>(5));
    const char* times[] = {"2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z", "2026-01-01T00:01:00Z",
                           "2026-01-01T05:00:00Z", "2026-01-01T05:00:05Z"};
    for (std::size_t at = 0; at < 5; ++at) {
        session.record.steps[at].timestamp = times[at];
        session.record.steps[at].role = at == 0 || at == 3 ? trace::Role::User : trace::Role::Agent;
    }
    trace::ToolCall& call = session.record.steps[2].tool_calls.emplace_back();
    call.duration_ms = 20'000;
    session.record.steps[2].observations.emplace_back();
    CHECK(enrich::active_seconds_of(session.record.steps) == 85.0);  // 10 + 50 + 20 + 5
    call.tool_name = "AskUserQuestion";
    CHECK(enrich::active_seconds_of(session.record.steps) == 65.0);
    session.record.steps[1].timestamp = "2026-01-01T00:00:10Z";
    session.record.steps[3].role = trace::Role::Agent;  // a gap of five hours
    CHECK(enrich::active_seconds_of(session.record.steps) == 65.0);
    CHECK_FALSE(enrich::active_seconds_of({}));
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

}  // namespace
