// The lines of a Droid session, counted without the product's readers.
#pragma once

#include <string>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// Of its store, with the settings beside it, or of a printed stream.
Counts count_droid(const std::string& session);

}  // namespace opentraces::audit
