// What an agent has made of the sessions of another (SpecStory's Markdown) says less than they do.
#pragma once

#include <cstddef>
#include <vector>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture {

// Takes out those whose session is there itself, and says how many they were.
std::size_t leave_out_copies(std::vector<Found>& sessions, Sources& sources);

}  // namespace opentraces::capture
