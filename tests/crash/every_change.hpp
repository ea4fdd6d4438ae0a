// The same work again and again, with a fault at its first change, its second, and so on to its last.
#pragma once

#include <cstddef>
#include <functional>

#include "catch.hpp"
#include "crash/fault_vfs.hpp"
#include "crash/killed_child.hpp"
#include "doubles/faulty_disk.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::testing {

struct EveryChange {
    std::function<void()> fresh;         // before each time
    std::function<void(fs::Disk&)> act;  // on a disk that may fail
    std::function<void(Ending)> check;   // after each time
};

// Changes that SQLite makes; `act` runs in a process of its own. After install_fault_vfs().
inline void at_every_change_of_sqlite(VfsFault fault, fs::Disk& disk, const EveryChange& steps) {
    std::size_t faults = 0;
    Ending ending = Ending::Killed;
    for (std::size_t n = 0; ending != Ending::FinishedBefore; ++n) {
        INFO("change " << n << ", fault " << static_cast<int>(fault));
        REQUIRE(n < 2000);
        steps.fresh();
        ending = in_child([&] {
            set_vfs_fault(n, fault);
            steps.act(disk);
            if (!vfs_fault_reached()) ::_exit(k_finished_before);
        });
        const bool finished = ending == Ending::Finished || ending == Ending::FinishedBefore;
        steps.check(finished ? Ending::Finished : ending);
        // A torn write needs a write, and a sync no space; not every change is one.
        if (!finished) ++faults;
    }
    INFO("fault " << static_cast<int>(fault));
    CHECK(faults > 0);
}

// Changes of files; a stop leaves `act` by an exception.
inline void at_every_change_of_a_file(FaultyDisk::Fault fault, fs::Disk& disk, const EveryChange& steps) {
    bool reached = true;
    for (std::size_t n = 0; reached; ++n) {
        INFO("change " << n << ", fault " << static_cast<int>(fault));
        REQUIRE(n < 2000);
        steps.fresh();
        FaultyDisk faulty(disk);
        faulty.at(n, fault);
        try {
            steps.act(faulty);
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::DiskFailed);
        } catch (const Stop&) {
        }
        reached = faulty.changes().size() > n;
        steps.check(Ending::Finished);
    }
}

}  // namespace opentraces::testing
