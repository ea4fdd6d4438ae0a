// A Screen on the standard streams, which both have to be a terminal.
#pragma once

#include <memory>

#include "cli/review/screen.hpp"
#include "cli/review/terminal_codes.hpp"
#include "opentraces/core/checkpoint.hpp"

namespace opentraces::cli::review {

// There is one at a time. Ctrl-Z puts the program aside, as elsewhere. The terminal is as before also when a
// second signal ends the process at once.
std::unique_ptr<Screen> posix_screen(TerminalCodes codes, Checkpoint& checkpoint);

}  // namespace opentraces::cli::review
