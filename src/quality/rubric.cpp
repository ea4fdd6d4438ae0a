#include "opentraces/quality/rubric.hpp"

#include "quality/rows.hpp"

namespace opentraces::quality {
namespace {

constexpr std::array<std::string_view, k_persona_count> k_names{"conformance", "training", "rl", "analytics",
                                                                "domain"};

}  // namespace

std::string_view name_of(Persona persona) {
    return k_names[static_cast<std::size_t>(persona)];
}

std::optional<Persona> parse_persona(std::string_view name) {
    for (const Persona persona : k_personas)
        if (name_of(persona) == name) return persona;
    return std::nullopt;
}

std::string_view name_of(Rubric rubric) {
    return rubric == Rubric::Compatible ? "0.2" : "1";
}

std::optional<Rubric> parse_rubric(std::string_view name) {
    if (name == "0.2") return Rubric::Compatible;
    if (name == "1") return Rubric::Strict;
    return std::nullopt;
}

std::vector<CheckInfo> checks(Rubric rubric, Persona persona) {
    std::vector<CheckInfo> infos;
    if (rubric == Rubric::Compatible) {
        for (const CheckRow& row : compatible_rows(persona))
            infos.push_back(row.info);
    } else {
        for (const StrictRow& row : strict_rows(persona))
            infos.push_back(row.info);
    }
    return infos;
}

}  // namespace opentraces::quality
