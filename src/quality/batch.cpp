#include "opentraces/quality/batch.hpp"

#include <algorithm>
#include <string_view>

#include "opentraces/core/error.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

constexpr std::size_t k_kept_shapes = 1024;
constexpr std::size_t k_shape_text = 2000;  // bytes of each text that count

void keep_lowest(LowScores& scores, LowScore score) {
    if (scores.size() >= k_kept_low_scores && *scores.rbegin() < score) return;
    scores.insert(std::move(score));
    if (scores.size() > k_kept_low_scores) scores.erase(std::prev(scores.end()));
}

void merge_into(LowScores& scores, const LowScores& others) {
    for (const LowScore& score : others)
        keep_lowest(scores, score);
}

class Fnv {
public:
    void add(char c) { m_hash = (m_hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u; }
    void add_words(std::string_view text) {
        for (const char c : text.substr(0, k_shape_text)) {
            if (c >= 'A' && c <= 'Z') add(static_cast<char>(c - 'A' + 'a'));
            if ((c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80) add(c);
        }
        add('\0');
    }
    std::uint64_t value() const { return m_hash; }

private:
    std::uint64_t m_hash = 0xcbf29ce484222325u;
};

void count(CheckTally& tally, Verdict verdict) {
    switch (verdict) {
        case Verdict::Passed:
            ++tally.passed;
            break;
        case Verdict::Failed:
            ++tally.failed;
            break;
        case Verdict::NotApplicable:
            ++tally.not_applicable;
            break;
        case Verdict::Unknown:
            ++tally.unknown;
            break;
    }
}

}  // namespace

std::int64_t PersonaTally::traces() const {
    std::int64_t traces = 0;
    for (const auto& [score, count] : histogram)
        traces += count;
    return traces;
}

std::optional<double> PersonaTally::average() const {
    if (histogram.empty()) return std::nullopt;
    std::int64_t sum = 0;
    for (const auto& [score, count] : histogram)
        sum += score * count;
    return rounded(static_cast<double>(sum) / 10 / static_cast<double>(traces()), 1);
}

std::int64_t PersonaTally::below(double score) const {
    std::int64_t traces = 0;
    for (const auto& [tenths, count] : histogram)
        if (static_cast<double>(tenths) / 10 < score) traces += count;
    return traces;
}

void ShapeSketch::add(std::uint64_t shape, std::int64_t count) {
    if (m_counts.size() >= k_kept_shapes && shape > m_counts.rbegin()->first) return;
    m_counts[shape] += count;
    if (m_counts.size() > k_kept_shapes) m_counts.erase(std::prev(m_counts.end()));
}

void ShapeSketch::merge(const ShapeSketch& other) {
    for (const auto& [shape, count] : other.m_counts)
        add(shape, count);
}

std::optional<double> ShapeSketch::duplicate_share() const {
    if (m_counts.empty()) return std::nullopt;
    std::int64_t traces = 0;
    for (const auto& [shape, count] : m_counts)
        traces += count;
    return static_cast<double>(traces - static_cast<std::int64_t>(m_counts.size())) /
           static_cast<double>(traces);
}

std::uint64_t shape_of(const trace::TraceRecord& record) {
    Fnv hash;
    if (record.task.description) hash.add_words(*record.task.description);
    const auto first = std::find_if(record.steps.begin(), record.steps.end(), [](const trace::Step& step) {
        return step.role == trace::Role::User && has_text(step.content);
    });
    if (first != record.steps.end()) hash.add_words(*first->content);
    for (const trace::Step& step : record.steps)
        for (const trace::ToolCall& call : step.tool_calls)
            hash.add_words(call.tool_name);
    return hash.value();
}

void Batch::add(const trace::TraceRecord& record, const Assessment& assessment) {
    ++m_traces;
    for (const PersonaResult& result : assessment.personas) {
        PersonaTally& tally = m_personas[static_cast<std::size_t>(result.persona)];
        for (const CheckResult& check : result.checks) {
            const auto known = m_checks.find(check.check->id);
            count(known != m_checks.end() ? known->second : m_checks[std::string(check.check->id)],
                  check.verdict);
        }
        if (result.skipped) {
            ++tally.skipped;
            continue;
        }
        const std::int64_t tenths = tenths_of(result.total);
        ++tally.histogram[tenths];
        keep_lowest(tally.lowest, {tenths, assessment.trace_id});
    }
    keep_lowest(m_worst, {tenths_of(assessment.overall_utility), assessment.trace_id});
    m_audit.add(record);
    if (m_rubric == Rubric::Strict) m_shapes.add(shape_of(record));
}

void Batch::add(const Preservation& preservation) {
    m_preserved_sum += tenths_of(preservation.overall * 1000);
    ++m_preserved_traces;
}

std::optional<double> Batch::preservation() const {
    if (m_preserved_traces == 0) return std::nullopt;
    return rounded(static_cast<double>(m_preserved_sum) / 10000 / static_cast<double>(m_preserved_traces), 2);
}

void Batch::add_broken(Diagnostic line) {
    ++m_broken_total;
    m_broken.insert(std::move(line));
    if (m_broken.size() > k_kept_broken) m_broken.erase(std::prev(m_broken.end()));
}

void Batch::set_judge(const std::string& model) {
    m_judge = model;
}

void Batch::merge(const Batch& other) {
    if (other.m_rubric != m_rubric)
        throw Error(ErrorCode::BadOption, "scores of different rubrics cannot be merged");
    if (m_judge != other.m_judge && m_traces > 0 && other.m_traces > 0)
        throw Error(ErrorCode::BadOption, "scores of different judges cannot be merged");
    if (other.m_traces > 0) m_judge = other.m_judge;
    m_traces += other.m_traces;
    for (std::size_t i = 0; i < k_persona_count; ++i) {
        for (const auto& [score, traces] : other.m_personas[i].histogram)
            m_personas[i].histogram[score] += traces;
        m_personas[i].skipped += other.m_personas[i].skipped;
        merge_into(m_personas[i].lowest, other.m_personas[i].lowest);
    }
    merge_into(m_worst, other.m_worst);
    for (const auto& [id, tally] : other.m_checks) {
        CheckTally& sum = m_checks[id];
        sum.passed += tally.passed;
        sum.failed += tally.failed;
        sum.not_applicable += tally.not_applicable;
        sum.unknown += tally.unknown;
    }
    m_audit.merge(other.m_audit);
    m_shapes.merge(other.m_shapes);
    m_preserved_sum += other.m_preserved_sum;
    m_preserved_traces += other.m_preserved_traces;
    m_broken_total += other.m_broken_total;
    m_broken.insert(other.m_broken.begin(), other.m_broken.end());
    while (m_broken.size() > k_kept_broken)
        m_broken.erase(std::prev(m_broken.end()));
}

}  // namespace opentraces::quality
