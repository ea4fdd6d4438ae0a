// The rows of the coverage table, and how many values of each a record has.
#include <algorithm>

#include "formats/mappings.hpp"
#include "formats/view/prepared.hpp"
#include "opentraces/formats/format.hpp"

namespace opentraces::formats {
namespace {

using trace::Step;
using trace::TraceRecord;
using Count = std::uint64_t;

template <class... Fields>
Count set(const Fields&... fields) {
    return (Count{0} + ... + (fields.has_value() ? 1 : 0));
}

Count given(const std::string& text) {
    return text.empty() ? 0 : 1;
}

template <class Of>
Count over_steps(const TraceRecord& record, Of of) {
    Count count = 0;
    for (const Step& step : record.steps)
        count += of(step);
    return count;
}

template <class Of>
Count over_observations(const TraceRecord& record, Of of) {
    return over_steps(record, [&](const Step& step) {
        Count count = 0;
        for (const trace::Observation& observation : step.observations)
            count += of(observation);
        return count;
    });
}

Count not_zero(const trace::Integer& number) {
    return number.value() != 0 ? 1 : 0;
}

Count vcs_values(const TraceRecord& record) {
    const trace::Vcs& vcs = record.environment.vcs;
    return (vcs.type == trace::VcsType::None ? 0 : 1) + set(vcs.base_commit, vcs.branch, vcs.diff);
}

Count duration_values(const TraceRecord& record) {
    return over_steps(record, [](const Step& step) {
        return static_cast<Count>(
            std::count_if(step.tool_calls.begin(), step.tool_calls.end(),
                          [](const auto& call) { return call.duration_ms.has_value(); }));
    });
}

Count metrics_values(const TraceRecord& record) {
    const trace::Metrics& metrics = record.metrics;
    return not_zero(metrics.total_steps) + not_zero(metrics.total_input_tokens) +
           not_zero(metrics.total_output_tokens) +
           set(metrics.total_duration_s, metrics.cache_hit_rate, metrics.estimated_cost_usd);
}

Count outcome_values(const TraceRecord& record) {
    const trace::Outcome& outcome = record.outcome;
    return set(outcome.success, outcome.description, outcome.patch, outcome.commit_sha,
               outcome.terminal_state, outcome.reward, outcome.reward_source) +
           (outcome.committed ? 1 : 0);
}

Count security_values(const TraceRecord& record) {
    const trace::SecurityMetadata& security = record.security;
    return (security.scanned ? 1 : 0) + not_zero(security.flags_reviewed) +
           not_zero(security.redactions_applied) + set(security.classifier_version);
}

Count attribution_values(const TraceRecord& record) {
    Count ranges = 0;
    if (!record.attribution) return ranges;
    for (const trace::AttributionFile& file : record.attribution->files) {
        for (const trace::AttributionConversation& conversation : file.conversations)
            ranges += conversation.ranges.size();
    }
    return ranges;
}

constexpr auto k_groups = std::to_array<FieldGroup>({
    {"schema_version", "schema_version", [](const TraceRecord& r) { return given(r.schema_version); }},
    {"trace_id", "trace_id", [](const TraceRecord& r) { return given(r.trace_id); }},
    {"session_id", "session_id", [](const TraceRecord& r) { return given(r.session_id); }},
    {"content_hash", "content_hash", [](const TraceRecord& r) { return set(r.content_hash); }},
    {"timestamps", "timestamp_start, timestamp_end",
     [](const TraceRecord& r) { return set(r.timestamp_start, r.timestamp_end); }},
    {"execution_context", "execution_context", [](const TraceRecord& r) { return set(r.execution_context); }},
    {"task", "task.*",
     [](const TraceRecord& r) {
         return set(r.task.description, r.task.source, r.task.repository, r.task.base_commit);
     }},
    {"agent", "agent.*",
     [](const TraceRecord& r) { return given(r.agent.name) + set(r.agent.version, r.agent.model); }},
    {"environment", "environment.os, .shell, .language_ecosystem",
     [](const TraceRecord& r) {
         return set(r.environment.os, r.environment.shell) + r.environment.language_ecosystem.size();
     }},
    {"vcs", "environment.vcs.*", vcs_values},
    {"system_prompts", "system_prompts, steps[].system_prompt_hash",
     [](const TraceRecord& r) {
         return r.system_prompts.size() +
                over_steps(r, [](const Step& step) { return set(step.system_prompt_hash); });
     }},
    {"tool_definitions", "tool_definitions[]",
     [](const TraceRecord& r) { return Count{r.tool_definitions.size()}; }},
    {"steps", "steps[].step_index, .role, and their order",
     [](const TraceRecord& r) { return Count{r.steps.size()}; }},
    {"content", "steps[].content",
     [](const TraceRecord& r) { return over_steps(r, [](const Step& step) { return set(step.content); }); }},
    {"reasoning_content", "steps[].reasoning_content",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return set(step.reasoning_content); });
     }},
    {"step_model", "steps[].model",
     [](const TraceRecord& r) { return over_steps(r, [](const Step& step) { return set(step.model); }); }},
    {"step_timestamp", "steps[].timestamp",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return set(step.timestamp); });
     }},
    {"agent_role", "steps[].agent_role",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return set(step.agent_role); });
     }},
    {"call_type", "steps[].call_type",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return set(step.call_type); });
     }},
    {"subagents", "steps[].parent_step, .subagent_trajectory_ref",
     [](const TraceRecord& r) {
         return over_steps(
             r, [](const Step& step) { return set(step.parent_step, step.subagent_trajectory_ref); });
     }},
    {"tools_available", "steps[].tools_available",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return Count{step.tools_available.size()}; });
     }},
    {"tool_calls", "steps[].tool_calls[].tool_call_id, .tool_name, .input",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return Count{step.tool_calls.size()}; });
     }},
    {"durations", "steps[].tool_calls[].duration_ms", duration_values},
    {"observations", "steps[].observations[].source_call_id, .content",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return Count{step.observations.size()}; });
     }},
    {"errors", "steps[].observations[].error",
     [](const TraceRecord& r) {
         return over_observations(r, [](const auto& observation) { return set(observation.error); });
     }},
    {"output_summaries", "steps[].observations[].output_summary",
     [](const TraceRecord& r) {
         return over_observations(r, [](const auto& observation) { return set(observation.output_summary); });
     }},
    {"snippets", "steps[].snippets[]",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return Count{step.snippets.size()}; });
     }},
    {"token_usage", "steps[].token_usage.input_tokens, .output_tokens",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) {
             return not_zero(step.token_usage.input_tokens) + not_zero(step.token_usage.output_tokens);
         });
     }},
    {"cache_read", "steps[].token_usage.cache_read_tokens",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return not_zero(step.token_usage.cache_read_tokens); });
     }},
    {"cache_write", "steps[].token_usage.cache_write_tokens",
     [](const TraceRecord& r) {
         return over_steps(r, [](const Step& step) { return not_zero(step.token_usage.cache_write_tokens); });
     }},
    {"prefix_reuse", "steps[].token_usage.prefix_reuse_tokens",
     [](const TraceRecord& r) {
         return over_steps(r,
                           [](const Step& step) { return not_zero(step.token_usage.prefix_reuse_tokens); });
     }},
    {"metrics", "metrics.*", metrics_values},
    {"outcome", "outcome.*", outcome_values},
    {"dependencies", "dependencies[]", [](const TraceRecord& r) { return Count{r.dependencies.size()}; }},
    {"security", "security.*", security_values},
    {"attribution", "attribution.files[].conversations[].ranges[]", attribution_values},
    {"metadata", "metadata.*", [](const TraceRecord& r) { return Count{r.metadata.size()}; }},
});

consteval bool in_the_order_of_names() {
    for (std::size_t i = 0; i < k_groups.size(); ++i) {
        if (k_groups[i].name != k_group_names[i]) return false;
    }
    return k_groups.size() == k_group_names.size();
}
static_assert(in_the_order_of_names());

}  // namespace

std::span<const FieldGroup> field_groups() {
    return k_groups;
}

std::string_view name_of(Coverage coverage) {
    switch (coverage) {
        case Coverage::Full:
            return "full";
        case Coverage::Extension:
            return "extension";
        case Coverage::Partial:
            return "partial";
        case Coverage::Dropped:
            break;
    }
    return "dropped";
}

}  // namespace opentraces::formats
