// Home directories that name a person.
#pragma once

#include <cstddef>

#include "opentraces/trace/record.hpp"

namespace opentraces::quality {

// Of /Users/NAME, /home/NAME and \Users\NAME, those whose NAME is neither a role nor a pseudonym.
std::size_t count_personal_homes(const trace::TraceRecord& record);

}  // namespace opentraces::quality
