// The wire logs of Kimi Code: flat records, a log for each agent.
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

// Kimi Code's records of the program, by what they begin with.
constexpr std::array<std::string_view, 24> k_quiet_records{"metadata",
                                                           "tools.",
                                                           "context.clear",
                                                           "context.undo",
                                                           "full_compaction.",
                                                           "plan_mode.",
                                                           "runtime.",
                                                           "plugin.",
                                                           "token_counting.",
                                                           "cron.",
                                                           "file_history.",
                                                           "forked",
                                                           "goal.",
                                                           "todo.",
                                                           "mcp.",
                                                           "skill.",
                                                           "background.",
                                                           "hook.",
                                                           "session.",
                                                           "permission.",
                                                           "turn.",
                                                           "llm.",
                                                           "swarm.",
                                                           "task."};

}  // namespace

bool Wire::take_record(std::string_view type, const json::Value& record) {
    if (type == "context.append_message") {
        take_context_message(record["message"]);
    } else if (type == "context.append_loop_event") {
        drop_copied();
        return take_loop_event(record["event"]);
    } else if (type == "context.apply_compaction") {
        m_session.note_compaction();
        m_session.show("compaction", std::string(record["summary"].string_or()), m_at);
        m_main.is_open = false;
    } else if (type == "usage.record") {
        m_usage_of_step = {};  // says the same
        m_has_records = true;
        count(record["usage"], {}, record["model"].string_or(), m_main);
    } else if (type == "config.update" || type == "profile.bind") {
        take_config(record);
    } else if (type == "llm.tools_snapshot") {
        take_tools(record["tools"]);
    } else if (type == "llm.request") {
        const std::string_view model = record["modelAlias"].string_or(record["model"].string_or());
        if (!model.empty()) m_model = model;
    } else if (type == "turn.prompt" || type == "turn.steer") {
        note_prompt(record, type == "turn.steer");
    } else if (type == "turn.cancel") {
        note_interruption();
    } else if (type == "turn.ended") {
        m_session.evidence().turn_ended = record["reason"].string_or() == "completed";
        const std::string_view words = record["error"].string_or(record["error"]["message"].string_or());
        if (!words.empty()) m_session.add_error(std::string(words));
    } else if (type == "permission.record_approval_result") {
        note_permission(std::string(record["toolCallId"].string_or()),
                        record["result"]["decision"].string_or());
    } else if (type == "permission.set_mode") {
        m_session.surroundings.note("permission_mode", record["mode"].string_or());
    } else if (type == "plan_mode.enter" || type == "plan_mode.exit") {
        m_session.surroundings.note("mode", type == "plan_mode.enter" ? "plan" : "agent");
    } else {
        return begins_with_one(type, k_quiet_records);
    }
    return true;
}

void Wire::take_config(const json::Value& record) {
    m_session.set_system_prompt(std::string(record["systemPrompt"].string_or()));
    const std::string_view model = record["modelAlias"].string_or();
    if (!model.empty()) m_model = model;
    const std::string_view folder =
        record["cwd"].string_or(record["environmentDisclosure"]["cwd"].string_or());
    if (m_session.about.directory.empty()) m_session.about.directory = folder;
    m_session.surroundings.note("working_directory", folder);
    m_session.surroundings.note("effort", record["thinkingEffort"].string_or());
}

void Wire::take_tools(const json::Value& tools) {
    const json::Array* list = tools.if_array();
    for (std::size_t at = 0; list != nullptr && at < list->size(); ++at) {
        const json::Object* tool = (*list)[at].if_object();
        if (tool != nullptr && m_tools.insert(std::string((*list)[at]["name"].string_or())).second)
            m_parsed.record->tool_definitions.push_back(*tool);
    }
}

