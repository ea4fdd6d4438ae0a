// The checks of each rubric, as data. docs/quality.md lists them with their reasons.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace opentraces::quality {

// What a dataset may be used for; the order is the order of every report.
enum class Persona { Conformance, Training, Rl, Analytics, Domain };
inline constexpr std::size_t k_persona_count = 5;
inline constexpr std::array<Persona, k_persona_count> k_personas{
    Persona::Conformance, Persona::Training, Persona::Rl, Persona::Analytics, Persona::Domain};
std::string_view name_of(Persona persona);
std::optional<Persona> parse_persona(std::string_view name);

// Compatible: 0.2, the numbers that other tools give and that badges show. Strict: 1.
enum class Rubric { Compatible, Strict };
std::string_view name_of(Rubric rubric);  // "0.2", "1"
std::optional<Rubric> parse_rubric(std::string_view name);

struct CheckInfo {
    std::string_view id;
    std::string_view name;
    std::string_view category;
    double weight = 0;
    std::string_view reason;  // why it matters
    std::string_view source;  // fields that it reads
    std::string_view fix;     // what to do when it fails
};

// In scoring order.
std::vector<CheckInfo> checks(Rubric rubric, Persona persona);

}  // namespace opentraces::quality
