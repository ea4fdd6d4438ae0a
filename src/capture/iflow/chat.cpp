#include "capture/iflow/chat.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/claude_code/prompts.hpp"
#include "capture/describe.hpp"
#include "capture/gemini/edits.hpp"
#include "capture/gemini/parts.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::iflow {
namespace {

// Lines of one reply follow one another within moments.
constexpr std::int64_t k_moment_ms = 1000;

bool is_of_program(const json::Value& line, std::string_view text) {
    using claude_code::PromptKind;
    text = trim(text);
    if (text.starts_with("# AGENTS.md instructions for") || text.starts_with("<INSTRUCTIONS>")) return true;
    const PromptKind kind = claude_code::classify_prompt(line, text);
    return claude_code::is_program(kind) || kind == PromptKind::Builtin || kind == PromptKind::Interrupt;
}

// {callId, responseParts, resultDisplay}, or the response alone; in other versions a text or blocks.
gemini::Response response_in(const json::Value& content) {
    if (content.if_object() == nullptr) return {text_of(content), false};
    const json::Value& parts = content["responseParts"];
    gemini::Response whole;
    gemini::for_each_part(parts.is_null() ? content : parts, [&whole](const json::Value& part) {
        const json::Value& given = part["functionResponse"];
        const gemini::Response one =
            given.is_null() ? gemini::Response{gemini::said_in(part)} : gemini::response_of(given);
        if (!one.text.empty() && !whole.text.empty()) whole.text += '\n';
        whole.text += one.text;
        whole.failed = whole.failed || one.failed;
    });
    return whole;
}

CallEnd end_of(std::string_view status, bool failed, std::string_view tool, std::string_view text) {
    if (status == "cancelled") return {"interrupted"};
    if (status == "error" || failed) return {"tool_error"};
    const std::int64_t code = tool == "run_shell_command" ? gemini::exit_code_in(text) : 0;
    return code == 0 ? CallEnd{} : CallEnd{"exit_code:" + std::to_string(code)};
}

std::optional<std::int64_t> milliseconds_between(const std::string& from, const std::string& to) {
    const auto begin = parse_iso8601(from);
    const auto end = parse_iso8601(to);
    if (!begin || !end) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(*end - *begin).count();
}

}  // namespace

bool is_line(const json::Value& line) {
    constexpr std::string_view k_prefix = "session-";
    constexpr std::size_t k_uuid_length = 36;
    const std::string_view session = line["sessionId"].string_or();
    const std::string_view type = line["type"].string_or();
    const json::Value& content = line["message"]["content"];
    return session.starts_with(k_prefix) && session.size() == k_prefix.size() + k_uuid_length &&
           (type == "user" || type == "assistant") &&
           (content.if_string() != nullptr || content.if_array() != nullptr);
}

void Chat::take(const json::Value& line) {
    const std::string_view type = line["type"].string_or();
    if (type != "user" && type != "assistant") {
        add_to_counts(m_session.report().unknown_line_types, type.empty() ? "(none)" : type);
        return;
    }
    ++m_session.report().conversation_lines;
    note(line);
    if (type == "user") {
        take_user(line);
    } else {
        take_reply(line);
    }
}

void Chat::finish(const std::string& name, std::string_view reader_version) {
    end_reply();
    if (m_session.about.id.empty()) m_session.about.id = name;
    set_if_some(m_session.metadata(), "interrupted_turns", m_interruptions);
    m_session.evidence().interrupted = m_interrupted;
    m_session.finish(reader_version);
}

void Chat::note(const json::Value& line) {
    SessionFacts& about = m_session.about;
    if (about.id.empty()) about.id = line["sessionId"].string_or();
    if (about.directory.empty()) about.directory = line["cwd"].string_or();
    if (about.branch.empty()) about.branch = line["gitBranch"].string_or();
    if (const auto version = line["version"].string_or(); !version.empty()) about.version = version;
    const std::string at = time_of(line["timestamp"]);
    if (about.started.empty()) about.started = at;
    about.ended = std::max(about.ended, at);
    Surroundings& now = m_session.surroundings;
    now.note("working_directory", line["cwd"].string_or());
    now.note("branch", line["gitBranch"].string_or());
    now.note("agent_version", line["version"].string_or());
}

void Chat::take_user(const json::Value& line) {
    end_reply();
    const json::Value& content = line["message"]["content"];
    const json::Array* blocks = content.if_array();
    if (blocks == nullptr) return take_prompt(line, content);
    json::Array said;
    for (const json::Value& block : *blocks) {
        if (block["type"].string_or() == "tool_result") {
            take_result(line, block);
        } else {
            said.push_back(block);
        }
    }
    take_prompt(line, json::Value(std::move(said)));
}

