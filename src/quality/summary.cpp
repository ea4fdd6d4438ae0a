#include "opentraces/quality/summary.hpp"

#include <fmt/format.h>

#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::quality {
namespace {

double number_or_zero(const json::Value& value) {
    const json::Number* number = value.if_number();
    return number == nullptr ? 0.0 : number->as_double();
}

json::Object persona_to_object(const PersonaScore& persona) {
    json::Object object;
    object.append("average", persona.average);
    object.append("min", persona.minimum);
    object.append("max", persona.maximum);
    return object;
}

QualitySummary summary_of(const json::Object& object) {
    const json::Value document(object);
    QualitySummary summary;
    summary.scorer_version = document["scorer_version"].string_or("unknown");
    summary.scoring_mode = document["scoring_mode"].string_or("deterministic");
    summary.assessed_at = document["assessed_at"].string_or("unknown");
    summary.trace_count = document["trace_count"].integer().value_or(0);
    if (const json::Object* personas = document["persona_scores"].if_object()) {
        for (const auto& [name, score] : *personas)
            summary.personas.push_back({name, number_or_zero(score["average"]), number_or_zero(score["min"]),
                                        number_or_zero(score["max"])});
    }
    summary.overall_utility = number_or_zero(document["overall_utility"]);
    summary.gate_status = document["gate_status"].string_or("passing");
    if (const json::Array* failures = document["gate_failures"].if_array()) {
        for (const json::Value& failure : *failures)
            if (const std::string* text = failure.if_string()) summary.gate_failures.push_back(*text);
    }
    if (const std::string* judge = document["judge_model"].if_string()) summary.judge_model = *judge;
    if (const json::Number* average = document["preservation_average"].if_number())
        summary.preservation_average = average->as_double();
    return summary;
}

}  // namespace

json::Object to_object(const QualitySummary& summary) {
    json::Object personas;
    for (const PersonaScore& persona : summary.personas)
        personas.set(persona.name, persona_to_object(persona));
    json::Array failures(summary.gate_failures.begin(), summary.gate_failures.end());
    json::Object object;
    object.append("scorer_version", summary.scorer_version);
    object.append("scoring_mode", summary.scoring_mode);
    object.append("assessed_at", summary.assessed_at);
    object.append("trace_count", summary.trace_count);
    object.append("persona_scores", std::move(personas));
    object.append("overall_utility", summary.overall_utility);
    object.append("gate_status", summary.gate_status);
    object.append("gate_failures", std::move(failures));
    if (summary.judge_model) object.append("judge_model", *summary.judge_model);
    if (summary.preservation_average) object.append("preservation_average", *summary.preservation_average);
    return object;
}

std::string to_json(const QualitySummary& summary) {
    return json::write_pretty(to_object(summary));
}

QualitySummary quality_from_json(std::string_view text) {
    try {
        const json::Value value = json::read_document(text);
        if (const json::Object* object = value.if_object()) return summary_of(*object);
    } catch (const json::SyntaxError& error) {
        throw Error(ErrorCode::CorruptDataset, std::string(k_quality_path) + ": " + error.what());
    }
    throw Error(ErrorCode::CorruptDataset, fmt::format("{}: is not an object", k_quality_path));
}

}  // namespace opentraces::quality
