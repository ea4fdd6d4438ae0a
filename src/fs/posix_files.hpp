// Files of the POSIX disk: reading, the durable new file, the lock.
#pragma once

#include <memory>
#include <string>

#include "fs/posix_place.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

std::unique_ptr<ReadFile> open_for_reading(const Place& place);
// The place's folder is open.
std::unique_ptr<NewFile> create_new_file(Place place, unsigned mode, std::shared_ptr<FolderSyncs> syncs);
std::unique_ptr<Lock> lock_file(const Place& place);

}  // namespace opentraces::fs