void Chat::take_prompt(const json::Value& line, const json::Value& content) {
    std::string text = text_of(content);
    const std::string at = time_of(line["timestamp"]);
    m_interrupted = trim(text).starts_with("[Request interrupted by user");
    if (m_interrupted) ++m_interruptions;
    if (is_of_program(line, text)) {
        m_session.show(line["isCompactSummary"].bool_or(false) ? "compression" : "reminder", std::move(text),
                       at);
    } else {
        m_session.say(trace::Role::User, std::move(text), at);
    }
    if (line["isCompactSummary"].bool_or(false)) m_session.note_compaction();
}

void Chat::take_result(const json::Value& line, const json::Value& block) {
    const json::Value& content = block["content"];
    const std::string id(block["tool_use_id"].string_or(content["callId"].string_or()));
    const trace::ToolCall* call = m_session.find_call(id);
    gemini::Response response = response_in(content);
    const bool failed = response.failed || block["is_error"].bool_or(false);
    CallEnd end =
        end_of(line["toolUseResult"]["status"].string_or(), failed,
               call == nullptr ? std::string_view() : std::string_view(call->tool_name), response.text);
    std::vector<enrich::FileChange> changes;
    if (call != nullptr && end.error.empty())
        changes = gemini::changes_shown(*call, content["resultDisplay"], response.text);
    if (m_session.answer(id, std::move(response.text), std::move(end)))
        m_session.change(id, std::move(changes));
}

// Does the line tell more of the reply that the one before told of?
bool Chat::goes_on(const json::Value& line) const {
    if (!m_in_reply) return false;
    const json::Array* blocks = line["message"]["content"].if_array();
    const bool repeats =
        blocks != nullptr && std::any_of(blocks->begin(), blocks->end(), [this](const auto& block) {
            return block["type"].string_or() == "tool_use" &&
                   m_calls.count(std::string(block["id"].string_or())) > 0;
        });
    const auto gap = milliseconds_between(m_last_time, time_of(line["timestamp"]));
    return repeats || (gap && *gap < k_moment_ms);
}

void Chat::begin_reply(const json::Value& line) {
    end_reply();
    m_session.reply(std::string(line["message"]["model"].string_or()), time_of(line["timestamp"]));
    m_session.tell_surroundings(m_session.last_reply());
    m_in_reply = true;
}

void Chat::end_reply() {
    if (m_in_reply) m_session.count(m_session.last_reply(), std::exchange(m_usage, {}));
    m_in_reply = false;
    m_texts.clear();
    m_calls.clear();
}

bool Chat::is_new(const json::Value& block) {
    const std::string_view type = block["type"].string_or();
    if (type == "tool_use") return m_session.find_call(std::string(block["id"].string_or())) == nullptr;
    return m_texts.count(std::string(type) + ":" + text_of(json::Array{block})) == 0;
}

void Chat::take_reply(const json::Value& line) {
    const json::Value& message = line["message"];
    const bool continued = goes_on(line);
    if (!continued) end_reply();
    const json::Array* blocks = message["content"].if_array();
    const json::Array text{message["content"]};  // where it is a text
    if (blocks == nullptr) blocks = &text;
    const bool tells =
        std::any_of(blocks->begin(), blocks->end(), [this](const auto& block) { return is_new(block); });
    const enrich::ModelUsage usage{
        {}, 1, count_of(message["usage"]["input_tokens"]), count_of(message["usage"]["output_tokens"])};
    if (!tells && is_empty(usage)) {
        ++m_session.report().repeated_lines;
        return;
    }
    if (!continued) begin_reply(line);
    m_interrupted = false;
    m_last_time = time_of(line["timestamp"]);
    for (const json::Value& block : *blocks)
        take_block(block);
    // The lines of a reply repeat what it has used so far.
    m_usage.input_tokens = std::max(m_usage.input_tokens, usage.input_tokens);
    m_usage.output_tokens = std::max(m_usage.output_tokens, usage.output_tokens);
    set_if_some(m_session.facts(m_session.last_reply()), "stop_reason", message["stop_reason"].string_or());
}

void Chat::take_block(const json::Value& block) {
    const std::size_t place = m_session.last_reply();
    const std::string_view type = block["type"].string_or(block.if_string() != nullptr ? "text" : "");
    if (type == "tool_use") {
        const std::string id(block["id"].string_or());
        if (!id.empty()) m_calls.insert(id);
        if (is_new(block)) m_session.call(place, id, block["name"].string_or(), block["input"]);
        return;
    }
    if (!is_new(block)) return;
    m_texts.insert(std::string(block["type"].string_or()) + ":" + text_of(json::Array{block}));
    if (type == "thinking") {
        const std::string_view thought = block["thinking"].string_or();
        const bool hidden = trim(thought).empty() && !block["signature"].string_or().empty();
        m_session.add_reasoning(place, hidden ? k_encrypted_reasoning : thought);
    } else if (type == "text" || type == "image") {
        m_session.add_text(place, text_of(json::Array{block}));
    } else {
        count_unknown_block(m_session.report(), type);
    }
}

}  // namespace opentraces::capture::iflow
