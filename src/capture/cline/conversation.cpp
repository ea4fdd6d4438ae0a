#include "capture/cline/conversation.hpp"

#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/cline/reply_text.hpp"
#include "capture/cline/requests.hpp"
#include "capture/cline/results.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::cline {
namespace {

std::string model_in(const json::Value& told) {
    return model_of(told["providerId"].string_or(told["provider"].string_or()),
                    told["modelId"].string_or(told["id"].string_or()));
}

constexpr std::string_view k_environment = "<environment_details>";
constexpr std::string_view k_end_of_environment = "</environment_details>";
// Results that name no call are matched with one of so many.
constexpr std::size_t k_most_open = 1000;

bool is_result(std::string_view type) {
    return type == "tool_result" || type == "tool-result";
}

}  // namespace

std::optional<std::size_t> Conversation::take(const json::Value& message, const std::string& at,
                                              const std::string& model) {
    const std::string_view role = message["role"].string_or();
    const std::string own = time_of(message["ts"]);
    const std::string& when = own.empty() ? at : own;
    m_session.see_time(when);
    ++m_session.report().lines;
    std::optional<std::size_t> place;
    if (role == "assistant" && !message["isSummary"].bool_or(false)) {
        const std::string told = model_in(message["modelInfo"]);
        place = take_reply(message, when, told.empty() ? model : told);
    } else if (message["isSummary"].bool_or(false)) {
        take_summary(message, when);
    } else if (role == "user" || role == "tool") {
        take_user(message, when);
    } else if (role.empty() && message["type"].string_or() == "reasoning") {
        const std::string summary = text_of(message["summary"]);
        append_paragraph(m_thought,
                         trim(summary).empty() ? k_encrypted_reasoning : std::string_view(summary));
    } else {
        add_to_counts(m_session.report().unknown_line_types, "message/" + std::string(role));
        return place;
    }
    ++m_session.report().conversation_lines;
    return place;
}

void Conversation::take_summary(const json::Value& message, const std::string& at) {
    m_session.note_compaction();
    m_session.show("compaction", text_of(message["content"]), at);
}

void Conversation::take_user(const json::Value& message, const std::string& at) {
    Said said;
    if (const std::string* text = message["content"].if_string()) take_user_text(*text, said);
    if (const json::Array* blocks = message["content"].if_array()) {
        for (const json::Value& block : *blocks)
            take_user_block(block, said);
    }
    end_result(said);
    if (message["isTruncationMarker"].bool_or(false)) said.has_results = true;
    say(said, at);
}

void Conversation::take_user_block(const json::Value& block, Said& said) {
    const std::string_view type = block["type"].string_or();
    if (is_result(type)) {
        end_result(said);
        const json::Value& content = type == "tool_result" ? block["content"] : block["output"];
        said.has_results = true;
        answer(std::string(block["tool_use_id"].string_or(block["toolCallId"].string_or())), content,
               result_text(content), block["is_error"].bool_or(false), said);
    } else if (type == "text") {
        take_user_text(block["text"].string_or(), said);
    } else if (type == "image" || type == "document" || type == "file") {
        append_paragraph(m_result ? m_result->text : said.text.typed, placeholder(block));
    } else {
        count_unknown_block(type);
    }
}

// A text that begins the result of a call, goes on with one, or was said.
void Conversation::take_user_text(std::string_view text, Said& said) {
    std::string_view rest = text;
    const std::string_view tool = tool_of_result(text, rest);
    if (!tool.empty()) {
        end_result(said);
        begin_result(tool, said);
        if (rest.starts_with('\n')) rest.remove_prefix(1);
    }
    const std::string_view words = trim(rest);
    if (m_result && !is_of_person(words) && !words.starts_with(k_environment)) {
        if (!words.empty()) append_paragraph(m_result->text, rest);
        return;
    }
    UserText parts = read_user_text(rest);
    append_paragraph(said.text.typed, parts.typed);
    for (auto& one : parts.shown)
        said.text.shown.push_back(std::move(one));
    if (trim(parts.other).empty()) return;
    if (m_result) {
        append_paragraph(m_result->text, parts.other);
    } else if (parts.has_tags || is_of_program(parts.other)) {
        said.text.shown.emplace_back("program", std::move(parts.other));
    } else {
        append_paragraph(said.text.other, parts.other);
    }
}

// The call of this name that waits for longest; of another name, the only one that waits.
void Conversation::begin_result(std::string_view tool, Said& said) {
    said.has_results = true;
    auto found =
        std::find_if(m_open.begin(), m_open.end(), [tool](const OpenCall& one) { return one.name == tool; });
    if (found == m_open.end() && m_open.size() == 1) found = m_open.begin();
    m_result = TextResult{};
    if (found == m_open.end()) return;
    m_result->id = std::move(found->id);
    m_open.erase(found);
}

void Conversation::end_result(Said& said) {
    if (!m_result) return;
    TextResult result = *std::exchange(m_result, std::nullopt);
    answer(result.id, {}, std::move(result.text), false, said);
}

