#include "opentraces/shard/stats.hpp"

#include <algorithm>
#include <limits>
#include <random>

#include "catch.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/store/store.hpp"
#include "opentraces/trace/codec.hpp"
#include "records.hpp"
#include "shard/wire_reader.hpp"

using namespace opentraces;
using namespace opentraces::shard;
using namespace opentraces::shard::testing;

namespace {

std::string text_of(const DatasetStats& stats) {
    return json::to_compact(to_value(stats));
}

DatasetStats stats_of(std::string_view text) {
    return stats_from_value(json::parse(text), "statistics");
}

// Marks have a text of their own.
DatasetStats without_marks(DatasetStats stats) {
    stats.marks = {};
    return stats;
}

}  // namespace

TEST_CASE("statistics count what the records say") {
    trace::TraceRecord record;
    record.agent = {"codex", {}, "openai/gpt"};
    record.timestamp_start = "2026-01-31T23:30:00-05:00";
    record.timestamp_end = "2026-01-31T20:00:00Z";
    record.steps.resize(2);
    record.steps[0].tool_calls.resize(3);
    record.steps[1].token_usage.cache_read_tokens = 40;
    record.metrics.total_input_tokens = 5;
    record.metrics.total_output_tokens = -2;
    record.metrics.estimated_cost_usd = 0.1;
    record.outcome.success = true;
    record.security.redactions_applied = 7;
    DatasetStats stats;
    stats.add(record);
    CHECK(stats.traces == 1);
    CHECK(stats.steps == 2);
    CHECK(stats.tool_calls == 3);
    CHECK(stats.input_tokens == 5);
    CHECK(stats.output_tokens == -2);
    CHECK(stats.cache_read_tokens == 40);
    CHECK(stats.cost == 100'000'000);
    CHECK(stats.successes == 1);
    CHECK(stats.redactions == 7);
    CHECK(stats.traces_redacted == 1);
    CHECK(stats.traces_scanned == 0);
    CHECK(stats.models == std::map<std::string, std::int64_t>{{"openai/gpt", 1}});
    // The earliest as text is the latest in time.
    CHECK(stats.first_ms == parse_iso8601("2026-01-31T20:00:00Z")->time_since_epoch().count());
    CHECK(stats.last_ms == parse_iso8601("2026-02-01T04:30:00Z")->time_since_epoch().count());
    record.metrics.total_steps = 9;
    stats.add(record);
    CHECK(stats.steps == 11);
    CHECK(stats.cost == 200'000'000);
}

TEST_CASE("numbers that are no measurements are left out and counted") {
    trace::TraceRecord record;
    record.metrics.total_input_tokens = trace::Integer::from_decimal("10000000000000000000000");
    record.metrics.total_output_tokens = -k_max_count - 1;
    record.metrics.estimated_cost_usd = std::numeric_limits<double>::quiet_NaN();
    DatasetStats stats;
    stats.add(record);
    CHECK(stats.implausible == 3);
    CHECK(stats.input_tokens == 0);
    CHECK(stats.traces_with_cost == 0);
}

TEST_CASE("statistics are the same in any order and grouping, to the bit") {
    RandomRecords random(7);
    std::vector<trace::TraceRecord> records;
    for (int i = 0; i < 300; ++i)
        records.push_back(random.next());
    DatasetStats expected;
    for (const auto& record : records)
        expected.add(record);
    std::mt19937_64 engine(7);
    for (int round = 0; round < 30; ++round) {
        std::shuffle(records.begin(), records.end(), engine);
        std::vector<DatasetStats> groups(1 + engine() % 9);
        for (const auto& record : records)
            groups[engine() % groups.size()].add(record);
        DatasetStats total;
        for (const DatasetStats& group : groups)
            total.merge(group);
        REQUIRE(total == expected);
        REQUIRE(text_of(total) == text_of(expected));
    }
    CHECK(stats_of(text_of(expected)) == without_marks(expected));
}

