// Standard streams as a Terminal.
#pragma once

#include <memory>

#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/environment.hpp"

namespace opentraces::cli {

std::unique_ptr<Terminal> posix_terminal(const Environment& environment);

}  // namespace opentraces::cli
