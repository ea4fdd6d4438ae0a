// The whole program as a function of its arguments and ports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/ports.hpp"

namespace opentraces::cli {

// What only the executable knows of itself.
struct Build {
    std::string_view commit;  // of its source; empty when that is unknown
};

// Parses the arguments, runs the command, prints its answer or its error; answers the exit status.
int run(const std::vector<std::string>& arguments, flow::Ports& ports, Terminal& terminal,
        const Build& build = {});
// The same for an error before there are ports.
int report(const Error& error, const std::vector<std::string>& arguments, Terminal& terminal);

}  // namespace opentraces::cli
