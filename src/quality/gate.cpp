#include "opentraces/quality/gate.hpp"

#include <fmt/format.h>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "quality/rubric_0_2/rounding.hpp"

namespace opentraces::quality {
namespace {

constexpr std::string_view k_strict_version = "opentraces-rubric-1";

[[noreturn]] void refuse(const std::string& what) {
    throw Error(ErrorCode::ConfigInvalid, "thresholds: " + what,
                "Write {\"training\": {\"individual\": 40, \"average\": 45}, \"preservation\": 0.85}.");
}

std::optional<double> number_or_none(const json::Value& value, const std::string& key, double greatest) {
    if (value.is_null()) return std::nullopt;
    const json::Number* number = value.if_number();
    const double given = number == nullptr ? -1 : number->as_double();
    if (!(given >= 0 && given <= greatest))
        refuse(fmt::format("{} must be a number from 0 to {}", key, greatest));
    return given;
}

void read_persona(const json::Value& value, const std::string& name, Threshold& threshold) {
    const json::Object* object = value.if_object();
    if (object == nullptr) refuse(name + " must be an object");
    for (const auto& [key, number] : *object) {
        if (key == "individual")
            threshold.individual = number_or_none(number, name + ".individual", 100);
        else if (key == "average")
            threshold.average = number_or_none(number, name + ".average", 100);
        else
            refuse("unknown key " + name + "." + key);
    }
}

void read_member(const std::string& key, const json::Value& value, Thresholds& thresholds) {
    if (const auto persona = parse_persona(key))
        read_persona(value, key, thresholds.of(*persona));
    else if (key == "preservation")
        thresholds.preservation = number_or_none(value, key, 1);
    else if (key == "unknown_share")
        thresholds.unknown_share = number_or_none(value, key, 1);
    else if (key == "duplicate_share")
        thresholds.duplicate_share = number_or_none(value, key, 1);
    else
        refuse("unknown key " + key);
}

void check_average(const PersonaTally& tally, std::string_view name, const Threshold& threshold,
                   std::vector<std::string>& failures) {
    const auto average = tally.average();
    if (average && threshold.average && *average < *threshold.average)
        failures.push_back(fmt::format("{} average {}% below {}% minimum", name, fixed(*average, 1),
                                       fixed(*threshold.average, 1)));
}

void check_traces(const PersonaTally& tally, std::string_view name, const Threshold& threshold,
                  std::vector<std::string>& failures) {
    if (!threshold.individual) return;
    std::int64_t named = 0;
    for (const LowScore& score : tally.lowest) {
        const double total = static_cast<double>(score.tenths) / 10;
        if (total >= *threshold.individual) break;
        failures.push_back(fmt::format("Trace {} {} {}% below {}% minimum",
                                       first_code_points(score.trace_id, 8), name, fixed(total, 1),
                                       fixed(*threshold.individual, 1)));
        ++named;
    }
    const std::int64_t more = tally.below(*threshold.individual) - named;
    if (more > 0)
        failures.push_back(
            fmt::format("{} more traces {} below {}% minimum", more, name, fixed(*threshold.individual, 1)));
}

void check_unknown(const Batch& batch, Persona persona, const Thresholds& thresholds,
                   std::vector<std::string>& failures) {
    const std::int64_t skipped = batch.of(persona).skipped;
    if (batch.rubric() != Rubric::Strict || !thresholds.unknown_share || batch.traces() == 0) return;
    if (static_cast<double>(skipped) / static_cast<double>(batch.traces()) > *thresholds.unknown_share)
        failures.push_back(
            fmt::format("{} unknown for {} of {} traces", name_of(persona), skipped, batch.traces()));
}

void check_batch(const Batch& batch, const Thresholds& thresholds, std::vector<std::string>& failures) {
    const auto preserved = batch.preservation();
    if (preserved && thresholds.preservation && *preserved < *thresholds.preservation)
        failures.push_back(fmt::format("Preservation average {} below {} threshold", percent(*preserved),
                                       percent(*thresholds.preservation)));
    if (batch.rubric() != Rubric::Strict) return;
    if (batch.traces() == 0) failures.emplace_back("no trace was scored");
    const auto duplicates = batch.shapes().duplicate_share();
    if (duplicates && thresholds.duplicate_share && *duplicates > *thresholds.duplicate_share)
        failures.push_back(fmt::format("near-duplicates {} above {} maximum", percent(*duplicates),
                                       percent(*thresholds.duplicate_share)));
}

// ISO 8601 with offset; microseconds unless zero.
std::string assessed_at_text(TimePoint at) {
    std::string text = format_iso8601(at);
    const std::size_t dot = text.find('.');
    const std::string fraction = dot == std::string::npos ? "" : text.substr(dot + 1, 3);
    text.resize(dot == std::string::npos ? text.size() - 1 : dot);
    if (!fraction.empty() && fraction != "000") text += "." + fraction + "000";
    return text + "+00:00";
}

}  // namespace

Thresholds default_thresholds() {
    Thresholds thresholds;
    thresholds.of(Persona::Conformance) = {70.0, 80.0};
    thresholds.of(Persona::Training) = {40.0, 45.0};
    thresholds.of(Persona::Rl) = {std::nullopt, 40.0};
    thresholds.of(Persona::Analytics) = {60.0, 70.0};
    thresholds.of(Persona::Domain) = {45.0, 55.0};
    thresholds.preservation = 0.85;
    thresholds.unknown_share = 0.5;
    thresholds.duplicate_share = 0.2;
    return thresholds;
}

Thresholds thresholds_from_json(std::string_view text) {
    Thresholds thresholds = default_thresholds();
    json::Value value;
    try {
        value = json::read_document(text);
    } catch (const json::SyntaxError& error) {
        refuse(fmt::format("not JSON (byte {}: {})", error.offset(), error.what()));
    }
    const json::Object* object = value.if_object();
    if (object == nullptr) refuse("not an object");
    for (const auto& [key, member] : *object)
        read_member(key, member, thresholds);
    return thresholds;
}

std::vector<std::string> gate_failures(const Batch& batch, const Thresholds& thresholds,
                                       std::optional<Persona> only) {
    std::vector<std::string> failures;
    for (const Persona persona : k_personas) {
        if (only && *only != persona) continue;
        check_average(batch.of(persona), name_of(persona), thresholds.of(persona), failures);
        check_traces(batch.of(persona), name_of(persona), thresholds.of(persona), failures);
        check_unknown(batch, persona, thresholds, failures);
    }
    check_batch(batch, thresholds, failures);
    return failures;
}

QualitySummary summarise(const Batch& batch, const Thresholds& thresholds, TimePoint at,
                         std::optional<Persona> only) {
    QualitySummary summary;
    summary.scorer_version =
        batch.rubric() == Rubric::Compatible ? trace::k_schema_version : k_strict_version;
    summary.scoring_mode = batch.judge() ? "hybrid" : "deterministic";
    summary.assessed_at = assessed_at_text(at);
    summary.trace_count = batch.traces();
    double sum = 0;
    for (const Persona persona : k_personas) {
        const PersonaTally& tally = batch.of(persona);
        const auto average = tally.average();
        if (!average || (only && *only != persona)) continue;
        sum += *average;
        summary.personas.push_back({std::string(name_of(persona)), *average,
                                    static_cast<double>(tally.histogram.begin()->first) / 10,
                                    static_cast<double>(tally.histogram.rbegin()->first) / 10});
    }
    if (!summary.personas.empty())
        summary.overall_utility = rounded(sum / static_cast<double>(summary.personas.size()), 1);
    summary.gate_failures = gate_failures(batch, thresholds, only);
    summary.gate_status = summary.gate_failures.empty() ? "passing" : "failing";
    summary.judge_model = batch.judge();
    summary.preservation_average = batch.preservation();
    return summary;
}

}  // namespace opentraces::quality
