// One trace as the raw copy of its session has it.
#pragma once

#include <string>

#include "opentraces/flow/capture.hpp"
#include "opentraces/flow/raw_copies.hpp"

namespace opentraces::flow {

// Read with the readers and rules of today; nothing is staged. Error NotFound when there is no copy, or the
// copy has no such session (or part of one) any more; CorruptSession.
security::ScrubbedTrace rebuild(const Recapture& session, const std::string& session_id, RawCopies& raw,
                                store::Store& store, const CaptureOptions& options, fs::Disk& disk,
                                const std::string& storage, Progress& progress);

}  // namespace opentraces::flow
