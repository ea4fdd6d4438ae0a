// The wire log of Kimi CLI: events, pieces of texts and calls as they were streamed.
#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/kimi/parts.hpp"
#include "capture/kimi/wire.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::kimi {
namespace {

// Kimi CLI's events that say nothing of the conversation.
constexpr std::array<std::string_view, 10> k_quiet_events{
    "TurnBegin",       "HookTriggered", "HookResolved",    "MCPLoadingBegin",  "MCPLoadingEnd",
    "CompactionBegin", "PlanDisplay",   "QuestionRequest", "QuestionResponse", "ToolCallRequest"};

}  // namespace

void Wire::take_message(const json::Value& message, Thread& thread) {
    const std::string_view type = message["type"].string_or();
    if (take_event(type, message["payload"], thread)) return;
    add_to_counts(m_session.report().unknown_line_types, type.empty() ? "(none)" : type);
}

bool Wire::take_event(std::string_view type, const json::Value& payload, Thread& thread) {
    ParseReport& report = m_session.report();
    const bool goes_on = type == "ContentPart" || type == "ToolCallPart";
    if (!goes_on && type != "SubagentEvent") flush(thread);
    if (type == "ContentPart") {
        take_piece(payload, thread);
    } else if (type == "TurnBegin" || type == "SteerInput") {
        thread.is_open = false;
        say_prompt(payload["user_input"], thread, type == "SteerInput");
    } else if (type == "StepBegin") {
        thread.is_open = false;
    } else if (type == "ToolCall") {
        const json::Value& function = payload["function"];
        thread.draft = {std::string(payload["id"].string_or()), std::string(function["name"].string_or()),
                        std::string(function["arguments"].string_or())};
    } else if (type == "ToolCallPart") {
        flush_text(thread);
        if (thread.draft) thread.draft->arguments += payload["arguments_part"].string_or();
    } else if (type == "ToolResult") {
        const json::Value& result = payload["return_value"];
        answer(std::string(payload["tool_call_id"].string_or()),
               result.is_null() ? payload["result"] : result);
    } else if (type == "SubagentEvent") {
        take_subagent(payload);
    } else if (type == "Notification") {
        speak(thread);
        std::string words(payload["title"].string_or());
        append_paragraph(words, payload["body"].string_or());
        m_session.show("notification", std::move(words), m_at);
    } else {
        if (type == "StatusUpdate") {
            count(payload["token_usage"], std::string(payload["message_id"].string_or()), {}, thread);
        } else if (type == "StepInterrupted") {
            note_interruption();
        } else if (type == "TurnEnd") {
            if (thread.is_main) m_session.evidence().turn_ended = true;
        } else if (type == "CompactionEnd") {
            m_session.note_compaction();
        } else if (type == "ApprovalRequest") {
            m_permissions[std::string(payload["id"].string_or())] = payload["tool_call_id"].string_or();
        } else if (type == "ApprovalResponse" || type == "ApprovalRequestResolved") {
            note_permission(m_permissions[std::string(payload["request_id"].string_or())],
                            payload["response"].string_or());
        } else if (!begins_with_one(type, k_quiet_events)) {
            return false;
        }
        add_to_counts(report.ignored_line_types, type);
        return true;
    }
    ++report.conversation_lines;
    return true;
}

// Pieces of a text as they were streamed.
void Wire::take_piece(const json::Value& part, Thread& thread) {
    flush_call(thread);
    const std::string_view type = part["type"].string_or();
    const Kind kind = type == "think" ? Kind::Thought : type == "text" ? Kind::Text : Kind::None;
    if (kind != thread.kind) flush_text(thread);
    if (kind == Kind::None || !part["encrypted"].string_or().empty())
        add_part(m_session, place_of(thread), part);
    if (kind == Kind::None) return;
    thread.kind = kind;
    if (part["encrypted"].string_or().empty()) thread.text += part[type].string_or();
}

void Wire::flush_text(Thread& thread) {
    const std::string text = std::exchange(thread.text, {});
    const Kind kind = std::exchange(thread.kind, Kind::None);
    if (trim(text).empty()) return;
    const std::size_t place = place_of(thread);
    if (kind == Kind::Thought) {
        m_session.add_reasoning(place, text);
    } else {
        m_session.add_text(place, text);
    }
}

void Wire::flush_call(Thread& thread) {
    if (!thread.draft) return;
    const Draft draft = *std::exchange(thread.draft, std::nullopt);
    call(thread, draft.id, draft.name, draft.arguments);
}

void Wire::flush(Thread& thread) {
    flush_text(thread);
    flush_call(thread);
}

void Wire::take_subagent(const json::Value& payload) {
    flush(m_main);
    const std::string id(payload["parent_tool_call_id"].string_or(payload["task_tool_call_id"].string_or()));
    const std::string agent(payload["agent_id"].string_or());
    Thread& thread = m_agents[id.empty() ? agent : id];
    thread.is_main = false;
    if (thread.role.empty()) thread.role = payload["subagent_type"].string_or("general");
    const auto called = m_calls.find(id);
    if (called != m_calls.end() && !thread.called_at) {
        thread.called_at = called->second.place;
        set_text(m_session.step(called->second.place).subagent_trajectory_ref, agent.empty() ? id : agent);
    }
    take_message(payload["event"], thread);
}

}  // namespace opentraces::capture::kimi
