// What a judge sees of a trace: bounded, whatever the trace.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/quality/judge.hpp"
#include "quality/rubric_0_2/facts.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

using trace::OptText;
using trace::Role;
using trace::Step;
using trace::TraceRecord;

constexpr std::size_t k_items = 5;
constexpr std::size_t k_dependencies = 20;
constexpr std::size_t k_paths = 10;
constexpr std::size_t k_name = 200;  // names, versions, paths

std::string cut(std::string_view text, std::size_t most) {
    text = strip(text);
    const std::string_view head = first_code_points(text, most);
    return std::string(head) + (head.size() < text.size() ? "..." : "");
}

std::string cut(const OptText& text, std::size_t most) {
    return text ? cut(std::string_view(*text), most) : std::string();
}

json::Value name_or_null(const OptText& text) {
    return text ? json::Value(cut(text, k_name)) : json::Value();
}

template <class Number>
json::Value or_null(const std::optional<Number>& value) {
    return value ? json::Value(*value) : json::Value();
}

void add_text(json::Object& object, const char* key, std::string text) {
    if (!text.empty()) object.append(key, std::move(text));
}

json::Array names(const std::vector<std::string>& items, std::size_t most) {
    json::Array array;
    for (std::size_t i = 0; i < std::min(items.size(), most); ++i)
        array.emplace_back(cut(std::string_view(items[i]), k_name));
    return array;
}

json::Object environment(const TraceRecord& record) {
    json::Object object;
    if (!record.environment.language_ecosystem.empty())
        object.append("language_ecosystem", names(record.environment.language_ecosystem, k_dependencies));
    if (record.environment.vcs.type != trace::VcsType::None) {
        json::Object vcs;
        vcs.append("type", name_of(record.environment.vcs.type));
        vcs.append("branch", name_or_null(record.environment.vcs.branch));
        object.append("vcs", std::move(vcs));
    }
    if (!record.dependencies.empty())
        object.append("dependencies", names(record.dependencies, k_dependencies));
    return object;
}

bool has_readable_reasoning(const Step& step) {
    return has_text(step.reasoning_content) && !step.reasoning_content->starts_with("[encrypted");
}

json::Object overview(const TraceRecord& record) {
    const TraceFacts facts = facts_of(record, false);
    const auto count = [&](const auto& holds) {
        return static_cast<std::uint64_t>(std::count_if(record.steps.begin(), record.steps.end(), holds));
    };
    json::Object object;
    object.append("total", static_cast<std::uint64_t>(facts.steps));
    object.append("agent", static_cast<std::uint64_t>(facts.agent_steps));
    object.append("user", count([](const Step& step) { return step.role == Role::User; }));
    object.append("with_tool_calls", count([](const Step& step) { return !step.tool_calls.empty(); }));
    object.append("with_reasoning", count([](const Step& step) {
                      return step.role == Role::Agent && has_readable_reasoning(step);
                  }));
    object.append("with_encrypted_reasoning",
                  static_cast<std::uint64_t>(facts.agent_steps_reasoning_encrypted));
    object.append("subagent_steps", static_cast<std::uint64_t>(facts.subagent_steps));
    object.append("warmup_steps", static_cast<std::uint64_t>(facts.warmup_steps));
    return object;
}

// First, most calls with reasons, most calls, first with an error, last: each step once.
std::vector<const Step*> representative_steps(const TraceRecord& record) {
    const Step* first = nullptr;
    const Step* reasoned = nullptr;
    const Step* busiest = nullptr;
    const Step* failing = nullptr;
    const Step* last = nullptr;
    for (const Step& step : record.steps) {
        if (step.role != Role::Agent) continue;
        if (first == nullptr) first = &step;
        last = &step;
        const std::size_t calls = step.tool_calls.size();
        if (calls > 0 && has_text(step.reasoning_content) &&
            (reasoned == nullptr || calls > reasoned->tool_calls.size()))
            reasoned = &step;
        if (calls > 0 && (busiest == nullptr || calls > busiest->tool_calls.size())) busiest = &step;
        if (failing == nullptr && std::any_of(step.observations.begin(), step.observations.end(),
                                              [](const auto& seen) { return is_given(seen.error); }))
            failing = &step;
    }
    std::vector<const Step*> chosen;
    for (const Step* step : {first, reasoned, busiest, failing, last})
        if (step != nullptr && std::none_of(chosen.begin(), chosen.end(), [&](const Step* other) {
                return other->step_index == step->step_index;
            }))
            chosen.push_back(step);
    return chosen;
}

json::Array calls_of(const Step& step) {
    json::Array array;
    for (std::size_t i = 0; i < std::min(step.tool_calls.size(), k_items); ++i) {
        json::Object object;
        object.append("tool", cut(std::string_view(step.tool_calls[i].tool_name), k_name));
        object.append("input_preview",
                      cut(std::string_view(json::to_compact(json::Value(step.tool_calls[i].input))), 200));
        array.emplace_back(std::move(object));
    }
    return array;
}

