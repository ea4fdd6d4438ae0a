// outcome.patch, and what it lacks.
#pragma once

#include <string>

#include "enrich/file_replay.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::enrich {

// A patch that `git apply` takes on the files as the session found them; empty when nothing is known byte for
// byte. Files whose states are all known have one section, others one for each change.
std::string patch_of(const Replayed& replayed);

// For metadata.opentraces_patch: not_in_patch, changed_between, outside_project; empty when all is in it.
json::Object patch_notes(const Replayed& replayed);

}  // namespace opentraces::enrich
