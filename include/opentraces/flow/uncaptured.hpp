// Which agents have sessions of a project that nobody has captured yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct Uncaptured {
    const capture::Agent* agent = nullptr;
    bool chosen = false;                   // its sessions are captured in this project
    std::optional<std::int64_t> sessions;  // nullopt: they could not be looked for
    std::string reason;                    // why not
};

// Of all agents, those that have any, or that could not be looked at. A session that was read once is none of
// them, whatever it gave, and neither is a file that no agent knows. `chosen` names agents; none: all.
std::vector<Uncaptured> find_uncaptured(const std::string& project, const std::vector<std::string>& chosen,
                                        store::Store& store, const Ports& ports);

}  // namespace opentraces::flow
