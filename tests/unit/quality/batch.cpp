// Sums of scores: merging in any order, files, gate, summary.
#include <algorithm>
#include <random>
#include <vector>

#include "catch.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/quality/gate.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;
using quality::Batch;
using quality::Persona;

namespace {

trace::TraceRecord varied_record(int number) {
    trace::TraceRecord record;
    record.trace_id = "00000000-0000-4000-8000-" + std::to_string(100000000000 + number);
    record.session_id = "s" + std::to_string(number);
    record.agent.name = "claude-code";
    record.task.description = number % 3 == 0 ? "Same task " + std::to_string(number)
                                              : std::string("Task ") + static_cast<char>('a' + number % 26);
    for (int i = 0; i < number % 7; ++i) {
        trace::Step step;
        step.step_index = i;
        step.role = i % 2 == 0 ? trace::Role::User : trace::Role::Agent;
        if (i % 3 != 0) step.content = "text";
        if (number % 2 == 0) step.model = "m";
        if (number % 5 == 0) step.token_usage.input_tokens = 4;
        record.steps.push_back(step);
    }
    if (number % 4 == 0) record.outcome.committed = true;
    return record;
}

Batch batch_of(int from, int to, quality::Rubric rubric = quality::Rubric::Compatible) {
    quality::AssessOptions options;
    options.rubric = rubric;
    Batch batch(rubric);
    for (int i = from; i < to; ++i) {
        const trace::TraceRecord record = varied_record(i);
        batch.add(record, quality::assess(record, options));
        if (i % 10 == 0)
            batch.add_broken(
                {.source = "file", .line = static_cast<std::size_t>(i), .words = "json_invalid"});
    }
    return batch;
}

std::string text_of(const Batch& batch) {
    return json::to_compact(json::Value(batch.to_object()));
}

}  // namespace

TEST_CASE("Batches merge to the same in any order and grouping") {
    for (const auto rubric : {quality::Rubric::Compatible, quality::Rubric::Strict}) {
        const Batch whole = batch_of(0, 1500, rubric);
        std::vector<Batch> parts;
        for (int from = 0; from < 1500; from += 125)
            parts.push_back(batch_of(from, from + 125, rubric));
        std::mt19937 random(7);
        for (int round = 0; round < 5; ++round) {
            std::shuffle(parts.begin(), parts.end(), random);
            Batch left(rubric);
            Batch right(rubric);
            for (std::size_t i = 0; i < parts.size(); ++i)
                (i % 2 == 0 ? left : right).merge(parts[i]);
            right.merge(left);
            CHECK(text_of(right) == text_of(whole));
            CHECK(right == whole);
        }
    }
}

TEST_CASE("A batch survives being written and read") {
    Batch batch = batch_of(0, 300, quality::Rubric::Strict);
    batch.set_judge("haiku");
    const Batch again = Batch::from_object(json::parse(text_of(batch)), "a file");
    CHECK(again == batch);
    const Batch compact =
        Batch::from_object(json::parse(json::to_compact(json::Value(batch.to_compact_object()))), "an index");
    const auto thresholds = quality::default_thresholds();
    CHECK(quality::summarise(compact, thresholds, TimePoint{}).personas ==
          quality::summarise(batch, thresholds, TimePoint{}).personas);
}

TEST_CASE("What is no batch is refused") {
    for (const char* text : {"[]", "{}", R"({"format":"opentraces-scores","version":2})",
                             R"({"format":"opentraces-scores","version":1,"rubric":"0.2","traces":-1})"})
        CHECK_THROWS_AS(Batch::from_object(json::parse(text), "a file"), Error);
    Batch strict(quality::Rubric::Strict);
    CHECK_THROWS_AS(strict.merge(Batch()), Error);
}

TEST_CASE("The gate names averages and traces, lowest first") {
    const Batch batch = batch_of(0, 40);
    const std::vector<std::string> failures =
        quality::gate_failures(batch, quality::default_thresholds(), Persona::Analytics);
    REQUIRE(failures.size() > 2);
    CHECK(failures[0].starts_with("analytics average "));
    CHECK(failures[0].ends_with("% below 70.0% minimum"));
    CHECK(failures[1].starts_with("Trace 00000000 analytics "));
    CHECK(failures[1].ends_with("% below 60.0% minimum"));
    CHECK(quality::gate_failures(
              batch, quality::thresholds_from_json(R"({"analytics":{"individual":null,"average":0}})"),
              Persona::Analytics)
              .empty());
}

TEST_CASE("Thresholds are checked") {
    for (const char* text : {"[]", "{", R"({"trainin":{}})", R"({"training":{"average":101}})",
                             R"({"training":{"mean":1}})", R"({"training":3})", R"({"preservation":"x"})"})
        CHECK_THROWS_AS(quality::thresholds_from_json(text), Error);
}

TEST_CASE("The summary is what quality.json holds") {
    const Batch batch = batch_of(1, 3);
    const quality::QualitySummary summary =
        quality::summarise(batch, quality::default_thresholds(), *parse_iso8601("2026-01-31T10:00:00Z"));
    CHECK(summary.scorer_version == "0.2.0");
    CHECK(summary.scoring_mode == "deterministic");
    CHECK(summary.assessed_at == "2026-01-31T10:00:00+00:00");
    CHECK(summary.trace_count == 2);
    REQUIRE(summary.personas.size() == 5);
    CHECK(quality::quality_from_json(quality::to_json(summary)) == summary);
    const quality::QualitySummary empty =
        quality::summarise(Batch(), quality::default_thresholds(), TimePoint{});
    CHECK(empty.personas.empty());
    CHECK(empty.overall_utility == 0);
    CHECK(empty.gate_status == "passing");
}

TEST_CASE("The strict gate does not pass on nothing, or on copies") {
    const auto thresholds = quality::default_thresholds();
    const auto nothing = quality::gate_failures(Batch(quality::Rubric::Strict), thresholds);
    CHECK(std::find(nothing.begin(), nothing.end(), "no trace was scored") != nothing.end());
    Batch copies(quality::Rubric::Strict);
    quality::AssessOptions options;
    options.rubric = quality::Rubric::Strict;
    for (int i = 0; i < 10; ++i) {
        const trace::TraceRecord record = varied_record(i * 210);
        copies.add(record, quality::assess(record, options));
    }
    const auto failures = quality::gate_failures(copies, thresholds);
    CHECK(std::find(failures.begin(), failures.end(), "near-duplicates 90% above 20% maximum") !=
          failures.end());
}

TEST_CASE("The audit counts fields and classifies them") {
    const Batch batch = batch_of(1, 11);
    const auto fields = batch.audit().fields();
    REQUIRE(fields.size() == quality::k_audited_fields);
    CHECK(fields[0].path == "schema_version");
    CHECK(fields[0].classification == quality::FieldClass::Ok);
    CHECK(fields[8].path == "task.repository");
    CHECK(fields[8].classification == quality::FieldClass::NotYetImplemented);
    CHECK(fields[64].path == "metrics.total_duration_s");
    CHECK(fields[64].classification == quality::FieldClass::EnrichmentGap);
    CHECK(fields[72].path == "metadata");
    CHECK(quality::SchemaAudit().fields().empty());
}
