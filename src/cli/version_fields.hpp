// What `opentraces --version` tells.
#pragma once

#include <string>

#include "opentraces/cli/run.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::cli {

std::string version_text(const Build& build);
json::Object version_object(const Build& build);

}  // namespace opentraces::cli
