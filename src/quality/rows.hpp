// The tables of both rubrics by persona.
#pragma once

#include <span>

#include "check.hpp"
#include "strict_check.hpp"

namespace opentraces::quality {

std::span<const CheckRow> compatible_rows(Persona persona);
std::span<const StrictRow> strict_rows(Persona persona);

}  // namespace opentraces::quality
