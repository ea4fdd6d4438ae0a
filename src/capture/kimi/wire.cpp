#include "capture/kimi/wire.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/edit_calls.hpp"
#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::kimi {
namespace {

constexpr std::string_view k_append = "context.append_";

// Kimi CLI's events that say nothing of the conversation.
constexpr std::array<std::string_view, 10> k_quiet_events{
    "TurnBegin",       "HookTriggered", "HookResolved",    "MCPLoadingBegin",  "MCPLoadingEnd",
    "CompactionBegin", "PlanDisplay",   "QuestionRequest", "QuestionResponse", "ToolCallRequest"};

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

template <std::size_t N>
bool begins_with_one(std::string_view type, const std::array<std::string_view, N>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [type](std::string_view beginning) { return type.starts_with(beginning); });
}

// Parts name a picture by its address, which may hold all of it.
std::string text_of_part(const json::Value& part) {
    if (const std::string* text = part.if_string()) return *text;
    const std::string_view type = part["type"].string_or();
    if (type == "text" || type.empty()) return std::string(part["text"].string_or());
    return "[" + std::string(type.ends_with("_url") ? type.substr(0, type.size() - 4) : type) + "]";
}

std::string text_of_input(const json::Value& input) {
    const json::Array* parts = input.if_array();
    if (parts == nullptr) return std::string(input.string_or());
    std::string text;
    for (const json::Value& part : *parts) {
        const std::string one = text_of_part(part);
        if (!text.empty() && !one.empty()) text += '\n';
        text += one;
    }
    return text;
}

// "Command failed with exit code: 1."
std::string error_of(const json::Value& result, std::string_view text) {
    constexpr std::string_view k_words = "exit code: ";
    if (!result["is_error"].bool_or(result["isError"].bool_or(result["type"].string_or() == "error")))
        return {};
    for (const std::string_view words : {std::string_view(result["message"].string_or()), text}) {
        const std::size_t at = words.rfind(k_words);
        if (at == std::string_view::npos) continue;
        const auto code = leading_number(words.substr(at + k_words.size()));
        if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    }
    return "tool_error";
}

enrich::ModelUsage usage_of(const json::Value& usage) {
    const auto either = [&usage](const char* one, const char* other) {
        return count_of(usage[one].is_null() ? usage[other] : usage[one]);
    };
    enrich::ModelUsage counted;
    counted.input_tokens = either("input_other", "inputOther");
    counted.output_tokens = count_of(usage["output"]);
    counted.cache_read_tokens = either("input_cache_read", "inputCacheRead");
    counted.cache_write_tokens = either("input_cache_creation", "inputCacheCreation");
    return counted;
}

}  // namespace

bool is_wire_line(const json::Value& line) {
    const std::string_view type = line["type"].string_or();
    if (type == "metadata") return line["protocol_version"].if_string() != nullptr;
    const json::Value& message = line["message"];
    if (type.empty())
        return message["type"].if_string() != nullptr && message["payload"].if_object() != nullptr &&
               line["timestamp"].if_number() != nullptr;
    const bool known = type.starts_with(k_append) || type == "turn.prompt" || type == "usage.record" ||
                       type == "llm.request" || type == "config.update" || type == "profile.bind";
    return known && line["time"].if_number() != nullptr;
}

void Wire::take(json::Value&& line) {
    const json::Value& message = line["message"];
    const std::string_view type = line["type"].string_or();
    m_at = time_of(line["timestamp"].is_null() ? line["time"].is_null() ? line["created_at"] : line["time"]
                                               : line["timestamp"]);
    m_session.see_time(m_at);
    if (type.empty() && message["type"].if_string() != nullptr) return take_message(message, m_main);
    if (m_is_agent_log && !m_has_stepped && type == "context.append_message") {
        m_before_first_step.push_back(std::move(line));
        return;
    }
    const bool known = !type.empty() && take_record(type, line);
    ParseReport& report = m_session.report();
    if (type.starts_with(k_append) && known) {
        ++report.conversation_lines;
    } else if (known) {
        add_to_counts(report.ignored_line_types, type);
    } else {
        const std::string_view inner = line["event"]["type"].string_or();
        add_to_counts(
            report.unknown_line_types,
            type.empty() ? "(none)" : std::string(type) + (inner.empty() ? "" : "/" + std::string(inner)));
    }
}

void Wire::speak(const Thread& thread) {
    if (thread.is_main) {
        m_session.speak_as_main();
    } else {
        m_session.speak_as_agent(thread.called_at);
    }
}

// ---- Kimi CLI ----

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
    if (kind == Kind::None || !part["encrypted"].string_or().empty()) add_part(place_of(thread), part);
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

// ---- Kimi Code ----

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
            add_part(place, (*parts)[at]);
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
        add_part(place_of(m_main), event["part"]);
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

// ---- both ----

void Wire::say_prompt(const json::Value& input, const Thread& thread, bool mid_turn) {
    speak(thread);
    if (!m_session.say(trace::Role::User, text_of_input(input), m_at)) return;
    m_session.evidence().turn_ended = false;
    m_session.evidence().interrupted = false;
    json::Object& facts = m_session.facts(m_parsed.record->steps.size() - 1);
    if (mid_turn) facts.set("mid_turn", true);
    if (!thread.is_main) facts.set("from", "caller");
}

