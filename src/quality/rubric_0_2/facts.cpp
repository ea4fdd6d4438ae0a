#include "quality/rubric_0_2/facts.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

using trace::Integer;
using trace::Role;
using trace::Step;
using trace::TraceRecord;

bool is_less(const Integer& left, const Integer& right) {
    if (left.fits() || right.fits() || left.value() != right.value()) return left.value() < right.value();
    const std::string a = left.text();
    const std::string b = right.text();
    const bool less_digits = a.size() != b.size() ? a.size() < b.size() : a < b;
    return left.value() < 0 ? a != b && !less_digits : less_digits;
}

void count_indexes(const std::vector<Step>& steps, TraceFacts& facts) {
    for (std::size_t i = 1; i < steps.size(); ++i)
        if (is_less(steps[i].step_index, steps[i - 1].step_index)) facts.indexes_in_order = false;
    std::vector<const Integer*> sorted;
    sorted.reserve(steps.size());
    for (const Step& step : steps)
        sorted.push_back(&step.step_index);
    if (!facts.indexes_in_order)
        std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return is_less(*a, *b); });
    facts.indexes_unique = std::adjacent_find(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
                               return *a == *b;
                           }) == sorted.end();
}

using Ids = std::vector<std::string_view>;

void make_set(Ids& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

std::size_t missing_from(const Ids& other, const Ids& ids) {
    return static_cast<std::size_t>(std::count_if(ids.begin(), ids.end(), [&](std::string_view id) {
        return !std::binary_search(other.begin(), other.end(), id);
    }));
}

void count_ids(const std::vector<Step>& steps, TraceFacts& facts) {
    Ids calls;
    Ids sources;
    for (const Step& step : steps) {
        for (const trace::ToolCall& call : step.tool_calls)
            calls.push_back(call.tool_call_id);
        for (const trace::Observation& observation : step.observations)
            sources.push_back(observation.source_call_id);
    }
    make_set(calls);
    make_set(sources);
    facts.call_ids = calls.size();
    facts.call_ids_unanswered = missing_from(sources, calls);
    facts.source_ids = sources.size();
    facts.source_ids_unknown = missing_from(calls, sources);
}

void count_turns(const std::vector<Step>& steps, bool turn_level, TraceFacts& facts) {
    std::optional<Role> before;
    for (const Step& step : steps) {
        if (step.role == Role::System) continue;
        if (!turn_level && step.call_type == trace::CallType::Subagent) continue;
        ++facts.turns;
        if (before == step.role) ++facts.turn_violations;
        before = step.role;
    }
}

void count_warmups(const std::vector<Step>& steps, TraceFacts& facts) {
    std::size_t last_warmup = 0;
    std::size_t first_work = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].call_type == trace::CallType::Warmup) {
            ++facts.warmup_steps;
            last_warmup = i;
        } else if (steps[i].call_type && !facts.has_work_step) {
            facts.has_work_step = true;
            first_work = i;
        }
    }
    facts.warmup_first = facts.has_work_step && last_warmup < first_work;
}

void count_reasoning(const Step& step, TraceFacts& facts) {
    const bool calls = !step.tool_calls.empty();
    if (calls) ++facts.calling_steps;
    if (!has_text(step.reasoning_content)) return;
    const std::string_view text = *step.reasoning_content;
    if (calls)
        ++(text.starts_with("[redacted") ? facts.calling_steps_redacted : facts.calling_steps_readable);
    ++(text.starts_with("[encrypted") ? facts.agent_steps_reasoning_encrypted
                                      : facts.agent_steps_reasoning_full);
}

void count_agent_step(const Step& step, TraceFacts& facts) {
    const bool input = step.token_usage.input_tokens.value() > 0;
    const bool output = step.token_usage.output_tokens.value() > 0;
    ++facts.agent_steps;
    if (step.call_type) ++facts.agent_steps_with_call_type;
    if (input || output || step.token_usage.cache_read_tokens.value() > 0)
        ++facts.agent_steps_with_any_tokens;
    if (input || output) ++facts.agent_steps_with_tokens;
    if (input && output) ++facts.agent_steps_with_both_tokens;
    if (has_text(step.model)) ++facts.agent_steps_with_model;
    if (!step.tool_calls.empty() || has_text(step.content)) ++facts.agent_steps_with_content;
    count_reasoning(step, facts);
}

void count_prompt(const TraceRecord& record, const Step& step, TraceFacts& facts) {
    if (!is_given(step.system_prompt_hash)) return;
    ++facts.prompt_references;
    if (std::any_of(record.system_prompts.begin(), record.system_prompts.end(),
                    [&](const auto& prompt) { return prompt.first == *step.system_prompt_hash; }))
        ++facts.prompt_references_resolved;
}

void count_lists(const Step& step, TraceFacts& facts) {
    facts.calls += step.tool_calls.size();
    for (const trace::ToolCall& call : step.tool_calls) {
        if (!call.tool_call_id.empty()) ++facts.calls_with_id;
        if (is_code_writing_tool(call.tool_name)) facts.writes_code = true;
    }
    facts.observations += step.observations.size();
    for (const trace::Observation& observation : step.observations)
        if (!observation.source_call_id.empty()) ++facts.observations_with_source;
    facts.snippets += step.snippets.size();
    for (const trace::Snippet& snippet : step.snippets)
        if (has_text(snippet.language)) ++facts.snippets_with_language;
}

void count_step(const TraceRecord& record, const Step& step, TraceFacts& facts) {
    if (step.call_type) ++facts.steps_with_call_type;
    if (step.call_type == trace::CallType::Subagent) {
        ++facts.subagent_steps;
        if (step.parent_step) ++facts.subagent_steps_with_parent;
    }
    if (is_given(step.reasoning_content)) ++facts.steps_with_any_reasoning;
    if (has_text(step.timestamp)) ++facts.steps_with_timestamp;
    count_prompt(record, step, facts);
    count_lists(step, facts);
    if (step.role == Role::Agent) count_agent_step(step, facts);
}

}  // namespace

bool is_code_writing_tool(std::string_view name) {
    return name == "Edit" || name == "Write" || name == "edit" || name == "write" || name == "patch" ||
           name == "write_file";
}

TraceFacts facts_of(const TraceRecord& record, bool turn_level) {
    TraceFacts facts;
    facts.steps = record.steps.size();
    for (const Step& step : record.steps)
        count_step(record, step, facts);
    count_indexes(record.steps, facts);
    count_ids(record.steps, facts);
    count_turns(record.steps, turn_level, facts);
    count_warmups(record.steps, facts);
    return facts;
}

}  // namespace opentraces::quality
