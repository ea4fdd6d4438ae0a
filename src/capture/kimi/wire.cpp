#include "capture/kimi/wire.hpp"

#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/edit_calls.hpp"
#include "capture/kimi/parts.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::kimi {
namespace {

constexpr std::string_view k_append = "context.append_";

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
