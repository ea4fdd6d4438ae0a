// What the compatible rubric asks of a record's steps, counted in one pass.
#pragma once

#include <cstddef>
#include <cstdint>

#include "opentraces/trace/record.hpp"

namespace opentraces::quality {

struct TraceFacts {
    std::size_t steps = 0;
    std::size_t agent_steps = 0;

    std::size_t calls = 0;
    std::size_t calls_with_id = 0;
    std::size_t observations = 0;
    std::size_t observations_with_source = 0;
    bool writes_code = false;  // a tool that writes files was called

    // Sets of ids over the whole trace.
    std::size_t call_ids = 0;
    std::size_t call_ids_unanswered = 0;
    std::size_t source_ids = 0;
    std::size_t source_ids_unknown = 0;

    bool indexes_unique = true;
    bool indexes_in_order = true;

    std::size_t agent_steps_with_call_type = 0;
    std::size_t steps_with_call_type = 0;
    std::size_t subagent_steps = 0;
    std::size_t subagent_steps_with_parent = 0;

    std::size_t agent_steps_with_any_tokens = 0;   // input, output or cache read
    std::size_t agent_steps_with_tokens = 0;       // input or output
    std::size_t agent_steps_with_both_tokens = 0;  // input and output
    std::size_t agent_steps_with_model = 0;
    std::size_t agent_steps_with_content = 0;  // or with a tool call

    std::size_t steps_with_any_reasoning = 0;  // blank counts
    std::size_t calling_steps = 0;             // agent steps with a tool call
    std::size_t calling_steps_readable = 0;
    std::size_t calling_steps_redacted = 0;
    std::size_t agent_steps_reasoning_full = 0;
    std::size_t agent_steps_reasoning_encrypted = 0;

    std::size_t steps_with_timestamp = 0;
    std::size_t snippets = 0;
    std::size_t snippets_with_language = 0;
    std::size_t prompt_references = 0;
    std::size_t prompt_references_resolved = 0;

    std::size_t turns = 0;  // steps that take part in the alternation
    std::size_t turn_violations = 0;

    std::size_t warmup_steps = 0;
    bool has_work_step = false;  // main or sub-agent
    bool warmup_first = false;   // the last warmup comes before the first work step
};

bool is_code_writing_tool(std::string_view name);
// `turn_level`: the record knows conversation turns, not single calls.
TraceFacts facts_of(const trace::TraceRecord& record, bool turn_level);

}  // namespace opentraces::quality
