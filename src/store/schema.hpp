// The tables of store.db and how older ones become the current ones.
#pragma once

#include "opentraces/fs/disk.hpp"
#include "store/sqlite.hpp"

namespace opentraces::store {

// The file is opened, checked to be ours and not newer than this program, and migrated.
// Errors: CorruptStore, NewerSchema (the file is left as it is), DiskFailed, Locked.
Database open_database(const std::string& folder, fs::Disk& disk);

}  // namespace opentraces::store
