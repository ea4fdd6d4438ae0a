// The items of the conversation: what was said, what was called, what came back.
#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/codex/results.hpp"
#include "capture/codex/rollout.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture::codex {
namespace {

// The program writes these in the user's place.
constexpr std::array<std::string_view, 9> k_injected{
    "# AGENTS.md instructions", "<environment_context>",      "<user_instructions>",
    "<turn_aborted>",           "<permissions instructions>", "<skill>",
    "<INSTRUCTIONS>",           "<subagent_notification>",    "<user_shell_command>"};

bool is_injected(std::string_view text) {
    return std::any_of(k_injected.begin(), k_injected.end(),
                       [&](std::string_view start) { return text.starts_with(start); });
}

json::Object arguments_of(const json::Value& value) {
    if (const json::Object* object = value.if_object()) return *object;
    json::Object input;
    const std::string* text = value.if_string();
    if (text == nullptr || trim(*text).empty()) return input;
    try {
        json::Value parsed = json::parse(*text);
        if (json::Object* object = parsed.if_object()) return std::move(*object);
    } catch (const json::SyntaxError&) {
        // Models write broken arguments; what they wrote is the fact.
    }
    input.set("raw", *text);
    return input;
}

void append_to(trace::OptText& field, std::string_view text) {
    if (trim(text).empty()) return;
    std::string whole = std::move(field).value_or("");
    append_paragraph(whole, text);
    field = std::move(whole);
}

}  // namespace

// One response of the model: its items follow each other until something else is said.
std::size_t Rollout::reply() {
    say_waiting_prompts();
    if (m_open && m_reply) return *m_reply;
    trace::Step& step = m_steps.reply();
    set_text(step.model, model());
    set_text(step.timestamp, m_time);
    if (m_facts.is_subagent) {
        step.call_type = trace::CallType::Subagent;
        step.agent_role = m_facts.agent_role.empty() ? "general" : m_facts.agent_role;
    }
    m_reply = m_parsed.record->steps.size() - 1;
    m_open = true;
    tell_surroundings();
    return *m_reply;
}

bool Rollout::take_item(const json::Value& item) {
    const std::string_view type = item["type"].string_or();
    if (type == "message" || (type.empty() && item["role"].if_string() != nullptr)) {
        take_message(item);
    } else if (type == "agent_message") {
        take_agent_message(item);
    } else if (type == "reasoning") {
        take_reasoning(item);
    } else if (type == "function_call") {
        // The namespace of a server's tools is the start of their names.
        take_call(item,
                  std::string(item["namespace"].string_or()) + std::string(item["name"].string_or("unknown")),
                  arguments_of(item["arguments"]));
    } else if (type == "custom_tool_call") {
        json::Object input;
        input.set("input", item["input"]);
        take_call(item, std::string(item["name"].string_or("unknown")), std::move(input));
    } else if (type == "local_shell_call") {
        take_call(item, "local_shell", arguments_of(item["action"]));
    } else if (type == "web_search_call") {
        take_call(item, "web_search", arguments_of(item["action"]));
        // Its result goes to the model alone.
        if (item["status"].string_or() == "completed") m_steps.answer(call_id(item), {});
    } else if (type == "tool_search_call") {
        take_call(item, "tool_search", arguments_of(item["arguments"]));
    } else if (type.ends_with("_output")) {
        take_output(item);
    } else {
        return type == "ghost_snapshot" || type == "compaction" || type == "compaction_summary";
    }
    ++m_parsed.report.conversation_lines;
    return true;
}

void Rollout::take_message(const json::Value& item) {
    const std::string_view role = item["role"].string_or();
    const json::Value& content = item["content"];
    if (role == "assistant") return append_to(step(reply()).content, text_of(content));
    const std::string text = text_of(content);
    m_open = false;
    if (text.empty()) return;
    const bool user = role == "user";
    say(user && !is_injected(text) ? trace::Role::User : trace::Role::System, text);
    if (!user || trim(text).empty()) return;
    m_prompts.push_back(m_parsed.record->steps.size() - 1);
    const auto waiting =
        std::find_if(m_waiting_prompts.begin(), m_waiting_prompts.end(),
                     [&text](const std::string& prompt) { return text.find(prompt) != std::string::npos; });
    if (waiting == m_waiting_prompts.end()) return;
    match_prompt(*waiting);
    m_waiting_prompts.erase(waiting);
}

// What another agent sent to this one.
void Rollout::take_agent_message(const json::Value& item) {
    const std::string text = text_of(item["content"]);
    m_open = false;
    if (trim(text).empty()) return;
    say(trace::Role::User, text);
    set_if_some(m_step_facts.of(m_parsed.record->steps.back().step_index.value()), "from",
                item["author"].string_or());
}

void Rollout::take_reasoning(const json::Value& item) {
    trace::OptText& reasoning = step(reply()).reasoning_content;
    append_to(reasoning, text_of(item["content"]));
    if (const json::Array* parts = item["summary"].if_array()) {
        for (const json::Value& part : *parts)
            append_to(reasoning, part["text"].string_or());
    }
}

std::string Rollout::call_id(const json::Value& item) {
    const std::string_view id = item["call_id"].string_or(item["id"].string_or());
    return id.empty() ? "line-" + std::to_string(m_line) : std::string(id);
}

void Rollout::take_call(const json::Value& item, std::string name, json::Object input) {
    trace::ToolCall call;
    call.tool_call_id = call_id(item);
    call.tool_name = std::move(name);
    call.input = std::move(input);
    if (!m_steps.call(reply(), std::move(call))) ++m_repeated_calls;
}

void Rollout::take_output(const json::Value& item) {
    m_open = false;
    const std::string id = call_id(item);
    Outcome outcome = read_output(item["output"].is_null() ? item["tools"] : item["output"]);
    trace::StepBuilder::Place* const place = m_steps.find(id);
    if (place == nullptr) {
        ++m_orphans;
        return;
    }
    if (outcome.duration_ms) m_steps.call_at(*place).duration_ms = *outcome.duration_ms;
    // An event may have told the exit code before the output came.
    const trace::OptText told = place->answered ? m_steps.observation_at(*place).error : std::nullopt;
    if (!outcome.observation.error) outcome.observation.error = told;
    m_patches.answer(m_steps.call_at(*place), outcome.observation, step(place->step).step_index.value());
    m_steps.answer(id, std::move(outcome.observation));
}

}  // namespace opentraces::capture::codex
