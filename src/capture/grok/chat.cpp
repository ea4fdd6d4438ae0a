#include "capture/grok/chat.hpp"
#include "capture/chat_messages.hpp"

#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/edit_calls.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture::grok {
namespace {

std::string_view kind_of(const json::Value& line) {
    const std::string_view type = line["type"].string_or();
    if (!type.empty()) return type;
    const std::string_view role = line["role"].string_or();
    return role == "tool" ? "tool_result" : role;
}

}  // namespace

bool is_chat_line(const json::Value& line) {
    const std::string_view kind = kind_of(line);
    if (!line["message"].is_null() || !line["payload"].is_null()) return false;
    const bool says = line["content"].if_string() != nullptr || line["content"].if_array() != nullptr;
    if (kind == "assistant") return says && line["model_id"].if_string() != nullptr;
    if (line["type"].if_string() == nullptr) return false;
    if (kind == "user")
        return says && (!line["synthetic_reason"].is_null() || !line["prompt_index"].is_null());
    if (kind == "backend_tool_call") return line["kind"]["tool_type"].if_string() != nullptr;
    return kind == "tool_result" && says && line["tool_call_id"].if_string() != nullptr;
}

bool Chat::take(const json::Value& line) {
    const std::string_view kind = kind_of(line);
    if (kind == "system") {
        m_session.set_system_prompt(text_of(line["content"]));
    } else if (kind == "user") {
        take_user(line);
    } else if (kind == "reasoning") {
        take_reasoning(line);
    } else if (kind == "assistant") {
        take_reply(line);
    } else if (kind == "backend_tool_call") {
        take_call_of_backend(line["kind"]);
    } else if (kind == "tool_result") {
        take_result(line);
    } else {
        add_to_counts(m_session.report().unknown_line_types, kind.empty() ? "(none)" : kind);
        return false;
    }
    ++m_session.report().conversation_lines;
    return true;
}

// What the model thinks, has its own tools do, says and asks for is one reply.
std::size_t Chat::place() {
    if (!std::exchange(m_open, true)) return m_session.reply({}, {});
    return m_session.last_reply();
}

void Chat::take_user(const json::Value& line) {
    m_open = false;
    if (line["prior_turn_interrupt"].if_string() != nullptr) ++m_interrupted;
    const std::string_view reason = line["synthetic_reason"].string_or();
    const bool typed_in_turn = reason == "interjection";
    std::string text = text_of(line["content"]);
    if (!reason.empty() && !typed_in_turn) return m_session.show(reason, std::move(text));
    if (!m_session.say(trace::Role::User, std::move(text))) return;
    if (typed_in_turn) m_session.facts(m_parsed.record->steps.size() - 1).set("mid_turn", true);
}

void Chat::take_reasoning(const json::Value& line) {
    const std::size_t at = place();
    std::string thought;
    const json::Array* parts = line["summary"].if_array();
    for (std::size_t part = 0; parts != nullptr && part < parts->size(); ++part)
        append_paragraph(thought, (*parts)[part]["text"].string_or());
    if (trim(thought).empty()) thought = text_of(line["content"]);
    const bool sealed = trim(thought).empty() && !line["encrypted_content"].string_or().empty();
    m_session.add_reasoning(at, sealed ? k_encrypted_reasoning : thought);
}

void Chat::take_reply(const json::Value& line) {
    const std::size_t at = place();
    set_text(m_session.step(at).model, line["model_id"].string_or());
    m_session.surroundings.note("effort", line["reasoning_effort"].string_or());
    m_session.tell_surroundings(at);
    m_session.add_reasoning(at, line["reasoning_content"].string_or());
    m_session.add_text(at, text_of(line["content"]));
    const json::Array* calls = line["tool_calls"].if_array();
    for (std::size_t one = 0; calls != nullptr && one < calls->size(); ++one) {
        const json::Value& asked = (*calls)[one];
        const json::Value& function = asked["function"];
        call(std::string(asked["id"].string_or()), asked["name"].string_or(function["name"].string_or()),
             function["arguments"].is_null() ? asked["arguments"] : function["arguments"]);
    }
    m_open = false;
}

void Chat::call(const std::string& id, std::string_view name, const json::Value& arguments) {
    const std::size_t at = m_session.last_reply();
    const auto facts = m_calls.find(id);
    const std::int64_t duration = facts == m_calls.end() ? -1 : duration_of(facts->second);
    m_session.call(at, id, name, call_arguments(arguments), duration);
    if (facts != m_calls.end() && !m_session.step(at).timestamp)
        set_text(m_session.step(at).timestamp, facts->second.begun);
}

// Done by the provider; its result goes to the model alone.
void Chat::take_call_of_backend(const json::Value& kind) {
    const std::string known =
        m_session.call(place(), kind["id"].string_or(), kind["tool_type"].string_or(), kind["action"]);
    const std::string_view status = kind["status"].string_or();
    if (known.empty() || (status != "completed" && status != "failed")) return;
    m_session.answer(known, {}, {status == "failed" ? "tool_error" : ""});
}

void Chat::take_result(const json::Value& line) {
    m_open = false;
    const std::string id(line["tool_call_id"].string_or());
    const auto facts = m_calls.find(id);
    const std::string error = facts == m_calls.end() ? std::string() : facts->second.error;
    if (!m_session.answer(id, text_of(line["content"]), {error})) return;
    const trace::ToolCall* asked = m_session.find_call(id);
    if (error.empty() && asked != nullptr) m_session.change(id, changes_asked(*asked));
}

void Chat::finish(std::string_view reader_version) {
    set_if_some(m_session.metadata(), "interrupted_turns", m_interrupted);
    m_session.finish(reader_version);
}

}  // namespace opentraces::capture::grok
