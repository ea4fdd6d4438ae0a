// Conversations that an agent keeps in a form that only its own program reads, and of which it has written
// nothing else: they are counted, so that nobody takes them for captured.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture {

struct Sealed {
    std::string_view agent;  // its title
    std::string folder;
    std::size_t conversations = 0;
};

// Of all projects: they do not say whose they are. Nothing for an agent that has none, or without a home.
std::vector<Sealed> sealed_conversations(std::span<const Agent* const> agents, const Environment& environment,
                                         fs::Disk& disk);

}  // namespace opentraces::capture
