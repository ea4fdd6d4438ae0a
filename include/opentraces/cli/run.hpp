// The whole program as a function of its arguments and ports.
#pragma once

#include <string>
#include <vector>

#include "opentraces/cli/terminal.hpp"
#include "opentraces/flow/ports.hpp"

namespace opentraces::cli {

// Parses the arguments, runs the command, prints its answer or its error; answers the exit status.
int run(const std::vector<std::string>& arguments, flow::Ports& ports, Terminal& terminal);

}  // namespace opentraces::cli
