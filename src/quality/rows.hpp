// The tables of both rubrics by persona.
#pragma once

#include <span>

#include "quality/rubric_0_2/check.hpp"
#include "quality/rubric_1/check.hpp"

namespace opentraces::quality {

std::span<const CheckRow> compatible_rows(Persona persona);
std::span<const StrictRow> strict_rows(Persona persona);

}  // namespace opentraces::quality
