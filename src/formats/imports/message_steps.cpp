#include "formats/imports/message_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "opentraces/json/writer.hpp"

namespace opentraces::formats {
namespace {

constexpr std::string_view k_unlinked = "unlinked_response";

}  // namespace

SaidCall said_call(json::Value value, Remarks& remarks) {
    SaidCall call;
    json::Object* object = value.if_object();
    if (object != nullptr) {
        for (const std::string_view key : {"id", "tool_call_id"}) {
            if (const json::Value* const id = object->find(key); id != nullptr && id->if_string())
                call.id = *id->if_string();
        }
        if (json::Value* const function = object->find("function"); function && function->if_object())
            object = function->if_object();
    }
    if (object == nullptr || member(*object, "name").if_string() == nullptr) {
        remarks.add("tool_calls", "a call without a name; kept as a call of \"unknown\"");
        call.name = "unknown";
        call.input.set("raw", value.if_string() != nullptr ? std::move(value) : json::to_compact(value));
        return call;
    }
    call.name = *member(*object, "name").if_string();
    call.input =
        arguments_of(take(*object, object->find("arguments") != nullptr ? "arguments" : "parameters"));
    return call;
}

void MessageSteps::prompt(const std::string& text) {
    m_prompt = trace::prompt_key(m_record, text);
}

trace::Step& MessageSteps::user(std::string text) {
    return m_steps.say(trace::Role::User, std::move(text));
}

trace::Step& MessageSteps::system(std::string text) {
    return m_steps.say(trace::Role::System, std::move(text));
}

trace::Step& MessageSteps::agent(Said said) {
    trace::Step& step = m_steps.reply();
    step.content = std::move(said.content);
    step.reasoning_content = std::move(said.reasoning);
    step.system_prompt_hash = m_prompt;
    step.model = m_record.agent.model;
    if (said.calls.empty()) return step;
    close();
    m_calling = m_record.steps.size() - 1;
    for (SaidCall& said_one : said.calls) {
        trace::ToolCall call;
        call.tool_call_id =
            said_one.id.value_or(fmt::format("call_{}_{}", step.step_index.text(), m_open.size()));
        call.tool_name = std::move(said_one.name);
        call.input = std::move(said_one.input);
        step.tool_calls.push_back(std::move(call));
        m_open.push_back({said_one.id.has_value(), false});
    }
    return step;
}

std::size_t MessageSteps::open_calls() const {
    return static_cast<std::size_t>(
        std::count_if(m_open.begin(), m_open.end(), [](const Open& open) { return !open.answered; }));
}

bool MessageSteps::link(const trace::OptText& id, trace::Observation& observation) {
    std::vector<trace::ToolCall>& calls = m_record.steps[*m_calling].tool_calls;
    std::size_t found = calls.size();
    for (std::size_t i = 0; i < calls.size() && found == calls.size(); ++i) {
        if (m_open[i].answered) continue;
        if (!id || *id == calls[i].tool_call_id) found = i;
    }
    // The call had no id of its own: it takes the one that its answer knows it by.
    for (std::size_t i = 0; i < calls.size() && found == calls.size(); ++i) {
        if (m_open[i].answered || m_open[i].named) continue;
        calls[i].tool_call_id = *id;
        found = i;
    }
    if (found == calls.size()) return false;
    m_open[found].answered = true;
    observation.source_call_id = calls[found].tool_call_id;
    return true;
}

void MessageSteps::answer(const trace::OptText& id, trace::Observation observation) {
    const bool linked = m_calling && link(id, observation);
    if (!linked) {
        ++m_unlinked;
        m_remarks.add("observations", "an answer without a call; kept as an orphan");
        observation.source_call_id = id.value_or("unknown");
        if (!observation.error) observation.error = std::string(k_unlinked);
    }
    if (m_calling) {
        m_record.steps[*m_calling].observations.push_back(std::move(observation));
    } else if (observation.content) {
        system(std::move(*observation.content));
    }
}

void MessageSteps::close() {
    for (std::size_t i = 0; m_calling && i < m_open.size(); ++i) {
        if (m_open[i].answered) continue;
        trace::Step& step = m_record.steps[*m_calling];
        trace::Observation& missing = step.observations.emplace_back();
        missing.source_call_id = step.tool_calls[i].tool_call_id;
        missing.error = "no_result";
    }
    m_open.clear();
    m_calling.reset();
}

void MessageSteps::finish() {
    close();
    if (m_record.steps.empty()) throw EmptyRow("the conversation is empty");
}

}  // namespace opentraces::formats
