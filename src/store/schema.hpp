// The tables of store.db and how older ones become the current ones.
#pragma once

#include "opentraces/fs/disk.hpp"
#include "store/sqlite.hpp"

namespace opentraces::store {

// The file is opened, checked to be ours and not newer than this program, and migrated. `disk` is confined to
// the project. The pages are looked at one by one only when the last process did not close the file. Errors:
// CorruptStore, NewerSchema (the file is left as it is), DiskFailed, Locked.
Database open_database(const std::string& folder, fs::Disk& disk);

// The same, but nothing is created or changed: works on a full disk and without permission to write. A store
// that does not exist yet is read as an empty one; one of an earlier format is migrated.
Database open_database_for_reading(const std::string& folder, fs::Disk& disk);

// Everything that can be said of a file from elsewhere: the above, and every page of it.
void check_database(const std::string& folder, fs::Disk& disk);

}  // namespace opentraces::store
