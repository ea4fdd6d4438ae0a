// Tokens and cost of captured sessions.
#include <filesystem>
#include <limits>

#include "catch.hpp"
#include "doubles/trace_bench.hpp"
#include "doubles/written_database.hpp"
#include "golden.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;
using testing::BufferTerminal;

namespace {

trace::TraceRecord record_with(const std::string& session, std::int64_t input, std::int64_t cache_read,
                               std::int64_t cache_write) {
    trace::TraceRecord record = testing::sample_record(session);
    record.metrics.total_input_tokens = input;
    record.steps[0].token_usage.cache_read_tokens = cache_read;
    record.steps[1].token_usage.cache_read_tokens = 1;
    record.steps[1].token_usage.cache_write_tokens = cache_write;
    return record;
}

class UsageBench : public testing::TraceBench {
public:
    UsageBench() {
        stage_record(record_with("alpha", 100, 7000, 300));
        trace::TraceRecord late = record_with("bravo", 20, 10, 0);
        late.timestamp_end = "2026-01-01T23:30:00Z";
        late.metrics.estimated_cost_usd = 0.1;
        stage_record(std::move(late));
        trace::TraceRecord free = record_with("carol", 3, 0, 0);
        free.agent.name = "codex";
        free.agent.model.reset();
        free.metrics.estimated_cost_usd.reset();
        stage_record(std::move(free));
    }

    json::Value usage(std::vector<std::string> words) {
        words.insert(words.begin(), "usage");
        words.push_back("--json");
        return run(words).json();
    }
};

using Inputs = std::map<std::string, std::int64_t>;

// -1: unknown.
Inputs inputs(const json::Value& answer) {
    Inputs found;
    for (const json::Value& group : *answer["groups"].if_array())
        found[std::string(group["name"].string_or())] = group["input_tokens"].integer().value_or(-1);
    return found;
}

}  // namespace

TEST_CASE("usage: sums are exact, and what is not known is counted and adds nothing") {
    UsageBench bench;
    const json::Value answer = bench.usage({});
    const json::Value& total = answer["totals"];
    CHECK(total["trace_count"].integer() == 3);
    CHECK(total["input_tokens"].integer() == 123);
    CHECK(total["output_tokens"].integer() == 3 * 340);
    CHECK(total["cache_read_tokens"].integer() == 7013);
    CHECK(total["cache_write_tokens"].integer() == 300);
    CHECK(json::to_compact(total["cost_usd"]) == "0.35");
    CHECK(total["unknown_costs"].integer() == 1);
    CHECK(inputs(answer) == Inputs{{"2026-01-01", 123}});
    const json::Value codex = bench.usage({"--agent", "codex"});
    CHECK(codex["totals"]["cost_usd"].is_null());
}

TEST_CASE("usage: by model, agent, project, and by the days of the clock on the wall") {
    UsageBench bench;
    CHECK(inputs(bench.usage({"--by", "model"})) ==
          Inputs{{"anthropic/claude-sonnet-4", 120}, {"(unknown)", 3}});
    CHECK(inputs(bench.usage({"--by", "agent"})) == Inputs{{"claude-code", 120}, {"codex", 3}});
    CHECK(inputs(bench.usage({"--by", "project", "--everywhere"})) == Inputs{{bench.project(), 123}});
    BufferTerminal terminal({}, true);
    terminal.before_utc = std::chrono::hours(2);
    testing::check_golden("usage/80.txt", bench.run_at(terminal, {"usage"}).out);
}

TEST_CASE("usage: a cost of many small parts has no noise of binary fractions") {
    testing::TraceBench bench;
    for (int i = 0; i < 10; ++i)
        bench.stage({.session = "s" + std::to_string(i), .cost = 0.1});
    CHECK(json::to_compact(bench.run({"usage", "--json"}).json()["totals"]["cost_usd"]) == "1.0");
}

TEST_CASE("usage: a cost that is a lower bound is called one, alone and in every sum") {
    UsageBench bench;
    trace::TraceRecord open = record_with("dora", 1, 0, 0);
    open.agent.name = "opencode";
    open.metadata.set("opentraces_cost",
                      json::parse(R"({"source":"prices of 2026-01-01","lower_bound":true})"));
    bench.stage_record(std::move(open));
    const json::Value answer = bench.usage({"--by", "agent"});
    CHECK(answer["totals"]["lower_bound_costs"].integer() == 1);
    for (const json::Value& group : *answer["groups"].if_array())
        CHECK(group["lower_bound_costs"].integer() == (group["name"].string_or() == "opencode" ? 1 : 0));
    const std::string text = bench.run({"usage", "--by", "agent"}).out;
    CHECK(text.find("≥ $0.60 + 1 unknown\n") != std::string::npos);
    CHECK(text.find("≥ $0.25\n") != std::string::npos);
    CHECK(text.find("  $0.35\n") != std::string::npos);
    // Rows of an older opentraces do not know it, and the trace is read once.
    testing::WrittenDatabase(bench.project() + "/.opentraces/store.db")
        .execute("UPDATE traces SET cost_is_lower_bound = NULL");
    CHECK(bench.usage({})["totals"]["lower_bound_costs"].integer() == 1);
    for (const auto& entry : std::filesystem::directory_iterator(bench.project() + "/.opentraces/traces"))
        std::filesystem::resize_file(entry.path(), 0);
    const auto again = bench.run({"usage", "--json"});
    CHECK(again.json()["totals"]["lower_bound_costs"].integer() == 1);
    CHECK(again.err.empty());
}

