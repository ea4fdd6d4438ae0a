// What somebody can do about a check that fails: it depends on who wrote the session.
#pragma once

#include <span>
#include <string_view>

#include "opentraces/quality/rubric.hpp"

namespace opentraces::quality {

// For those who record their sessions with this agent (agent.name of the record) and capture them with
// opentraces: what they can do, with the agent or with opentraces, or that there is nothing. For records of
// other agents, or of none that is known ("" too), the check's own advice to whoever writes records.
std::string_view advice(const CheckInfo& check, std::string_view agent);

// The agents that have advice of their own; tests hold them against those that are captured.
std::span<const std::string_view> advised_agents();

}  // namespace opentraces::quality
