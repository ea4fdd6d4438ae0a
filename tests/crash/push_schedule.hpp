// Pushes under random, repeatable disturbances of the Hub, the network and the client itself.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "hub_emulator/emulator.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::testing {

// An invariant that did not hold. The message begins with the seed.
class BrokenPromise : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What a schedule was like, for statistics.
struct ScheduleReport {
    int pushes = 0;  // started, the last ones without disturbances included
    int errors = 0;  // pushes that ended in an error
    int kills = 0;   // pushes whose client was stopped
    int takedowns = 0;
    int commits = 0;  // in the dataset's history
    int faults = 0;   // requests that were disturbed
    bool operator==(const ScheduleReport&) const = default;
};

// Holds: no trace lost, doubled or half-committed, and no trace id twice, although two homes with different
// pseudonym keys push copies of the same sessions; index and card agree with a recount at every commit that a
// push made; a trace marked pushed is in the dataset; no credentials at the storage origin; failures are
// errors with a code other than Internal; the next undisturbed push converges. Of a takedown: the dataset is
// before or after it at every commit, no tombstone is ever lost, and no push brings back what was taken back.
class PushSchedules {
public:
    PushSchedules();
    PushSchedules(const PushSchedules&) = delete;
    PushSchedules& operator=(const PushSchedules&) = delete;
    ~PushSchedules();

    // The same seed gives the same schedule. Throws BrokenPromise.
    ScheduleReport run(std::uint64_t seed);

private:
    // Small files regular; everything large in one piece; everything large in parts.
    std::array<std::unique_ptr<hub_emulator::HubEmulator>, 3> m_hubs;
    std::unique_ptr<net::Transport> m_transport;
};

}  // namespace opentraces::testing
