#include "capture/cursor/chat.hpp"

#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/edit_calls.hpp"
#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::cursor {
namespace {

constexpr std::string_view k_query = "<user_query>";
constexpr std::string_view k_query_end = "</user_query>";

bool is_result(std::string_view type) {
    return type == "tool_result" || type == "tool-result";
}

// "<name …>…</name>", of small letters: what the program writes.
bool is_element(std::string_view text) {
    if (!text.starts_with('<')) return false;
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_-", 1);
    if (end == std::string_view::npos || end == 1 ||
        (text[end] != '>' && text[end] != ' ' && text[end] != '\n'))
        return false;
    return text.ends_with("</" + std::string(text.substr(1, end - 1)) + ">");
}

std::string text_of_answer(const json::Value& result) {
    if (result.if_string() != nullptr || result.if_array() != nullptr) return text_of(result);
    return result.is_null() ? std::string() : json::to_compact(result);
}

}  // namespace

Prompt split_prompt(std::string_view text) {
    const std::size_t begin = text.find(k_query);
    if (begin == std::string_view::npos) {
        const std::string_view whole = trim(text);
        return is_element(whole) ? Prompt{{}, std::string(whole)} : Prompt{std::string(text), {}};
    }
    const std::size_t from = begin + k_query.size();
    const std::size_t end = std::min(text.find(k_query_end, from), text.size());
    Prompt prompt{std::string(trim(text.substr(from, end - from))), std::string(trim(text.substr(0, begin)))};
    append_paragraph(prompt.added, trim(text.substr(std::min(end + k_query_end.size(), text.size()))));
    return prompt;
}

std::string error_in(std::string_view text, bool failed) {
    for (const std::string_view mark : {"Exit code: ", "exit code: "}) {
        if (!text.starts_with(mark)) continue;
        const auto code = leading_number(text.substr(mark.size()));
        if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    }
    return failed ? "tool_error" : "";
}

void Chat::begin_agent(std::optional<std::size_t> called_at, std::string role) {
    m_session.speak_as_agent(called_at);
    m_agent = role.empty() ? "general" : std::move(role);
    m_open = false;
    m_waiting_of_caller = std::exchange(m_waiting, {});
}

void Chat::end_agent() {
    m_session.speak_as_main();
    m_agent.reset();
    m_open = false;
    m_waiting = std::exchange(m_waiting_of_caller, {});
}

void Chat::prompt(std::string_view text, const std::string& at) {
    say(split_prompt(text), at);
}

void Chat::say(Prompt prompt, const std::string& at) {
    show("prompt_context", std::move(prompt.added), at);
    m_open = false;
    if (!m_session.say(trace::Role::User, std::move(prompt.typed), at)) return;
    if (m_agent) m_session.facts(m_parsed.record->steps.size() - 1).set("from", "caller");
}

void Chat::show(std::string_view kind, std::string text, const std::string& at) {
    m_session.show(kind, std::move(text), at);
}

std::size_t Chat::reply(const std::string& model, const std::string& at) {
    m_session.reply(model, at, m_agent ? std::string_view(*m_agent) : std::string_view());
    m_open = true;
    return m_session.last_reply();
}

std::string Chat::call(std::size_t place, std::string_view id, std::string_view name, json::Value input) {
    std::string known = m_session.call(place, id, name, call_arguments(input));
    if (!known.empty()) m_waiting.push_back({known, std::string(name)});
    return known;
}

void Chat::answer(std::string_view id, std::string_view name, std::string text, CallEnd end) {
    auto waiting =
        std::find_if(m_waiting.begin(), m_waiting.end(), [id](const Waiting& one) { return one.id == id; });
    std::string known(id);
    if (id.empty() || m_session.find_call(known) == nullptr) {
        waiting = std::find_if(m_waiting.begin(), m_waiting.end(),
                               [name](const Waiting& one) { return name.empty() || one.name == name; });
        if (waiting != m_waiting.end()) known = waiting->id;
    }
    if (waiting != m_waiting.end()) m_waiting.erase(waiting);
    const bool worked = end.error.empty();
    if (!m_session.answer(known, std::move(text), std::move(end))) return;
    const trace::ToolCall* asked = m_session.find_call(known);
    if (worked && asked != nullptr) m_session.change(known, changes_asked(*asked));
}

