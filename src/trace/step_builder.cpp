#include "opentraces/trace/step_builder.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/digest.hpp"

namespace opentraces::trace {

std::string prompt_key(TraceRecord& record, const std::string& prompt) {
    constexpr std::size_t k_digits = 16;
    std::string key = sha256_hex(prompt).substr(0, k_digits);
    const bool known = std::any_of(record.system_prompts.begin(), record.system_prompts.end(),
                                   [&](const auto& entry) { return entry.first == key; });
    if (!known) record.system_prompts.emplace_back(key, prompt);
    return key;
}

Step& StepBuilder::add(Step step) {
    step.step_index = m_next++;
    return m_record.steps.emplace_back(std::move(step));
}

Step& StepBuilder::say(Role role, OptText text) {
    Step step;
    step.role = role;
    step.call_type = CallType::Main;
    step.content = std::move(text);
    return add(std::move(step));
}

Step& StepBuilder::reply() {
    Step step;
    step.role = Role::Agent;
    step.call_type = CallType::Main;
    step.agent_role = "main";
    return add(std::move(step));
}

bool StepBuilder::call(std::size_t at, ToolCall call) {
    Step& step = m_record.steps[at];
    if (!m_calls.try_emplace(call.tool_call_id, Place{at, step.tool_calls.size()}).second) return false;
    Observation pending;
    pending.source_call_id = call.tool_call_id;
    pending.error = "no_result";
    step.tool_calls.push_back(std::move(call));
    step.observations.push_back(std::move(pending));
    return true;
}

StepBuilder::Place* StepBuilder::find(const std::string& id) {
    const auto known = m_calls.find(id);
    return known == m_calls.end() ? nullptr : &known->second;
}

bool StepBuilder::answer(const std::string& id, Observation observation) {
    Place* const place = find(id);
    if (place == nullptr) return false;
    observation.source_call_id = id;
    observation_at(*place) = std::move(observation);
    place->answered = true;
    return true;
}

}  // namespace opentraces::trace
