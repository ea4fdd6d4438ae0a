#include "opentraces/quality/assess.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/text.hpp"
#include "quality/rows.hpp"
#include "quality/rubric_0_2/rounding.hpp"

namespace opentraces::quality {
namespace {

constexpr double k_least_weight = 0.001;

struct Sums {
    double score = 0;   // times weight
    double weight = 0;  // of the checks that count
    double unknown = 0;
    std::size_t passed = 0;
    std::size_t counting = 0;
};

Sums sums_of(const std::vector<CheckResult>& checks) {
    Sums sums;
    for (const CheckResult& result : checks) {
        if (result.verdict == Verdict::Unknown) sums.unknown += result.check->weight;
        if (!result.counts()) continue;
        sums.score += result.score * result.check->weight;
        sums.weight += result.check->weight;
        ++sums.counting;
        if (result.passed()) ++sums.passed;
    }
    return sums;
}

void score_categories(PersonaResult& result) {
    for (const CheckResult& each : result.checks) {
        const std::string_view category = each.check->category;
        const bool known = std::any_of(result.categories.begin(), result.categories.end(),
                                       [&](const auto& entry) { return entry.first == category; });
        if (known || !each.counts()) continue;
        double score = 0;
        double weight = 0;
        for (const CheckResult& check : result.checks) {
            if (check.check->category != category || !check.counts()) continue;
            score += check.score * check.check->weight;
            weight += check.check->weight;
        }
        result.categories.emplace_back(category, rounded(score / std::max(weight, k_least_weight) * 100, 1));
    }
}

void score(PersonaResult& result) {
    const Sums sums = sums_of(result.checks);
    // Mostly unknown is unknown: the little that is known must not stand for the rest.
    result.skipped = sums.weight == 0 || sums.unknown > sums.weight;
    if (result.skipped) return;
    result.total = rounded(sums.score / sums.weight * 100, 1);
    result.pass_rate =
        rounded(static_cast<double>(sums.passed) / static_cast<double>(sums.counting) * 100, 1);
    score_categories(result);
}

template <class Row, class Subject>
PersonaResult run(Persona persona, std::span<const Row> rows, const Subject& subject) {
    PersonaResult result;
    result.persona = persona;
    result.checks.reserve(rows.size());
    for (const Row& row : rows) {
        result.checks.push_back(row.run(subject));
        result.checks.back().check = &row.info;
    }
    score(result);
    return result;
}

bool is_turn_level(const trace::TraceRecord& record) {
    const json::Value* fidelity = record.metadata.find("step_fidelity");
    return fidelity != nullptr && fidelity->string_or() == "conversation_turn";
}

void assess_compatible(const trace::TraceRecord& record, const AssessOptions& options,
                       Assessment& assessment) {
    const bool turn_level = is_turn_level(record);
    const TraceFacts facts = facts_of(record, turn_level);
    const Leaks leaks = find_leaks(record, options.user_name);
    const Subject subject{record, facts, leaks, record.execution_context == trace::ExecutionContext::Runtime,
                          turn_level};
    for (const Persona persona : k_personas)
        assessment.of(persona) = run(persona, compatible_rows(persona), subject);
}

void assess_strict(const trace::TraceRecord& record, const AssessOptions& options, Assessment& assessment) {
    const TraceFacts facts = facts_of(record, is_turn_level(record));
    const StrictFacts strict = strict_facts_of(record);
    const StrictSubject subject{record,
                                facts,
                                strict,
                                options,
                                record.execution_context == trace::ExecutionContext::Runtime,
                                is_turn_level(record)};
    for (const Persona persona : k_personas)
        assessment.of(persona) = run(persona, strict_rows(persona), subject);
}

}  // namespace

Assessment assess(const trace::TraceRecord& record, const AssessOptions& options) {
    Assessment assessment;
    assessment.trace_id = record.trace_id;
    assessment.session_id = record.session_id;
    if (record.task.description)
        assessment.task_description = first_code_points(*record.task.description, 100);
    if (options.rubric == Rubric::Compatible)
        assess_compatible(record, options, assessment);
    else
        assess_strict(record, options, assessment);
    update_overall(assessment);
    return assessment;
}

void update_overall(Assessment& assessment) {
    double sum = 0;
    std::size_t count = 0;
    for (const PersonaResult& persona : assessment.personas) {
        if (persona.skipped) continue;
        sum += persona.total;
        ++count;
    }
    assessment.overall_utility = count == 0 ? 0.0 : rounded(sum / static_cast<double>(count), 1);
}

}  // namespace opentraces::quality
