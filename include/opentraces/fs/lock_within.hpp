// Waiting for somebody else's lock.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "opentraces/core/clock.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

// Disk::lock(), tried again for as long as `longest`; Error Locked then.
std::unique_ptr<Lock> lock_within(std::chrono::milliseconds longest, const std::string& path, Disk& disk,
                                  Clock& clock);
// The same for what another process of this user holds for a moment: it takes its time, whatever time the
// clock of the ports tells.
std::unique_ptr<Lock> lock_soon(std::chrono::milliseconds longest, const std::string& path, Disk& disk);

}  // namespace opentraces::fs
