// Calls and their observations.
#pragma once

#include <vector>

#include "formats/view/prepared.hpp"

namespace opentraces::formats {

// In call order, a call's answer before its further observations, orphans last.
std::vector<Result> pair_results(const trace::Step& step);

}  // namespace opentraces::formats
