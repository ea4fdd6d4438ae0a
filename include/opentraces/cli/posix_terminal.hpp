// Standard streams as a Terminal.
#pragma once

#include <memory>

#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/checkpoint.hpp"
#include "opentraces/core/environment.hpp"

namespace opentraces::cli {

// Waiting for input, or for somebody to take output, ends with Error Interrupted when that is asked for.
std::unique_ptr<Terminal> posix_terminal(const Environment& environment, Checkpoint& checkpoint);

}  // namespace opentraces::cli
