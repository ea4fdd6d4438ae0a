#include "opentraces/fs/lock_within.hpp"

#include <thread>

#include "opentraces/core/error.hpp"

namespace opentraces::fs {
namespace {

using std::chrono::milliseconds;

template <class Wait>
std::unique_ptr<Lock> lock_after(milliseconds longest, milliseconds pause, const std::string& path,
                                 Disk& disk, const Wait& wait) {
    for (milliseconds waited{0};; waited += pause) {
        try {
            return disk.lock(path);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Locked || waited >= longest) throw;
        }
        wait(pause);
    }
}

}  // namespace

std::unique_ptr<Lock> lock_within(milliseconds longest, const std::string& path, Disk& disk, Clock& clock) {
    return lock_after(longest, milliseconds(50), path, disk,
                      [&clock](milliseconds pause) { clock.sleep(pause); });
}

std::unique_ptr<Lock> lock_soon(milliseconds longest, const std::string& path, Disk& disk) {
    return lock_after(longest, milliseconds(10), path, disk,
                      [](milliseconds pause) { std::this_thread::sleep_for(pause); });
}

}  // namespace opentraces::fs
