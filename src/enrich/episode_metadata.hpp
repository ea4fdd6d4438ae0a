// The metadata of a session, divided among its parts.
#pragma once

#include <vector>

#include "enrich/episode_numbers.hpp"
#include "opentraces/enrich/episodes.hpp"

namespace opentraces::enrich {

// The parts have their steps, and the facts of these. What is worked out from steps is left out, what is said
// of the whole session and of no step is the last part's, all else is every part's.
void divide_metadata(const trace::TraceRecord& whole, const std::vector<EpisodeStart>& starts,
                     const EpisodeNumbers& numbers, std::vector<trace::TraceRecord>& parts);

}  // namespace opentraces::enrich
