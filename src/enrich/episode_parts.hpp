// The steps and the metadata of a session, divided among its parts.
#pragma once

#include <vector>

#include "enrich/episode_numbers.hpp"
#include "opentraces/enrich/episodes.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

// Each with everything that is not worked out from steps and evidence; that is left as a reader leaves it.
std::vector<trace::TraceRecord> divided(const trace::TraceRecord& record,
                                        const std::vector<EpisodeStart>& starts,
                                        const EpisodeNumbers& numbers);

}  // namespace opentraces::enrich
