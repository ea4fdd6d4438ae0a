// What cards are made from in the tests.
#pragma once

#include <string>

#include "opentraces/card/card.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::card::testing {

inline shard::DatasetStats example_stats() {
    shard::DatasetStats stats;
    stats.traces = 1234;
    stats.steps = 20'000;
    stats.tool_calls = 15'000;
    stats.input_tokens = 9'000'000;
    stats.output_tokens = 1'234'567;
    stats.cache_read_tokens = 80'000'000;
    stats.cache_write_tokens = 4'000'000;
    stats.cost = 123'456'789'000;
    stats.traces_with_cost = 1200;
    stats.traces_with_outcome = 300;
    stats.successes = 200;
    stats.redactions = 120;
    stats.traces_redacted = 30;
    stats.traces_scanned = 1234;
    stats.models = {{"anthropic/claude-opus-4", 800}, {"openai/gpt|5", 400}, {"a--b>", 4}};
    stats.agents = {{"claude-code", 1000}, {"codex", 234}};
    stats.dependencies = {{"fmt", 20}, {"curl", 20}, {"<script>", 3}};
    stats.languages = {{"python", 900}, {"c++", 300}};
    stats.schema_versions = {{"0.1.0", 34}, {"0.2.0", 1200}};
    stats.first_ms = 1'769'900'000'000;
    stats.last_ms = 1'772'000'000'000;
    return stats;
}

inline QualitySummary example_quality() {
    QualitySummary quality;
    quality.scorer_version = "0.2.0";
    quality.scoring_mode = "deterministic";
    quality.assessed_at = "2026-02-25T10:00:00+00:00";
    quality.trace_count = 1200;
    quality.personas = {{"conformance", 88.4, 71, 100},
                        {"training", 45, 40, 50},
                        {"rl", 59.9, 0, 80},
                        {"analytics", 70, 60, 90},
                        {"domain", 20, 10, 30}};
    quality.overall_utility = 78.1;
    quality.gate_status = "failing";
    quality.gate_failures = {"domain average 20.0% below 55.0% minimum"};
    return quality;
}

inline CardInput example_input() {
    CardInput input;
    input.repo = "ann/my-traces";
    input.stats = example_stats();
    input.shards = 12;
    return input;
}

inline CardInput scored_input() {
    CardInput input = example_input();
    input.quality = example_quality();
    return input;
}

// The message of the refusal, or "".
inline std::string refusal(const std::string& existing, const CardInput& input = example_input()) {
    try {
        render(existing, input);
    } catch (const Error& error) {
        return error.code() == ErrorCode::CardMalformed ? error.message() : "wrong code: " + error.message();
    }
    return "";
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

inline std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

// The part of a card between its first line --- and the next one.
inline std::string front_matter_of(const std::string& card) {
    return card.substr(4, card.find("\n---\n", 3) - 3);
}

}  // namespace opentraces::card::testing
