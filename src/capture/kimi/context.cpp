#include "capture/kimi/context.hpp"

#include <utility>

#include "capture/chat_messages.hpp"
#include "capture/kimi/parts.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::kimi {
namespace {

constexpr std::string_view k_system = "<system>";
constexpr std::string_view k_system_end = "</system>";

bool is_of_program(std::string_view text) {
    text = trim(text);
    return text.starts_with("<system-reminder>") ||
           (text.starts_with(k_system) && text.ends_with(k_system_end) &&
            text.find(k_system_end) + k_system_end.size() == text.size());
}

}  // namespace

bool is_context_line(const json::Value& line) {
    const std::string_view role = line["role"].string_or();
    if (role == "_checkpoint") return line["id"].integer().has_value();
    if (role == "_usage") return line["token_count"].integer().has_value();
    return role == "_system_prompt" && line["content"].if_string() != nullptr;
}

void Context::take(const json::Value& line) {
    ParseReport& report = m_session.report();
    const std::string_view role = line["role"].string_or();
    if (role.starts_with('_') && is_context_line(line)) {
        if (role == "_system_prompt") m_session.set_system_prompt(std::string(line["content"].string_or()));
        add_to_counts(report.ignored_line_types, role);
    } else if (take_message(role, line)) {
        ++report.conversation_lines;
    } else {
        add_to_counts(report.unknown_line_types, role.empty() ? "(none)" : role);
    }
}

bool Context::take_message(std::string_view role, const json::Value& line) {
    if (role == "user") {
        take_prompt(line);
    } else if (role == "assistant") {
        take_reply(line);
    } else if (role == "tool") {
        take_answer(line);
    } else if (role == "system") {
        m_session.set_system_prompt(text_of_input(line["content"]));
    } else {
        return false;
    }
    return true;
}

void Context::take_prompt(const json::Value& line) {
    std::string text = text_of_input(line["content"]);
    if (is_of_program(text)) return m_session.show("program", std::move(text));
    m_session.say(trace::Role::User, std::move(text));
    m_session.evidence().turn_ended = false;
}

void Context::take_reply(const json::Value& line) {
    const std::size_t place = m_session.reply({}, {});
    m_session.add_reasoning(place, line["reasoning_content"].string_or());
    const json::Value& content = line["content"];
    m_session.add_text(place, content.string_or());
    const json::Array* parts = content.if_array();
    for (std::size_t at = 0; parts != nullptr && at < parts->size(); ++at)
        add_part(m_session, place, (*parts)[at]);
    const json::Array* calls = line["tool_calls"].if_array();
    for (std::size_t at = 0; calls != nullptr && at < calls->size(); ++at)
        take_chat_call(m_session, place, (*calls)[at]);
    m_session.evidence().turn_ended = calls == nullptr || calls->empty();
}

// "<system>ERROR: …</system>" goes before the output of a call that has failed.
void Context::take_answer(const json::Value& line) {
    constexpr std::string_view k_error = "ERROR: ";
    std::string text = text_of_input(line["content"]);
    const std::string_view own = trim(text);
    const std::size_t end = own.find(k_system_end);
    std::string error;
    if (own.starts_with(k_system) && end != std::string_view::npos) {
        const std::string_view said = own.substr(k_system.size(), end - k_system.size());
        if (said.starts_with(k_error)) error = error_in(said, {});
    }
    take_result(m_session, std::string(line["tool_call_id"].string_or()), std::move(text),
                {std::move(error)});
}

}  // namespace opentraces::capture::kimi
