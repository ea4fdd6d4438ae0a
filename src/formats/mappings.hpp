// The names of the field groups, and what holds a format's table against them while compiling.
#pragma once

#include <array>
#include <string_view>

#include "opentraces/formats/format.hpp"

namespace opentraces::formats {

inline constexpr auto k_group_names = std::to_array<std::string_view>({
    "schema_version",
    "trace_id",
    "session_id",
    "content_hash",
    "timestamps",
    "execution_context",
    "task",
    "agent",
    "environment",
    "vcs",
    "system_prompts",
    "tool_definitions",
    "steps",
    "content",
    "reasoning_content",
    "step_model",
    "step_timestamp",
    "agent_role",
    "call_type",
    "subagents",
    "tools_available",
    "tool_calls",
    "durations",
    "observations",
    "errors",
    "output_summaries",
    "snippets",
    "token_usage",
    "cache_read",
    "cache_write",
    "prefix_reuse",
    "metrics",
    "outcome",
    "dependencies",
    "security",
    "attribution",
    "metadata",
});

using Mappings = std::array<Mapping, k_group_names.size()>;

// Does not compile unless every group has its row, in the order of k_group_names, with a target if and only
// if the format keeps something of it.
consteval Mappings checked(Mappings mappings) {
    for (std::size_t i = 0; i < mappings.size(); ++i) {
        if (mappings[i].group != k_group_names[i]) throw "a row is missing or out of order";
        if ((mappings[i].coverage == Coverage::Dropped) != mappings[i].target.empty())
            throw "a dropped group has no target, every other one has";
    }
    return mappings;
}

}  // namespace opentraces::formats
