// The wire names of the enumerations, in the order of their enumerators.
#pragma once

#include <array>
#include <string_view>

#include "opentraces/trace/record.hpp"

namespace opentraces::trace {

template <class Enum>
inline constexpr std::array<std::string_view, 0> k_names{};

template <>
inline constexpr std::array<std::string_view, 2> k_names<ExecutionContext>{"devtime", "runtime"};
template <>
inline constexpr std::array<std::string_view, 2> k_names<VcsType>{"git", "none"};
template <>
inline constexpr std::array<std::string_view, 3> k_names<Role>{"system", "user", "agent"};
template <>
inline constexpr std::array<std::string_view, 3> k_names<CallType>{"main", "subagent", "warmup"};
template <>
inline constexpr std::array<std::string_view, 3> k_names<SignalConfidence>{"derived", "inferred",
                                                                           "annotated"};
template <>
inline constexpr std::array<std::string_view, 4> k_names<TerminalState>{"goal_reached", "interrupted",
                                                                        "error", "abandoned"};
template <>
inline constexpr std::array<std::string_view, 3> k_names<RangeConfidence>{"high", "medium", "low"};

}  // namespace opentraces::trace
