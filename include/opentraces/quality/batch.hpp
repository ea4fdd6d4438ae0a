// The scores of many traces, as sums that can be merged in any order and grouping with equal results.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/diagnostic.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/quality/assess.hpp"
#include "opentraces/quality/audit.hpp"
#include "opentraces/quality/preservation.hpp"

namespace opentraces::quality {

struct LowScore {
    std::int64_t tenths = 0;  // of a point
    std::string trace_id;
    auto operator<=>(const LowScore&) const = default;
};
// The lowest scores of a set of any size, lowest first, equal ones by trace id.
inline constexpr std::size_t k_kept_low_scores = 100;
using LowScores = std::set<LowScore>;

struct PersonaTally {
    std::map<std::int64_t, std::int64_t> histogram;  // score in tenths -> traces
    std::int64_t skipped = 0;                        // traces without a score
    LowScores lowest;
    bool operator==(const PersonaTally&) const = default;
    std::int64_t traces() const;  // with a score
    std::optional<double> average() const;
    std::int64_t below(double score) const;
};

struct CheckTally {
    std::int64_t passed = 0;
    std::int64_t failed = 0;
    std::int64_t not_applicable = 0;
    std::int64_t unknown = 0;
    bool operator==(const CheckTally&) const = default;
};

// Of the lines that are no TraceRecord.
inline constexpr std::size_t k_kept_broken = 1000;

// How many traces look alike: counts of the smallest shapes (see shape_of), exact as long as there are not
// more of them than are kept, else of a fair sample.
class ShapeSketch {
public:
    void add(std::uint64_t shape, std::int64_t count = 1);
    void merge(const ShapeSketch& other);
    std::optional<double> duplicate_share() const;  // nullopt: nothing was added
    const std::map<std::uint64_t, std::int64_t>& counts() const { return m_counts; }
    bool operator==(const ShapeSketch&) const = default;

private:
    std::map<std::uint64_t, std::int64_t> m_counts;
};
// Equal for traces that differ in case, digits, punctuation and ids only: words of the task and of the first
// user message, and the sequence of tools.
std::uint64_t shape_of(const trace::TraceRecord& record);

class Batch {
public:
    explicit Batch(Rubric rubric = Rubric::Compatible) : m_rubric(rubric) {}

    void add(const trace::TraceRecord& record, const Assessment& assessment);
    void add(const Preservation& preservation);
    // A line that is no TraceRecord; its source may be a trace id.
    void add_broken(Diagnostic line);
    void set_judge(const std::string& model);
    // Error BadOption when the two were scored by different rubrics or judges.
    void merge(const Batch& other);

    Rubric rubric() const { return m_rubric; }
    const std::optional<std::string>& judge() const { return m_judge; }
    std::int64_t traces() const { return m_traces; }
    const PersonaTally& of(Persona persona) const { return m_personas[static_cast<std::size_t>(persona)]; }
    const LowScores& worst() const { return m_worst; }  // by overall utility
    const std::map<std::string, CheckTally, std::less<>>& checks() const { return m_checks; }
    const SchemaAudit& audit() const { return m_audit; }
    const ShapeSketch& shapes() const { return m_shapes; }
    const std::set<Diagnostic>& broken() const { return m_broken; }  // the first ones, by source and line
    std::int64_t broken_total() const { return m_broken_total; }
    std::optional<double> preservation() const;  // average, 2 decimals
    bool operator==(const Batch&) const = default;

    // Everything, as it is kept in partial files.
    json::Object to_object() const;
    // What a dataset's index keeps: enough for averages and for gates with the usual thresholds.
    json::Object to_compact_object() const;
    // Error CorruptDataset (the message starts with `where`) for anything that is not such an object.
    static Batch from_object(const json::Value& value, const std::string& where);

private:
    friend class BatchReader;
    Rubric m_rubric;
    std::optional<std::string> m_judge;
    std::int64_t m_traces = 0;
    std::array<PersonaTally, k_persona_count> m_personas;
    LowScores m_worst;
    std::map<std::string, CheckTally, std::less<>> m_checks;
    SchemaAudit m_audit;
    ShapeSketch m_shapes;
    std::int64_t m_preserved_sum = 0;  // ten-thousandths
    std::int64_t m_preserved_traces = 0;
    std::set<Diagnostic> m_broken;
    std::int64_t m_broken_total = 0;
};

}  // namespace opentraces::quality
