// What a check function sees and gives.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "opentraces/quality/assess.hpp"
#include "quality/rubric_0_2/facts.hpp"
#include "quality/rubric_0_2/leaks.hpp"

namespace opentraces::quality {

struct Subject {
    const trace::TraceRecord& record;
    const TraceFacts& facts;
    const Leaks& leaks;
    bool runtime = false;     // acts on live environments, makes no code
    bool turn_level = false;  // knows conversation turns, not single calls
};

// What a check answers; the row's own info is filled in by whoever runs it.
CheckResult passed(std::string evidence, double score = 1.0);
CheckResult failed(std::string evidence, double score = 0.0);
// Passed with score 1, or failed with score 0.
CheckResult all_or_nothing(bool holds, std::string evidence);
CheckResult graded(bool holds, double score, std::string evidence);
CheckResult not_applicable(std::string why);
CheckResult with_note(CheckResult result, std::string note);
std::string part_of(std::size_t part, std::size_t total);            // "3/4"
std::string part_with_percent(std::size_t part, std::size_t total);  // "3/4 (75%)"
std::string_view text_or(const trace::OptText& text, std::string_view fallback);

struct CheckRow {
    CheckInfo info;
    CheckResult (*run)(const Subject& subject);
};

std::span<const CheckRow> compatible_conformance();
std::span<const CheckRow> compatible_training();
std::span<const CheckRow> compatible_rl();
std::span<const CheckRow> compatible_analytics();
std::span<const CheckRow> compatible_domain();

// Checks that two personas share.
CheckResult estimated_cost_is_positive(const Subject& subject);
CheckResult agent_steps_name_the_model(const Subject& subject);

}  // namespace opentraces::quality
