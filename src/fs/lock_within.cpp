#include "opentraces/fs/lock_within.hpp"

#include "opentraces/core/error.hpp"

namespace opentraces::fs {

std::unique_ptr<Lock> lock_within(std::chrono::milliseconds longest, const std::string& path, Disk& disk,
                                  Clock& clock) {
    constexpr std::chrono::milliseconds k_pause{50};
    for (std::chrono::milliseconds waited{0};; waited += k_pause) {
        try {
            return disk.lock(path);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Locked || waited >= longest) throw;
        }
        clock.sleep(k_pause);
    }
}

}  // namespace opentraces::fs
