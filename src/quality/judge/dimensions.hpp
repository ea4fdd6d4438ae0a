// What a judge scores, per persona.
#pragma once

#include <span>
#include <string_view>

#include "opentraces/quality/rubric.hpp"

namespace opentraces::quality {

struct Dimension {
    std::string_view name;
    double weight;
    std::string_view question;
    std::string_view worst;   // what 1 means
    std::string_view middle;  // 3
    std::string_view best;    // 5
};

// Empty for conformance.
std::span<const Dimension> judged_dimensions(Persona persona);

}  // namespace opentraces::quality
