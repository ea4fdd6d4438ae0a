// What a stored record knows, and its steps alone do not: given to the parts that it is of.
#pragma once

#include <string>
#include <vector>

#include "enrich/episode_numbers.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

// Commits, the end of the session, where its cost is from, which texts were cut, and, where all edits are in
// one part, patch and attribution. The parts are completed and have their names.
void keep_known(const trace::TraceRecord& whole, const EpisodeNumbers& numbers,
                std::vector<trace::TraceRecord>& parts);

// Addresses of steps, under this trace id and under the numbers of a part if `numbers` is not null.
void move_attribution(trace::Attribution& attribution, const std::string& trace_id,
                      const EpisodeNumbers* numbers);

}  // namespace opentraces::enrich
