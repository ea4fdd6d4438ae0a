// The projects of this user, by the names that people give them.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "opentraces/store/registry.hpp"

namespace opentraces::cli {

// The paths of registered projects that `names` mean, sorted, each once: a path, or the name of a project's
// folder. Error NotFound for a name of none.
std::vector<std::string> projects_named(Context& context, const std::vector<std::string>& names);

}  // namespace opentraces::cli
