// Versions of the libraries that this room reads, for `opentraces --version`.
#pragma once

#include <vector>

#include "opentraces/core/version.hpp"

namespace opentraces::db {

std::vector<Library> libraries();

}  // namespace opentraces::db