void Chat::take_result(const json::Value& block) {
    const json::Value& result = block["result"].is_null()
                                    ? block["content"].is_null() ? block["output"] : block["content"]
                                    : block["result"];
    const json::Value& high = block["providerOptions"]["cursor"]["highLevelToolCallResult"];
    const bool failed = block["is_error"].bool_or(block["isError"].bool_or(high["isError"].bool_or(false)));
    std::string text = text_of_answer(result);
    std::string error = error_in(text, failed);
    answer(block["tool_use_id"].string_or(block["toolCallId"].string_or()),
           block["toolName"].string_or(block["name"].string_or()), std::move(text), {std::move(error)});
}

// Prompts of one message stand in several blocks, with what the program adds.
void Chat::take_user(const json::Value& content) {
    const json::Array* blocks = content.if_array();
    if (blocks == nullptr) return prompt(content.string_or());
    Prompt whole;
    for (const json::Value& block : *blocks) {
        if (is_result(block["type"].string_or())) {
            take_result(block);
            continue;
        }
        const bool says = block.if_string() != nullptr || block["text"].if_string() != nullptr;
        const Prompt part =
            split_prompt(says ? block.string_or(block["text"].string_or()) : placeholder(block));
        append_paragraph(whole.typed, part.typed);
        append_paragraph(whole.added, part.added);
    }
    say(std::move(whole), {});
}

bool Chat::take_block(std::size_t place, const json::Value& block) {
    const std::string_view type = block["type"].string_or(block.if_string() != nullptr ? "text" : "");
    if (type == "text") {
        m_session.add_text(place, block.string_or(block["text"].string_or()));
    } else if (type == "reasoning" || type == "thinking") {
        m_session.add_reasoning(place, block["text"].string_or(block["thinking"].string_or()));
    } else if (type == "redacted-reasoning" || type == "redacted_thinking") {
        m_session.add_reasoning(place, k_encrypted_reasoning);
    } else if (type == "tool_use" || type == "tool-call" || type == "tool_call") {
        const std::string_view id = block["id"].string_or(block["toolCallId"].string_or());
        const json::Value& input = block["input"].is_null() ? block["args"] : block["input"];
        call(place, id, block["name"].string_or(block["toolName"].string_or()), input);
    } else if (is_result(type)) {
        take_result(block);
    } else if (type == "image" || type == "file") {
        m_session.add_text(place, placeholder(block));
    } else {
        return false;
    }
    return true;
}

void Chat::take_message(const json::Value& message, std::string_view role, const json::Value& content) {
    m_open = false;
    ++m_session.report().conversation_lines;
    if (role == "user") return take_user(content);
    if (role == "system") return m_session.set_system_prompt(text_of(content));
    if (role == "tool") {
        if (const json::Array* blocks = content.if_array()) {
            for (const json::Value& block : *blocks)
                take_result(block);
        } else {
            take_result(message);
        }
        return;
    }
    const json::Value& model = message["providerOptions"]["cursor"]["modelName"];
    const std::size_t place = reply(std::string(message["model"].string_or(model.string_or())));
    const json::Array* blocks = content.if_array();
    if (blocks == nullptr) m_session.add_text(place, content.string_or());
    for (std::size_t at = 0; blocks != nullptr && at < blocks->size(); ++at) {
        const json::Value& block = (*blocks)[at];
        if (take_block(place, block)) continue;
        // Its text is said, whatever it is.
        m_session.add_text(place, block["text"].string_or());
        count_unknown_block(m_session.report(), block["type"].string_or());
    }
}

}  // namespace opentraces::capture::cursor
