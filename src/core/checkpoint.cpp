#include "opentraces/core/checkpoint.hpp"

#include <algorithm>

#include "opentraces/core/error.hpp"

namespace opentraces {

void Checkpoint::check() const {
    if (stop_requested())
        throw Error(ErrorCode::Interrupted, "interrupted; nothing was lost", "Run the same command again.");
}

void StoppableClock::sleep(std::chrono::milliseconds duration) {
    constexpr std::chrono::milliseconds k_slice{50};
    m_checkpoint.check();
    while (duration.count() > 0) {
        const auto slice = std::min(duration, k_slice);
        m_inner.sleep(slice);
        m_checkpoint.check();
        duration -= slice;
    }
}

}  // namespace opentraces
