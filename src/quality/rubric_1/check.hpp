// What a check of the strict rubric sees.
#pragma once

#include <span>

#include "quality/rubric_0_2/check.hpp"
#include "quality/rubric_1/facts.hpp"

namespace opentraces::quality {

struct StrictSubject {
    const trace::TraceRecord& record;
    const TraceFacts& facts;
    const StrictFacts& strict;
    const AssessOptions& options;
    bool runtime = false;
    bool turn_level = false;
};

// The trace does not say.
CheckResult unknown(std::string why);
// Score = good / total, passed from `least` on.
CheckResult share(std::size_t good, std::size_t total, double least);

// Half a point for a task in no more than `enough` characters.
CheckResult stated_task(const StrictSubject& subject, std::size_t enough);

struct StrictRow {
    CheckInfo info;
    CheckResult (*run)(const StrictSubject& subject);
};

std::span<const StrictRow> strict_conformance();
std::span<const StrictRow> strict_training();
std::span<const StrictRow> strict_rl();
std::span<const StrictRow> strict_analytics();
std::span<const StrictRow> strict_domain();

// Sums over steps, for what should agree with the metrics.
struct TokenSums {
    double input = 0;
    double output = 0;
    double cache_read = 0;
    bool any() const { return input > 0 || output > 0; }
};
TokenSums token_sums(const trace::TraceRecord& record);

}  // namespace opentraces::quality
