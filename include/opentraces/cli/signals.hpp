// SIGINT, SIGTERM and SIGHUP as a wish that commands meet where they can stop.
#pragma once

#include "opentraces/core/checkpoint.hpp"

namespace opentraces::cli {

// Takes the three signals over, except those that were ignored when the program started (nohup). The first
// one is what the checkpoint tells of; the second one ends the process at once, with status 130. There is one
// for the whole process.
Checkpoint& catch_signals();

// What is done before that second one ends the process, as inside a signal handler: for whoever has changed
// the terminal. One at a time; null for nothing.
void at_forced_end(void (*action)());

}  // namespace opentraces::cli