std::size_t Wire::place_of(Thread& thread) {
    if (thread.is_open && thread.reply) return *thread.reply;
    speak(thread);
    const std::string_view role = thread.is_main ? std::string_view() : std::string_view(thread.role);
    const std::string_view own_role = m_session.about.is_subagent && role.empty() ? "general" : role;
    thread.reply = m_session.reply(m_model, m_at, own_role);
    thread.is_open = true;
    if (thread.is_main) m_session.tell_surroundings(*thread.reply);
    m_session.evidence().interrupted = false;
    return *thread.reply;
}

void Wire::add_part(std::size_t place, const json::Value& part) {
    const std::string_view type = part["type"].string_or(part.if_string() != nullptr ? "text" : "");
    if (type == "think") {
        const std::string_view thought = part["think"].string_or();
        const bool sealed = trim(thought).empty() && !part["encrypted"].string_or().empty();
        m_session.add_reasoning(place, sealed ? k_encrypted_reasoning : thought);
    } else {
        m_session.add_text(place, text_of_part(part));
    }
}

// Ids are counted anew after a compaction: only in one step they name one call.
void Wire::call(Thread& thread, const std::string& id, std::string_view name, const json::Value& arguments) {
    const std::size_t place = place_of(thread);
    const auto before = m_calls.find(id);
    std::string own = id;
    if (before != m_calls.end() && before->second.place != place)
        for (int again = 2; m_session.find_call(own) != nullptr; ++again)
            own = id + "#" + std::to_string(again);
    const std::string known = m_session.call(place, own, name, call_arguments(arguments));
    if (known.empty()) return;
    m_calls[id] = {known, place, parse_iso8601(m_at)};
    const auto decision = m_permissions.find(id);
    if (decision == m_permissions.end()) return;
    const std::string said = decision->second;
    m_permissions.erase(decision);
    note_permission(id, said);
}

void Wire::answer(const std::string& id, const json::Value& result) {
    const auto asked = m_calls.find(id);
    const std::string own = asked == m_calls.end() ? id : asked->second.id;
    std::string text = text_of_input(result["output"]);
    if (text.empty())
        text = result.if_string() != nullptr ? *result.if_string()
                                             : result["message"].string_or(result["note"].string_or());
    std::string error = error_of(result, text);
    const bool worked = error.empty();
    CallEnd end{std::move(error)};
    const auto ended = parse_iso8601(m_at);
    if (asked != m_calls.end() && asked->second.at && ended && *ended >= *asked->second.at)
        end.duration_ms = (*ended - *asked->second.at).count();
    constexpr std::string_view k_agent = "agent_id: ";
    if (asked != m_calls.end() && text.starts_with(k_agent) && !m_session.about.id.empty())
        set_text(m_session.step(asked->second.place).subagent_trajectory_ref,
                 m_session.about.id + "/" + text.substr(k_agent.size(), text.find('\n') - k_agent.size()));
    if (!m_session.answer(own, std::move(text), std::move(end))) return;
    const trace::ToolCall* call = m_session.find_call(own);
    if (worked && call != nullptr) m_session.change(own, changes_asked(*call));
}

void Wire::count(const json::Value& usage, const std::string& name, std::string_view model, Thread& thread) {
    enrich::ModelUsage counted = usage_of(usage);
    counted.model = model.empty() ? m_model : std::string(model);
    if (thread.reply) {
        m_session.count(*thread.reply, std::move(counted), name);
    } else {
        counted.replies = 1;
        m_session.count_session(std::move(counted));
    }
}

void Wire::note_permission(const std::string& call, std::string_view decision) {
    if (call.empty() || decision.empty()) return;
    const auto asked = m_calls.find(call);
    if (asked == m_calls.end()) {
        m_permissions[call] = decision;
        return;
    }
    json::Object& facts = m_session.facts(asked->second.place);
    json::Object answers;
    if (json::Value* told = facts.find("permissions")) answers = std::move(*told->if_object());
    answers.set(asked->second.id, decision);
    facts.set("permissions", std::move(answers));
}

void Wire::note_interruption() {
    ++m_interrupted;
    m_session.evidence().interrupted = true;
}

void Wire::finish(std::string_view reader_version) {
    drop_copied();
    count_step();
    flush(m_main);
    for (auto& [id, thread] : m_agents)
        flush(thread);
    json::Array waiting;
    for (const Waiting& one : m_waiting)
        if (!trim(one.text).empty()) waiting.emplace_back(one.text);
    json::Object queue;
    set_if_any(queue, "waiting", std::move(waiting));
    set_if_any(m_session.metadata(), "opentraces_queue", std::move(queue));
    set_if_some(m_session.metadata(), "interrupted_turns", m_interrupted);
    set_if_some(m_session.notes(), "copied_lines", m_copied);
    m_session.finish(reader_version);
}

}  // namespace opentraces::capture::kimi
