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
    const Facts& facts;
    const Leaks& leaks;
    bool runtime = false;     // acts on live environments, makes no code
    bool turn_level = false;  // knows conversation turns, not single calls
};

struct Finding {
    Verdict verdict = Verdict::Failed;
    double score = 0;
    std::string evidence;
    std::string note;
};

Finding passed(std::string evidence, double score = 1.0);
Finding failed(std::string evidence, double score = 0.0);
// Passed with score 1, or failed with score 0.
Finding all_or_nothing(bool holds, std::string evidence);
Finding graded(bool holds, double score, std::string evidence);
Finding not_applicable(std::string why);
Finding with_note(Finding finding, std::string note);
std::string part_of(std::size_t part, std::size_t total);            // "3/4"
std::string part_with_percent(std::size_t part, std::size_t total);  // "3/4 (75%)"
std::string_view text_or(const trace::OptText& text, std::string_view fallback);

struct CheckRow {
    CheckInfo info;
    Finding (*run)(const Subject& subject);
};

std::span<const CheckRow> compatible_conformance();
std::span<const CheckRow> compatible_training();
std::span<const CheckRow> compatible_rl();
std::span<const CheckRow> compatible_analytics();
std::span<const CheckRow> compatible_domain();

// Checks that two personas share.
Finding estimated_cost_is_positive(const Subject& subject);
Finding agent_steps_name_the_model(const Subject& subject);

}  // namespace opentraces::quality