void Conversation::answer(const std::string& id, const json::Value& content, std::string text, bool failed,
                          Said& said) {
    // Roo Code may put it behind the last result.
    if (const std::size_t at = text.rfind(k_environment);
        at != std::string::npos && trim(text).ends_with(k_end_of_environment)) {
        said.text.shown.emplace_back("environment", trim(std::string_view(text).substr(at)));
        text = trim(std::string_view(text).substr(0, at));
    }
    append_paragraph(said.text.typed, feedback_in(text));
    CallEnd end{error_of(content, text, failed)};
    const bool worked = end.error.empty();
    std::erase_if(m_open, [&](const OpenCall& one) { return one.id == id; });
    if (m_session.answer(id, std::move(text), std::move(end)) && worked)
        m_session.change(id, changes_of(*m_session.find_call(id)));
}

// Words without tags are typed, except beside results.
void Conversation::say(Said& said, const std::string& at) {
    std::string typed = std::move(said.text.typed);
    if (said.has_results) {
        said.text.shown.emplace_back("program", std::move(said.text.other));
    } else if (!said.text.other.empty()) {
        append_paragraph(typed, said.text.other);
    }
    m_session.say(trace::Role::User, std::move(typed), at);
    for (auto& [kind, text] : said.text.shown) {
        if (kind == "environment") {
            const Surrounding now = read_environment(text);
            m_session.surroundings.note("working_directory", now.folder);
            m_session.surroundings.note("mode", now.mode);
            if (m_session.about.directory.empty()) m_session.about.directory = now.folder;
            if (!now.model.empty()) m_model = now.model;
        }
        m_session.show(kind, std::move(text), at);
    }
}

std::size_t Conversation::take_reply(const json::Value& message, const std::string& at,
                                     const std::string& model) {
    m_open.clear();
    const std::size_t place = m_session.reply(model.empty() ? m_model : model, at);
    m_session.add_reasoning(place, std::exchange(m_thought, {}));
    m_session.add_reasoning(place, message["reasoning_content"].string_or());
    if (message["content"].if_string() != nullptr) {
        json::Object block;
        block.set("text", message["content"]);
        take_reply_text(place, json::Value(std::move(block)));
    }
    if (const json::Array* blocks = message["content"].if_array()) {
        for (const json::Value& block : *blocks)
            take_reply_block(place, block);
    }
    if (!m_session.step(place).reasoning_content) take_details(place, message["reasoning_details"]);
    set_if_some(m_session.facts(place), "request_id", message["id"].string_or());
    m_session.tell_surroundings(place);
    return place;
}

void Conversation::take_reply_block(std::size_t place, const json::Value& block) {
    const std::string_view type = block["type"].string_or();
    if (type == "text") {
        take_reply_text(place, block);
    } else if (type == "thinking" || type == "reasoning") {
        const std::string_view text = block["thinking"].string_or(block["text"].string_or());
        m_session.add_reasoning(place, trim(text).empty() ? k_encrypted_reasoning : text);
    } else if (type == "redacted_thinking") {
        m_session.add_reasoning(place, k_encrypted_reasoning);
    } else if (type == "tool_use") {
        call(place, block["id"].string_or(), block["name"].string_or(), block["input"]);
    } else if (type == "tool-call") {
        call(place, block["toolCallId"].string_or(), block["toolName"].string_or(), block["input"]);
    } else if (type == "image" || type == "document" || type == "file") {
        m_session.add_text(place, placeholder(block));
    } else {
        count_unknown_block(type);
    }
}

void Conversation::take_reply_text(std::size_t place, const json::Value& block) {
    ReplyText reply = read_reply_text(block["text"].string_or());
    m_session.add_text(place, reply.text);
    m_session.add_reasoning(place, reply.reasoning);
    if (!m_session.step(place).reasoning_content) take_details(place, block["reasoning_details"]);
    for (TextCall& one : reply.calls)
        call(place, {}, one.name, json::Value(std::move(one.input)));
}

// Of OpenRouter: pieces of a thought, some of them encrypted.
void Conversation::take_details(std::size_t place, const json::Value& details) {
    const json::Array* pieces = details.if_array();
    if (pieces == nullptr) return;
    std::string thought;
    for (const json::Value& piece : *pieces)
        thought += piece["text"].string_or(piece["summary"].string_or());
    if (trim(thought).empty() && !pieces->empty()) thought = k_encrypted_reasoning;
    m_session.add_reasoning(place, thought);
}

void Conversation::call(std::size_t place, std::string_view id, std::string_view name,
                        const json::Value& input) {
    std::string known = m_session.call(place, id, name, call_arguments(input));
    if (!known.empty() && m_open.size() < k_most_open)
        m_open.push_back({std::string(name), std::move(known)});
}

void Conversation::count_unknown_block(std::string_view type) {
    add_to_counts(m_session.report().unknown_blocks, type.empty() ? "(none)" : type);
    add_to_counts(m_session.report().unknown_line_types, "block/" + std::string(type));
}

}  // namespace opentraces::capture::cline
