// quality.json: the scores of a dataset, as the card shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::quality {

struct PersonaScore {
    std::string name;                              // "conformance"
    double average = 0, minimum = 0, maximum = 0;  // 0 to 100, 1 decimal
    bool operator==(const PersonaScore&) const = default;
};

// What quality.json holds (see docs/dataset-layout.md).
struct QualitySummary {
    std::string scorer_version;
    std::string scoring_mode;
    std::string assessed_at;
    std::int64_t trace_count = 0;
    std::vector<PersonaScore> personas;
    double overall_utility = 0;
    std::string gate_status;  // "passing" or "failing"
    std::vector<std::string> gate_failures;
    std::optional<std::string> judge_model;
    std::optional<double> preservation_average;
    bool operator==(const QualitySummary&) const = default;
};

inline constexpr std::string_view k_quality_path = "quality.json";

json::Object to_object(const QualitySummary& summary);
// The file's text, and back. A missing gate_status counts as passing and missing numbers as 0; text that is
// not such an object is an Error CorruptDataset.
std::string to_json(const QualitySummary& summary);
QualitySummary quality_from_json(std::string_view text);

}  // namespace opentraces::quality
