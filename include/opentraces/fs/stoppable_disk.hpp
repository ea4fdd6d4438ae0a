// A disk where a command can be stopped.
#pragma once

#include <memory>

#include "opentraces/core/checkpoint.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

// The same disk; open(), list() and reading end with Error Interrupted when that is asked for, also while
// they wait for one of the user's own descriptors. What writes, renames, removes or locks is never stopped.
std::unique_ptr<Disk> stoppable_disk(Disk& inner, Checkpoint& checkpoint);

}  // namespace opentraces::fs