TEST_CASE("usage: a session that went on counts once") {
    UsageBench bench;
    REQUIRE(bench.run({"commit", "alpha"}).exit == 0);
    REQUIRE(bench.run({"push"}).exit == 0);
    trace::TraceRecord grown = record_with("alpha", 150, 9000, 300);
    grown.timestamp_end = "2026-01-01T12:00:00Z";
    bench.stage_record(std::move(grown));
    CHECK(bench.run({"list", "--json"}).json()["total"].integer() == 4);
    CHECK(bench.usage({})["totals"]["trace_count"].integer() == 3);
    CHECK(bench.usage({})["totals"]["input_tokens"].integer() == 173);
    CHECK(bench.usage({"--stage", "pushed"})["totals"]["input_tokens"].integer() == 100);
}

TEST_CASE("usage: numbers beyond all bounds stay at the bound") {
    testing::TraceBench bench;
    constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
    bench.stage_record(record_with("x", k_most, k_most, k_most));
    bench.stage_record(record_with("y", k_most, 1, 1));
    const json::Value total = bench.run({"usage", "--json"}).json()["totals"];
    CHECK(total["input_tokens"].integer() == k_most);
    CHECK(total["cache_read_tokens"].integer() == k_most);
}

TEST_CASE("usage: what an older opentraces has not counted is read once, and then known") {
    UsageBench bench;
    testing::WrittenDatabase(bench.project() + "/.opentraces/store.db")
        .execute("UPDATE traces SET cache_read_tokens = NULL, cache_write_tokens = NULL");
    CHECK(bench.usage({})["totals"]["cache_read_tokens"].integer() == 7013);
    // Nobody opens a trace any more.
    for (const auto& entry : std::filesystem::directory_iterator(bench.project() + "/.opentraces/traces"))
        std::filesystem::resize_file(entry.path(), 0);
    const auto again = bench.run({"usage", "--json"});
    CHECK(again.json()["totals"]["cache_read_tokens"].integer() == 7013);
    CHECK(again.err.empty());
}

TEST_CASE("usage: tokens that a log does not have are unknown, alone and beside others") {
    testing::TraceBench bench;
    trace::TraceRecord silent = record_with("silent", 0, 0, 0);
    silent.agent.name = "grok";
    silent.metadata.set("opentraces_usage", "none");
    silent.metrics = {};
    for (trace::Step& step : silent.steps)
        step.token_usage = {};
    bench.stage_record(std::move(silent));
    const auto usage = [&] { return bench.run({"usage", "--by", "agent", "--json"}).json(); };
    const json::Value alone = usage()["totals"];
    for (const char* tokens :
         {"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd"})
        CHECK(alone[tokens].is_null());
    CHECK(alone["unknown_tokens"].integer() == 1);
    const json::Value row = bench.run({"list", "--json"}).json()["traces"].at(0);
    for (const char* tokens :
         {"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd"})
        CHECK(row[tokens].is_null());
    CHECK(bench.run({"show", bench.id("silent")}).out.find("Tokens    unknown: ") != std::string::npos);

    bench.stage_record(record_with("alpha", 100, 7000, 300));
    CHECK(inputs(usage()) == Inputs{{"claude-code", 100}, {"grok", -1}});
    CHECK(usage()["totals"]["input_tokens"].integer() == 100);
    const std::string text = bench.run({"usage", "--by", "agent"}).out;
    CHECK(text.ends_with("Tokens are of 1 of 2 traces; the log of the other has no counts.\n"));
    // Rows of an older opentraces do not know it, and the trace is read once.
    testing::WrittenDatabase(bench.project() + "/.opentraces/store.db")
        .execute("UPDATE traces SET usage_is_unknown = NULL");
    CHECK(bench.run({"list", "--json", "silent"}).json()["traces"].at(0)["input_tokens"].integer() == 0);
    CHECK(usage()["totals"]["unknown_tokens"].integer() == 1);
    CHECK(bench.run({"list", "--json", "silent"}).json()["traces"].at(0)["input_tokens"].is_null());
}
