// Which lines of the final files the session wrote.
#pragma once

#include <optional>

#include "enrich/file_replay.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

// Ranges of the final lines that the session wrote, moved along by its later changes. Range hashes are
// MurmurHash3 x86 32-bit, seed 0, over the lines joined by LF. Nullopt when nothing was changed.
std::optional<trace::Attribution> attribution_of(const trace::TraceRecord& record, const Replayed& replayed);

}  // namespace opentraces::enrich
