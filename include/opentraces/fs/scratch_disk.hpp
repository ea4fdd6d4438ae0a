// A folder whose files have no name on any disk: gone with the process, however it ends.
#pragma once

#include <memory>
#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

// The same disk, with a folder `folder` of its own that nobody else sees. What is written there stays in
// memory while it is small, else in nameless files in `storage`, a folder that must be writable then. Nothing
// is renamed into it or out of it. For one process and, apart from reading, one thread.
std::unique_ptr<Disk> scratch_disk(Disk& inner, std::string folder, std::string storage);

}  // namespace opentraces::fs
