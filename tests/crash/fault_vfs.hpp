// A layer below SQLite that makes its n-th change of a file fail, or ends the process there.
#pragma once

#include <cstddef>

namespace opentraces::testing {

enum class VfsFault {
    None,
    NoSpace,       // this and all later writes fail as on a full disk
    KillBefore,    // the process ends instead of the change
    KillTorn,      // half of the write is done, then the process ends
    Full,          // not a byte is free, not even for the memory that processes share
    Unwritable,    // nothing may be written or created
    KillUnsynced,  // the power fails: what was not synced is undone, then the process ends
};

// Becomes SQLite's default for the rest of the process. Syncs do not reach the disk: only their order counts.
void install_fault_vfs();
void set_vfs_fault(std::size_t at_change, VfsFault fault);
// There was such a change.
bool vfs_fault_reached();
// The power fails now, as with KillUnsynced.
[[noreturn]] void lose_power();

}  // namespace opentraces::testing
