// A program, mostly this one once more, without anybody who waits for it.
#pragma once

#include <string>
#include <vector>

#include "opentraces/core/environment.hpp"

namespace opentraces::flow {

// Starts the program with these words in a session of its own, without a terminal and without the caller's
// descriptors, and returns at once. What it says is appended to `log`. False when it cannot be started: its
// path is not known, or the system has no room for another process.
bool start_detached(const Environment& environment, const std::vector<std::string>& words,
                    const std::string& log);

// The same of another program, by its full path, with the caller's environment and what it says left out.
bool start_program_detached(const std::vector<std::string>& command);

}  // namespace opentraces::flow
