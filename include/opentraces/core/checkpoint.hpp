// Where a command can stop: before it reads, waits or sends. Nothing that is being written is torn by it.
#pragma once

#include <chrono>

#include "opentraces/core/clock.hpp"

namespace opentraces {

class Checkpoint {
public:
    virtual ~Checkpoint() = default;
    virtual bool stop_requested() const = 0;
    // Returns when the descriptor can be read, or written; Error Interrupted when the end was asked for
    // first.
    virtual void wait_readable(int descriptor) = 0;
    virtual void wait_writable(int descriptor) = 0;
    // Error Interrupted when the end was asked for.
    void check() const;
};

// The same clock, whose sleep ends with Error Interrupted when the end is asked for.
class StoppableClock final : public Clock {
public:
    StoppableClock(Clock& inner, const Checkpoint& checkpoint) : m_inner(inner), m_checkpoint(checkpoint) {}
    TimePoint now() override { return m_inner.now(); }
    void sleep(std::chrono::milliseconds duration) override;

private:
    Clock& m_inner;
    const Checkpoint& m_checkpoint;
};

}  // namespace opentraces
