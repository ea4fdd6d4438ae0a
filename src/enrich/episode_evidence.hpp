// What a session proves, divided among its parts.
#pragma once

#include <vector>

#include "enrich/episode_numbers.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

// By the numbers of the parts' steps. Tokens of no reply that is known are the last part's; a cost that was
// reported for the whole session is shared by what the parts' tokens cost. `record` has the session's steps.
std::vector<Evidence> divided(const Evidence& evidence, const trace::TraceRecord& record,
                              const EpisodeNumbers& numbers);

// What a record says by itself, under the numbers of its own steps.
Evidence evidence_of(const trace::TraceRecord& record);

}  // namespace opentraces::enrich