// The model has spoken before the agent's first step: what stands until there was said to its caller.
void Wire::drop_copied() {
    if (std::exchange(m_has_stepped, true)) return;
    std::vector<json::Value> lines = std::exchange(m_before_first_step, {});
    const auto own = std::find_if(lines.rbegin(), lines.rend(), [](const json::Value& line) {
        const std::string_view role = line["message"]["role"].string_or();
        return role == "assistant" || role == "tool";
    });
    m_copied = static_cast<std::size_t>(std::distance(own, lines.rend()));
    for (std::size_t at = m_copied; at < lines.size(); ++at) {
        m_at = time_of(lines[at]["time"]);
        ++m_session.report().conversation_lines;
        take_context_message(lines[at]["message"]);
    }
}

void Wire::note_prompt(const json::Value& record, bool in_turn) {
    if (record["origin"]["kind"].string_or("user") != "user") return;
    m_waiting.push_back({text_of_input(record["input"]), in_turn});
}

void Wire::take_context_message(const json::Value& message) {
    const std::string_view role = message["role"].string_or();
    const json::Value& content = message["content"];
    m_session.speak_as_main();
    if (role == "assistant") {
        m_main.is_open = false;
        const std::size_t place = place_of(m_main);
        const json::Array* parts = content.if_array();
        if (parts == nullptr) m_session.add_text(place, content.string_or());
        for (std::size_t at = 0; parts != nullptr && at < parts->size(); ++at)
            add_part(m_session, place, (*parts)[at]);
        const json::Array* calls = message["toolCalls"].if_array();
        for (std::size_t at = 0; calls != nullptr && at < calls->size(); ++at) {
            const json::Value& one = (*calls)[at];
            const json::Value& function = one["function"];
            call(m_main, std::string(one["id"].string_or()),
                 function["name"].string_or(one["name"].string_or()),
                 function["arguments"].is_null() ? one["arguments"] : function["arguments"]);
        }
        return;
    }
    if (role == "tool") {
        json::Object result;
        result.set("output", content);
        return answer(std::string(message["toolCallId"].string_or()), result);
    }
    m_main.is_open = false;
    const json::Value& origin = message["origin"];
    const std::string_view kind = origin["kind"].string_or("user");
    const bool of_caller = kind == "system_trigger" && origin["name"].string_or() == "subagent";
    if (role != "user" || (kind != "user" && !of_caller)) {
        const std::string_view variant = origin["variant"].string_or(kind);
        return m_session.show(variant, text_of_input(content), m_at);
    }
    const std::string text = text_of_input(content);
    const auto waiting = std::find_if(m_waiting.begin(), m_waiting.end(),
                                      [&text](const Waiting& one) { return one.text == text; });
    const bool mid_turn = waiting != m_waiting.end() && waiting->in_turn;
    if (waiting != m_waiting.end()) m_waiting.erase(waiting);
    say_prompt(content, m_main, mid_turn);
    if (of_caller && !m_parsed.record->steps.empty())
        m_session.facts(m_parsed.record->steps.size() - 1).set("from", "caller");
}

bool Wire::take_loop_event(const json::Value& event) {
    const std::string_view type = event["type"].string_or();
    m_session.speak_as_main();
    if (type == "step.begin") {
        count_step();
        m_main.is_open = false;
    } else if (type == "content.part") {
        add_part(m_session, place_of(m_main), event["part"]);
    } else if (type == "tool.call") {
        call(m_main, std::string(event["toolCallId"].string_or(event["uuid"].string_or())),
             event["name"].string_or(), event["args"]);
    } else if (type == "tool.result") {
        answer(std::string(event["toolCallId"].string_or(event["parentUuid"].string_or())), event["result"]);
    } else if (type == "step.end") {
        m_usage_of_step = event["usage"];
        if (m_main.is_open && m_main.reply)
            set_if_some(m_session.facts(*m_main.reply), "stop_reason", event["finishReason"].string_or());
    } else {
        return type.starts_with("step.") || type.starts_with("tool.progress");
    }
    return true;
}

// Versions without records of usage say it at the end of a step.
void Wire::count_step() {
    const json::Value usage = std::exchange(m_usage_of_step, {});
    if (!m_has_records) count(usage, {}, {}, m_main);
}

}  // namespace opentraces::capture::kimi
