#include "formats/native/native.hpp"

#include <algorithm>
#include <unordered_set>

#include "opentraces/core/sums.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::formats {
namespace {

constexpr std::size_t k_title_length = 80;
constexpr std::string_view k_unnamed_harness = "unknown";
constexpr std::string_view k_nameless_call = "call";
constexpr std::int64_t k_longest_call_ms = std::int64_t{366} * 24 * 3600 * 1000;  // longer ones are damage
constexpr std::int64_t k_ns_per_ms = 1'000'000;

std::string_view first_user_text(const Run& run) {
    for (const PreparedStep& step : run.steps) {
        if (step.step->role == trace::Role::User && step.step->content) return *step.step->content;
    }
    return {};
}

std::optional<Instant> later(std::optional<Instant> time, const trace::ToolCall& call) {
    if (!time || !call.duration_ms) return time;
    const std::int64_t duration = call.duration_ms->value();
    if (duration > 0 && duration <= k_longest_call_ms)
        time->ns = add_clamped(time->ns, duration * k_ns_per_ms);
    return time;
}

// What both formats leave out of a run.
void remark_on_run(const Prepared& prepared, const Run& run, Remarks& remarks) {
    const std::string_view agent_model = model_text(prepared.record->agent.model);
    bool names_model = !run.is_main() || agent_model.empty();
    for (const PreparedStep& step : run.steps) {
        if (!is_shown(step)) {
            remarks.add("steps", "warm-up step: left out");
            continue;
        }
        names_model = names_model || (step.step->model && *step.step->model == agent_model);
        if (step.step->timestamp && !step.time) remarks.add("step_timestamp", "not a time: left out");
        if (!step.unresolved_reference.empty())
            remarks.add("subagents", "the record does not have the sub-agent's steps: reference left out");
        if (!step.is_agent() && !step.step->tool_calls.empty())
            remarks.add("tool_calls", "call of a step that is not an agent's: shown as an agent's",
                        step.step->tool_calls.size());
    }
    if (!names_model) remarks.add("agent", "model of the agent that no step names: left out");
}

// Prompts that no step of the record uses.
void remark_on_prompts(const trace::TraceRecord& record, Remarks& remarks) {
    if (record.system_prompts.empty()) return;
    std::unordered_set<std::string_view> used;
    for (const trace::Step& step : record.steps) {
        if (step.system_prompt_hash) used.insert(*step.system_prompt_hash);
    }
    const auto unused = std::count_if(record.system_prompts.begin(), record.system_prompts.end(),
                                      [&](const auto& prompt) { return !used.contains(prompt.first); });
    remarks.add("system_prompts", "prompt that no step names: left out", static_cast<std::uint64_t>(unused));
}

}  // namespace

std::string native_session_id(const Prepared& prepared, const Run& run) {
    const std::string& session = prepared.record->session_id;
    return run.is_main() ? session : session + "/" + run.id;
}

std::string native_stem(const Prepared& prepared, const Run& run) {
    const std::string& session = prepared.record->session_id;
    return file_stem(run.is_main() ? session : session + "." + run.id);
}

std::string_view native_harness(const Prepared& prepared, const ExportOptions& options) {
    if (!options.harness.empty()) return options.harness;
    const std::string& agent = prepared.record->agent.name;
    return agent.empty() ? k_unnamed_harness : std::string_view(agent);
}

std::string native_title(const Prepared& prepared, const Run& run) {
    const std::string asked(first_code_points(trim(first_user_text(run)), k_title_length));
    if (run.is_main()) return prepared.record->task.description.value_or(asked);
    if (run.role.empty() || asked.empty()) return std::string(run.role) + asked;
    return std::string(run.role) + ": " + asked;
}

const std::vector<std::string_view>& NativeCalls::name(const PreparedStep& step) {
    m_ids.clear();
    for (const trace::ToolCall& call : step.step->tool_calls) {
        const std::string_view given = call.tool_call_id;
        const std::string_view id = m_names.claim(given.empty() ? k_nameless_call : given);
        if (id != given) m_remarks.add("tool_calls", "call id empty or used before in its run: made unique");
        m_ids.push_back(id);
        m_known.insert_or_assign(given, Known{id, call.tool_name});
    }
    return m_ids;
}

std::vector<NativeAnswer> NativeCalls::answers(const PreparedStep& step) {
    std::vector<NativeAnswer> answers;
    const auto& calls = step.step->tool_calls;
    auto result = step.results.begin();
    for (std::size_t i = 0; i < calls.size(); ++i) {
        NativeAnswer answer{m_ids[i], calls[i].tool_name, nullptr, later(step.time, calls[i])};
        if (result == step.results.end() || result->call != i) answers.push_back(answer);
        for (; result != step.results.end() && result->call == i; ++result) {
            answer.observation = result->observation;
            answers.push_back(answer);
        }
    }
    for (; result != step.results.end(); ++result) {
        const auto known = m_known.find(result->observation->source_call_id);
        if (known == m_known.end()) {
            m_remarks.add("observations", "observation of no call so far: left out");
        } else {
            answers.push_back({known->second.id, known->second.tool_name, result->observation, step.time});
        }
    }
    return answers;
}

Converted write_native_runs(const trace::TraceRecord& record, const ExportOptions& options,
                            const WriteRun& write) {
    const Prepared prepared = prepare(record);
    Remarks remarks;
    remark_on_prompts(record, remarks);
    std::size_t written = 0;
    for (const Run& run : prepared.runs) {
        if (!run.is_main() && !options.subagents) {
            remarks.add("subagents", "step of a sub-agent: left out as asked", run.steps.size());
            continue;
        }
        remark_on_run(prepared, run, remarks);
        written += write(prepared, run, remarks) ? 1 : 0;
    }
    if (written == 0) return skipped("the record has no step that a session could show");
    return {Fate::Written, {}, remarks.take()};
}

}  // namespace opentraces::formats