TEST_CASE("statistics text that is not exactly statistics is refused") {
    const std::string good = text_of(DatasetStats{});
    CHECK(stats_of(good) == DatasetStats{});
    const auto damaged = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    for (const std::string& text :
         {std::string("[]"), damaged("\"traces\":0", "\"traces\":0.5"),
          damaged("\"traces\":0", "\"tracks\":0"), damaged("\"models\":{}", "\"models\":{\"a\":\"b\"}"),
          damaged("\"models\":{}", "\"models\":[]"), damaged("\"first_ms\":null", "\"first_ms\":1"),
          damaged("\"last_ms\":null", "\"last_ms\":null,\"more\":1")}) {
        CAPTURE(text);
        CHECK_THROWS_AS(stats_of(text), Error);
    }
}

TEST_CASE("statistics that no records add up to are refused, and sums stop at their limit") {
    DatasetStats most;
    most.traces = 3;
    most.steps = -k_max_sum;
    most.input_tokens = k_max_sum;
    most.successes = 3;
    most.languages["c"] = k_max_sum;
    most.first_ms = -62'167'219'200'000;
    most.last_ms = 253'402'300'799'999;
    CHECK(stats_of(text_of(most)) == most);
    DatasetStats twice = most;
    twice.merge(most);
    twice.merge(most);
    CHECK(twice.input_tokens == k_max_sum);
    CHECK(twice.steps == -k_max_sum);
    CHECK(twice.languages["c"] == k_max_sum);
    const auto refused = [&](const auto& change) {
        DatasetStats stats = most;
        change(stats);
        CHECK_THROWS_AS(stats_of(text_of(stats)), Error);
    };
    refused([](DatasetStats& stats) { stats.output_tokens = k_max_sum + 1; });
    refused([](DatasetStats& stats) { stats.cost = std::numeric_limits<std::int64_t>::min(); });
    refused([](DatasetStats& stats) { stats.successes = 4; });
    refused([](DatasetStats& stats) { stats.traces_scanned = -1; });
    refused([](DatasetStats& stats) { stats.traces = -1; });
    refused([](DatasetStats& stats) { stats.languages["c"] = -1; });
    refused([](DatasetStats& stats) { stats.first_ms = std::numeric_limits<std::int64_t>::min(); });
    refused([](DatasetStats& stats) { stats.last_ms = std::numeric_limits<std::int64_t>::max(); });
    refused([](DatasetStats& stats) { stats.last_ms = *stats.first_ms - 1; });
}

TEST_CASE("what two sessions share counts once") {
    trace::TraceRecord record;
    record.agent.name = "claude-code";
    record.metrics.total_input_tokens = 100;
    record.metrics.total_output_tokens = 10;
    record.metrics.estimated_cost_usd = 1.0;
    record.steps.resize(1);
    record.steps[0].token_usage.cache_read_tokens = 1000;
    DatasetStats alone;
    alone.add(record);
    record.metadata.set("opentraces_copied",
                        json::parse(R"({"sessions":["s"],"replies":3,"input_tokens":60,"output_tokens":99,)"
                                    R"("cache_read_tokens":400,"cache_write_tokens":0,"cost_usd":0.25})"));
    const RecordFacts facts = facts_of(record);
    CHECK(facts.copied_replies == 3);
    CHECK(facts.input_tokens == 40);
    CHECK(facts.output_tokens == 0);  // never less than nothing
    CHECK(facts.cache_read_tokens == 600);
    CHECK(facts.cost_usd == 0.75);
    DatasetStats stats;
    stats.add(record);
    CHECK(stats.traces_with_copies == 1);
    stats.merge(stats);
    CHECK(stats.traces_with_copies == 2);
    CHECK(stats_of(text_of(stats)) == without_marks(stats));
    // Datasets without any are written as they were before.
    CHECK(text_of(alone).find("traces_with_copies") == std::string::npos);
    CHECK(stats_of(text_of(alone)) == without_marks(alone));
}

