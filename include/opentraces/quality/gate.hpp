// What scores a dataset must reach, and its summary.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/quality/batch.hpp"
#include "opentraces/quality/summary.hpp"

namespace opentraces::quality {

struct Threshold {
    std::optional<double> individual;
    std::optional<double> average;
};

struct Thresholds {
    std::array<Threshold, k_persona_count> personas;
    std::optional<double> preservation;     // fraction
    std::optional<double> unknown_share;    // fraction of traces without a score, strict rubric only
    std::optional<double> duplicate_share;  // fraction of traces that look like another one, strict only
    Threshold& of(Persona persona) { return personas[static_cast<std::size_t>(persona)]; }
    const Threshold& of(Persona persona) const { return personas[static_cast<std::size_t>(persona)]; }
};

Thresholds default_thresholds();
// {"training": {"individual": 40, "average": 45}, "preservation": 0.85, …}: replaces what it names, null
// takes a threshold away. Error ConfigInvalid names the key that is wrong.
Thresholds thresholds_from_json(std::string_view text);

// Why the batch does not pass; empty when it does. By persona: the average, then the lowest traces, lowest
// first. `only`: look at this persona alone.
std::vector<std::string> gate_failures(const Batch& batch, const Thresholds& thresholds,
                                       std::optional<Persona> only = std::nullopt);

QualitySummary summarise(const Batch& batch, const Thresholds& thresholds, TimePoint at,
                         std::optional<Persona> only = std::nullopt);

}  // namespace opentraces::quality
