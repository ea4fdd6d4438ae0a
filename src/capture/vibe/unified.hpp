// A session in the store of Vibe 3. Steps are the messages of the checkpoint and of the journal after it;
// what a compaction has taken out of the checkpoint is told from the projection.
#pragma once

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::vibe {

ParsedSession read_store(const SessionRef& session, Sources& sources, const Agent& agent);

}  // namespace opentraces::capture::vibe
