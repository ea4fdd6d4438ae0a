// The field groups, and what holds a format's table against them while compiling.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "opentraces/formats/format.hpp"

namespace opentraces::formats {

// All three texts name places of the schema: "steps[].step_index, .role", where ".role" stands beside the one
// before it, "task.*" is all of it, and "and their order" is for people. Every field belongs to one group.
struct GroupRow {
    std::string_view name;
    std::string_view fields;
    // What makes a value of the group; a list with "[]" is one for each item. Empty: `fields`.
    std::string_view counted = {};
    // Belongs to the group too, and is no value of its own.
    std::string_view uncounted = {};
};

inline constexpr auto k_groups = std::to_array<GroupRow>({
    {"schema_version", "schema_version"},
    {"trace_id", "trace_id"},
    {"session_id", "session_id"},
    {"content_hash", "content_hash"},
    {"timestamps", "timestamp_start, timestamp_end"},
    {"execution_context", "execution_context"},
    {"task", "task.*"},
    {"agent", "agent.*"},
    {"environment", "environment.os, .shell, .language_ecosystem"},
    {"vcs", "environment.vcs.*"},
    {"system_prompts", "system_prompts, steps[].system_prompt_hash"},
    {"tool_definitions", "tool_definitions[]"},
    {"steps", "steps[].step_index, .role, and their order", "steps[]"},
    {"content", "steps[].content"},
    {"reasoning_content", "steps[].reasoning_content"},
    {"step_model", "steps[].model"},
    {"step_timestamp", "steps[].timestamp"},
    {"agent_role", "steps[].agent_role"},
    {"call_type", "steps[].call_type"},
    {"subagents", "steps[].parent_step, .subagent_trajectory_ref"},
    {"tools_available", "steps[].tools_available"},
    {"tool_calls", "steps[].tool_calls[].tool_call_id, .tool_name, .input", "steps[].tool_calls[]"},
    {"durations", "steps[].tool_calls[].duration_ms"},
    {"observations", "steps[].observations[].source_call_id, .content", "steps[].observations[]"},
    {"errors", "steps[].observations[].error"},
    {"output_summaries", "steps[].observations[].output_summary"},
    {"snippets", "steps[].snippets[]"},
    {"token_usage", "steps[].token_usage.input_tokens, .output_tokens"},
    {"cache_read", "steps[].token_usage.cache_read_tokens"},
    {"cache_write", "steps[].token_usage.cache_write_tokens"},
    {"prefix_reuse", "steps[].token_usage.prefix_reuse_tokens"},
    {"metrics", "metrics.*"},
    {"outcome", "outcome.*", {}, "outcome.signal_source, .signal_confidence"},
    {"dependencies", "dependencies[]"},
    {"security", "security.*"},
    {"attribution",
     "attribution.files[].conversations[].ranges[]",
     {},
     "attribution.experimental, attribution.files[].path, .conversations[].contributor, "
     ".conversations[].url"},
    {"metadata", "metadata.*"},
});

using Mappings = std::array<Mapping, k_groups.size()>;

// A format's table: a row, with its target, for each group of which it keeps something, in any order. All
// other groups are dropped. A name that is no group's, or stands twice, does not compile.
template <std::size_t Rows>
consteval Mappings keeps(const Mapping (&rows)[Rows]) {
    Mappings mappings{};
    for (std::size_t i = 0; i < k_groups.size(); ++i)
        mappings[i].group = k_groups[i].name;
    for (const Mapping& row : rows) {
        if (row.coverage == Coverage::Dropped || row.target.empty())
            throw "a row says what is kept, and where it goes";
        std::size_t i = 0;
        while (i < mappings.size() && mappings[i].group != row.group)
            ++i;
        if (i == mappings.size()) throw "no such group";
        if (mappings[i].coverage != Coverage::Dropped) throw "a group stands twice";
        mappings[i] = row;
    }
    return mappings;
}

}  // namespace opentraces::formats
