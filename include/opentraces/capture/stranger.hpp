// Files that none of the agents that were asked for recognises: whose they are.
#pragma once

#include <span>
#include <string>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture {

struct Stranger {
    // Of all agents the one that recognises it; null: none does.
    const Agent* owner = nullptr;
    // JSON or a database that none of all agents knows, under a name that is not one agent's alone: what a
    // reader would say of it is of no use.
    bool nobodys = false;
};

// discover() has found the file without a fingerprint, for nobody whom it was asked for recognised it. Both
// members are unset where it cannot be looked at: its reader says why.
Stranger look_at_stranger(const std::string& path, std::span<const Agent* const> asked, Sources& sources);

}  // namespace opentraces::capture
