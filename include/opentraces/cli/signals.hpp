// SIGINT, SIGTERM and SIGHUP as a wish that commands meet where they can stop.
#pragma once

#include "opentraces/core/checkpoint.hpp"

namespace opentraces::cli {

// Takes the three signals over, except those that were ignored when the program started (nohup). The first
// one is what the checkpoint tells of; the second one ends the process at once, with status 130. There is one
// for the whole process.
Checkpoint& catch_signals();

}  // namespace opentraces::cli