TEST_CASE("what records say of their own numbers is added up, and what is not known stays unknown") {
    trace::TraceRecord record;
    record.agent.name = "claude-code";
    record.metrics.estimated_cost_usd = 1.0;
    record.metadata = *json::parse(R"({"opentraces_cost":{"lower_bound":true},"opentraces_active_s":2.25,)"
                                   R"("opentraces_truncated":{"observations":3}})")
                           .if_object();
    DatasetStats stats;
    stats.add(record);
    CHECK(stats.marks == MarkStats{1, 1, 2250, 1, 1, 3});
    // Without a cost there is none that could be a bound; a part of a copy's time is another session's.
    record.metrics.estimated_cost_usd.reset();
    record.metadata.set("opentraces_copied", json::parse(R"({"replies":1})"));
    stats.add(record);
    CHECK(stats.marks == MarkStats{2, 1, 2250, 1, 2, 6});
    // An index from before they were counted.
    DatasetStats old = stats;
    old.marks = {};
    stats.merge(old);
    CHECK(stats.traces == 4);
    CHECK(stats.marks == MarkStats{2, 1, 2250, 1, 2, 6});
    CHECK(text_of(stats).find("lower_bound") == std::string::npos);
}

TEST_CASE("marks text that no records add up to is refused; a later version may say more") {
    const MarkStats marks{3, 1, 2250, 3, 1, 6};
    const std::string good = json::to_compact(to_value(marks));
    const auto read = [](const std::string& text) { return marks_from_value(json::parse(text), 3, "index"); };
    CHECK(read(good) == marks);
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    CHECK(read(changed("{", "{\"later\":1,")) == marks);
    for (const std::string& text :
         {std::string("[]"), changed("\"active_ms\":2250", "\"active_ms\":-1"),
          changed("\"active_ms\":2250,", ""), changed("\"texts_cut\":6", "\"texts_cut\":0.5"),
          changed("\"costs_lower_bound\":1", "\"costs_lower_bound\":4"),
          changed("\"texts_cut\":6", "\"texts_cut\":4000000000000000001")}) {
        CAPTURE(text);
        CHECK_THROWS_AS(read(text), Error);
    }
}

TEST_CASE("cached tokens that are known of a session alone count, and with those of its steps once") {
    trace::TraceRecord record;
    record.agent.name = "continue";
    record.steps.resize(1);
    record.metadata.set("opentraces_usage", "session");
    record.metadata.set("model_usage",
                        json::parse(R"({"m":{"cacheReadInputTokens":40,"cacheCreationInputTokens":2}})"));
    CHECK(facts_of(record).cache_read_tokens == 40);
    CHECK(facts_of(record).cache_write_tokens == 2);
    record.steps[0].token_usage.cache_read_tokens = 30;
    CHECK(facts_of(record).cache_read_tokens == 40);
    CHECK(store::cache_tokens_of(record).read == 40);
    WireRecord wire;
    REQUIRE(read_wire_record(trace::encode(record), wire));
    CHECK(wire.facts == facts_of(record));
}

TEST_CASE("traces whose logs have no tokens are counted as such, in an index only where there are some") {
    trace::TraceRecord record;
    record.agent.name = "grok";
    record.steps.resize(1);
    record.metadata.set("opentraces_usage", "none");
    CHECK(facts_of(record).usage_is_unknown);
    WireRecord wire;
    REQUIRE(read_wire_record(trace::encode(record), wire));
    CHECK(wire.facts == facts_of(record));
    DatasetStats stats;
    stats.add(record);
    // A count says otherwise.
    record.metrics.total_output_tokens = 7;
    CHECK_FALSE(facts_of(record).usage_is_unknown);
    stats.add(record);
    CHECK(stats.marks.traces_without_usage == 1);
    CHECK(stats.output_tokens == 7);
    stats.merge(stats);
    CHECK(stats.marks.traces_without_usage == 2);
    const std::string text = json::to_compact(to_value(stats.marks));
    CHECK(text.find("\"traces_without_usage\":2") != std::string::npos);
    CHECK(marks_from_value(json::parse(text), stats.traces, "index") == stats.marks);
    CHECK_THROWS_AS(marks_from_value(json::parse(text), 1, "index"), Error);
    stats.marks.traces_without_usage = 0;
    CHECK(json::to_compact(to_value(stats.marks)).find("usage") == std::string::npos);
}
