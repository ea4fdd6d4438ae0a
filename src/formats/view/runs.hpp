// The steps of a record as the runs of its agents.
#pragma once

#include <vector>

#include "formats/view/prepared.hpp"

namespace opentraces::formats {

// The main run first, parents before children; at least one run.
std::vector<Run> split_into_runs(const trace::TraceRecord& record);

}  // namespace opentraces::formats