json::Array observations_of(const Step& step) {
    json::Array array;
    for (std::size_t i = 0; i < std::min(step.observations.size(), k_items); ++i) {
        const trace::Observation& observation = step.observations[i];
        json::Object object;
        add_text(object, "error", cut(observation.error, 200));
        if (is_given(observation.output_summary))
            add_text(object, "summary", cut(observation.output_summary, 200));
        else
            add_text(object, "content_preview", cut(observation.content, 200));
        if (!object.empty()) array.emplace_back(std::move(object));
    }
    return array;
}

json::Object step_object(const Step& step) {
    json::Object object;
    object.append("step_index", step.step_index.value());
    object.append("role", name_of(step.role));
    if (step.call_type) object.append("call_type", name_of(*step.call_type));
    add_text(object, "agent_role", cut(step.agent_role, k_name));
    add_text(object, "content", cut(step.content, 500));
    if (has_text(step.reasoning_content))
        object.append("reasoning",
                      has_readable_reasoning(step) ? cut(step.reasoning_content, 300) : "(encrypted)");
    json::Array calls = calls_of(step);
    if (!calls.empty()) object.append("tool_calls", std::move(calls));
    json::Array observations = observations_of(step);
    if (!observations.empty()) object.append("observations", std::move(observations));
    const trace::TokenUsage& usage = step.token_usage;
    if (usage.input_tokens.value() > 0 || usage.output_tokens.value() > 0) {
        json::Object tokens;
        tokens.append("input", usage.input_tokens.value());
        tokens.append("output", usage.output_tokens.value());
        tokens.append("cache_read", usage.cache_read_tokens.value());
        object.append("tokens", std::move(tokens));
    }
    return object;
}

json::Object outcome(const trace::Outcome& outcome) {
    json::Object object;
    object.append("success", or_null(outcome.success));
    object.append("committed", outcome.committed);
    object.append("signal_confidence", name_of(outcome.signal_confidence));
    object.append("signal_source", cut(std::string_view(outcome.signal_source), k_name));
    if (outcome.terminal_state) object.append("terminal_state", name_of(*outcome.terminal_state));
    if (outcome.reward) object.append("reward", *outcome.reward);
    add_text(object, "reward_source", cut(outcome.reward_source, k_name));
    add_text(object, "commit_sha", cut(outcome.commit_sha, k_name));
    add_text(object, "description", cut(outcome.description, 200));
    add_text(object, "patch_preview", cut(outcome.patch, 500));
    return object;
}

json::Object metrics(const trace::Metrics& metrics) {
    json::Object object;
    object.append("total_steps", metrics.total_steps.value());
    object.append("total_input_tokens", metrics.total_input_tokens.value());
    object.append("total_output_tokens", metrics.total_output_tokens.value());
    object.append("total_duration_s", or_null(metrics.total_duration_s));
    object.append("cache_hit_rate", or_null(metrics.cache_hit_rate));
    object.append("estimated_cost_usd", or_null(metrics.estimated_cost_usd));
    return object;
}

json::Object attribution(const trace::Attribution& attribution) {
    std::vector<std::string> paths;
    for (const trace::AttributionFile& file : attribution.files)
        if (paths.size() < k_paths) paths.push_back(file.path);
    json::Object object;
    object.append("files_count", static_cast<std::uint64_t>(attribution.files.size()));
    object.append("paths", names(paths, k_paths));
    return object;
}

// Checks that do not apply are no issues.
json::Array issues(const Assessment& assessment) {
    json::Array array;
    for (const PersonaResult& persona : assessment.personas) {
        if (!is_judged(persona.persona)) continue;
        for (const CheckResult& check : persona.checks)
            if (check.verdict == Verdict::Failed)
                array.emplace_back(
                    cut(std::string_view(fmt::format("{}: {}", check.check->name, check.evidence)), k_name));
    }
    return array;
}

}  // namespace

std::string trace_summary(const TraceRecord& record, const Assessment& assessment) {
    json::Object object;
    object.append("task_description", cut(record.task.description, 300));
    json::Object agent;
    agent.append("name", cut(std::string_view(record.agent.name), k_name));
    agent.append("version", name_or_null(record.agent.version));
    agent.append("model", name_or_null(record.agent.model));
    object.append("agent", std::move(agent));
    json::Object surroundings = environment(record);
    if (!surroundings.empty()) object.append("environment", std::move(surroundings));
    object.append("step_overview", overview(record));
    const auto first = std::find_if(record.steps.begin(), record.steps.end(),
                                    [](const Step& step) { return step.role == Role::User; });
    if (first != record.steps.end()) object.append("first_user_message", cut(first->content, 500));
    json::Array steps;
    for (const Step* step : representative_steps(record))
        steps.emplace_back(step_object(*step));
    if (!steps.empty()) object.append("representative_steps", std::move(steps));
    object.append("outcome", outcome(record.outcome));
    object.append("metrics", metrics(record.metrics));
    object.append("security_scanned", record.security.scanned);
    if (record.attribution && !record.attribution->files.empty())
        object.append("attribution", attribution(*record.attribution));
    json::Array failed = issues(assessment);
    if (!failed.empty()) object.append("deterministic_issues", std::move(failed));
    return json::write_pretty(json::Value(std::move(object)));
}

}  // namespace opentraces::quality
