// The managed sections of the card, each as lines with LF ends. Everything here depends on the input alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/card/card.hpp"

namespace opentraces::card {

inline constexpr std::string_view k_stats_start = "<!-- opentraces:auto-stats-start -->";
inline constexpr std::string_view k_stats_end = "<!-- opentraces:auto-stats-end -->";
inline constexpr std::string_view k_badges_start = "<!-- opentraces:auto-badges-start -->";
inline constexpr std::string_view k_badges_end = "<!-- opentraces:auto-badges-end -->";
// Opens a comment that is not closed on its line; the end marker begins with the same text.
inline constexpr std::string_view k_machine_start = "<!-- opentraces:stats";
inline constexpr std::string_view k_machine_end = "<!-- opentraces:stats-end -->";

std::string badges_section(const CardInput& input);
std::string machine_section(const CardInput& input);
std::string statistics_section(const CardInput& input, std::string_view license);
// The body of a card nobody has written yet, with all sections in it.
std::string fresh_body(const CardInput& input, std::string_view license);

// "Conformance" for conformance, "RL" for rl.
std::string persona_title(std::string_view name);
std::string date_range(const shard::DatasetStats& stats);  // "2026-01-31 to 2026-02-01", or "N/A"

// By count, then by name.
using Ranking = std::vector<std::pair<std::string, std::int64_t>>;
Ranking ranked(const std::map<std::string, std::int64_t>& counts);

}  // namespace opentraces::card
