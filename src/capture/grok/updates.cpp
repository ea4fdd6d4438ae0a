#include "capture/grok/updates.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/edit_calls.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::grok {
namespace {

constexpr std::array<std::string_view, 5> k_quiet{"plan", "available_commands_update", "current_mode_update",
                                                  "session_info_update", "usage_update"};

const json::Value& update_of(const json::Value& line) {
    return line["params"]["update"];
}

bool has_ended(std::string_view status) {
    return status == "completed" || status == "failed" || status == "cancelled";
}

std::string error_of(const json::Value& update) {
    const auto code = update["rawOutput"]["exit_code"].integer();
    if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    const std::string_view status = update["status"].string_or();
    return status == "failed" ? "tool_error" : status == "cancelled" ? "interrupted" : "";
}

std::string text_of_output(const json::Value& update) {
    std::string text;
    const json::Array* blocks = update["content"].if_array();
    for (std::size_t at = 0; blocks != nullptr && at < blocks->size(); ++at)
        append_paragraph(text, (*blocks)[at]["content"]["text"].string_or());
    const json::Value& raw = update["rawOutput"];
    for (const json::Value* told :
         {&raw["text"], &raw["FileContent"]["content"], &raw["output"], &raw["stdout"]})
        if (text.empty()) text = text_of(*told);
    if (text.empty() && raw.if_string() != nullptr) text = *raw.if_string();
    if (text.empty() && raw.if_object() != nullptr) text = json::to_compact(raw);
    return text;
}

}  // namespace

bool is_update(const json::Value& line) {
    const std::string_view method = line["method"].string_or();
    return method.ends_with("session/update") && update_of(line)["sessionUpdate"].if_string() != nullptr;
}

void note_call(const json::Value& line, std::unordered_map<std::string, CallFacts>& calls) {
    const json::Value& update = update_of(line);
    const std::string_view id = update["toolCallId"].string_or();
    if (id.empty() || !is_update(line)) return;
    CallFacts& facts = calls[std::string(id)];
    const std::string at = time_of(line["timestamp"]);
    if (facts.begun.empty()) facts.begun = at;
    if (!has_ended(update["status"].string_or())) return;
    facts.ended = at;
    facts.error = error_of(update);
}

std::int64_t duration_of(const CallFacts& facts) {
    const auto begun = parse_iso8601(facts.begun);
    const auto ended = parse_iso8601(facts.ended);
    return begun && ended && *ended >= *begun ? (*ended - *begun).count() : -1;
}

void Updates::take(const json::Value& line) {
    ParseReport& report = m_session.report();
    const json::Value& update = update_of(line);
    const std::string_view type = update["sessionUpdate"].string_or();
    m_at = time_of(line["timestamp"]);
    note_call(line, m_calls);
    if (type == "user_message_chunk") {
        take_piece(Kind::Prompt, update);
    } else if (type == "agent_message_chunk") {
        take_piece(Kind::Text, update);
    } else if (type == "agent_thought_chunk") {
        take_piece(Kind::Thought, update);
    } else if (type == "tool_call") {
        take_call(update);
    } else if (type == "tool_call_update") {
        take_call_update(update);
    } else {
        const bool known = std::find(k_quiet.begin(), k_quiet.end(), type) != k_quiet.end();
        const std::string_view method = line["method"].string_or("(none)");
        add_to_counts(known ? report.ignored_line_types : report.unknown_line_types,
                      type.empty() ? std::string(method) : "session/update/" + std::string(type));
        return;
    }
    ++report.conversation_lines;
}

void Updates::take_piece(Kind kind, const json::Value& update) {
    if (kind != m_kind) flush();
    m_kind = kind;
    const json::Value& content = update["content"];
    m_text += content["text"].if_string() != nullptr ? std::string(content["text"].string_or())
                                                     : placeholder(content);
}

void Updates::flush() {
    const std::string text = std::exchange(m_text, {});
    const Kind kind = std::exchange(m_kind, Kind::None);
    if (trim(text).empty()) return;
    if (kind == Kind::Prompt) {
        m_session.say(trace::Role::User, text, m_at);
        m_open = false;
    } else if (kind == Kind::Thought) {
        m_session.add_reasoning(place(), text);
    } else {
        m_session.add_text(place(), text);
    }
}

std::size_t Updates::place() {
    if (!std::exchange(m_open, true)) return m_session.reply({}, m_at);
    return m_session.last_reply();
}

void Updates::take_call(const json::Value& update) {
    flush();
    const std::string_view name = update["_meta"]["x.ai/tool"]["name"].string_or(update["title"].string_or());
    m_session.call(place(), update["toolCallId"].string_or(), name, update["rawInput"]);
}

void Updates::take_call_update(const json::Value& update) {
    flush();
    if (!has_ended(update["status"].string_or())) return;
    const std::string id(update["toolCallId"].string_or());
    const CallFacts& facts = m_calls[id];
    m_open = false;
    if (!m_session.answer(id, text_of_output(update), {facts.error, duration_of(facts)})) return;
    const trace::ToolCall* asked = m_session.find_call(id);
    if (facts.error.empty() && asked != nullptr) m_session.change(id, changes_asked(*asked));
}

void Updates::finish(std::string_view reader_version) {
    flush();
    m_session.finish(reader_version);
}

}  // namespace opentraces::capture::grok
