// The real program, killed (signal 9) at a random moment of a push, again and again until a push is left
// alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "hub_emulator/emulator.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::testing {

struct KillReport {
    int kills = 0;
    int completed = 0;  // pushes that ended by themselves
};

class KilledClients {
public:
    explicit KilledClients(std::string program);
    KilledClients(const KilledClients&) = delete;
    KilledClients& operator=(const KilledClients&) = delete;
    ~KilledClients();
    // Throws BrokenPromise when a trace is lost or doubled, or when the last push does not converge.
    KillReport run(std::uint64_t seed);

private:
    std::string m_program;
    hub_emulator::HubEmulator m_hub;
    std::unique_ptr<net::Transport> m_transport;
};

}  // namespace opentraces::testing
