// The dataset card (README.md): managed sections inside what people wrote.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/card/settings.hpp"
#include "opentraces/shard/stats.hpp"

namespace opentraces::card {

struct PersonaScore {
    std::string name;                              // "conformance"
    double average = 0, minimum = 0, maximum = 0;  // 0 to 100, 1 decimal
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
};

struct CardInput {
    std::string repo;  // owner/name, or the folder's name
    shard::DatasetStats stats;
    std::int64_t shards = 0;
    std::optional<QualitySummary> quality;
    CardSettings settings;
};

// The card for this state. Without an existing text a fresh one; otherwise the managed parts are replaced
// and everything else is kept byte for byte. Rendering the result again with the same input gives the same
// bytes. Throws Error CardMalformed (line and reason) when the existing text cannot be merged safely.
std::string render(const std::optional<std::string>& existing, const CardInput& input);

// A YAML front matter `size_categories` bucket for this many rows, for example "1K<n<10K".
std::string_view size_category(std::int64_t rows);

}  // namespace opentraces::card
