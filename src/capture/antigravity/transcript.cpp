#include "capture/antigravity/transcript.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/cascade_steps.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/diffs.hpp"
#include "capture/edit_calls.hpp"
#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/syntax_error.hpp"

namespace opentraces::capture::antigravity {
namespace {

// What a person typed stands between these; around it is what the program adds.
constexpr std::string_view k_request = "<USER_REQUEST>";
constexpr std::string_view k_request_end = "</USER_REQUEST>";

// A value inside of a text, where it is one.
json::Value decoded_argument(const json::Value& argument) {
    const std::string* text = argument.if_string();
    if (text == nullptr) return argument;
    try {
        return json::parse(*text);
    } catch (const json::SyntaxError&) {
        return argument;
    }
}

json::Value decoded_arguments(const json::Value& args) {
    const json::Value arguments = call_arguments(args);
    const json::Object* members = arguments.if_object();
    if (members == nullptr) return arguments;
    json::Object decoded;
    for (const auto& [name, argument] : *members)
        decoded.set(name, decoded_argument(argument));
    return decoded;
}

std::string letters_of(std::string_view name) {
    std::string letters;
    std::copy_if(name.begin(), name.end(), std::back_inserter(letters), [](char c) { return c != '_'; });
    return letters;
}

bool is_one_of(std::string_view status, std::initializer_list<std::string_view> all) {
    return std::find(all.begin(), all.end(), status) != all.end();
}

bool is_going_on(const json::Value& line) {
    return is_one_of(line["status"].string_or(), {"RUNNING", "PENDING", "WAITING", "QUEUED", "GENERATING"});
}

// "The command failed with exit code: 1" stands before what it printed.
std::string error_of(const json::Value& line, std::string_view text) {
    constexpr std::string_view k_code = "exit code";
    const std::string_view before = text.substr(0, std::min(text.find("\nOutput:"), text.size()));
    const std::size_t at = before.find(k_code);
    if (at != std::string_view::npos) {
        std::string_view number = before.substr(at + k_code.size());
        number.remove_prefix(std::min(number.find_first_not_of(": "), number.size()));
        const auto code = leading_number(number);
        if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    }
    const std::string_view status = line["status"].string_or();
    if (is_one_of(status, {"CANCELED", "CANCELLED", "INTERRUPTED", "HALTED", "CLEARED"}))
        return "interrupted";
    return is_one_of(status, {"ERROR", "FAILED", "INVALID"}) ? "tool_error" : "";
}

// What an edit has made of the file, between the marks that the program puts around it.
std::string_view diff_in(std::string_view text) {
    constexpr std::string_view k_begin = "[diff_block_start]";
    constexpr std::string_view k_end = "[diff_block_end]";
    const std::size_t begin = text.find(k_begin);
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin + k_begin.size());
    text.remove_prefix(text.starts_with('\n') ? 1 : 0);
    return text.substr(0, std::min(text.find(k_end), text.size()));
}

}  // namespace

bool is_step(const json::Value& line) {
    return line["step_index"].if_number() != nullptr && line["type"].if_string() != nullptr &&
           line["source"].if_string() != nullptr;
}

std::string folder_of_command(const json::Value& line) {
    const json::Array* calls = line["tool_calls"].if_array();
    for (std::size_t at = 0; calls != nullptr && at < calls->size(); ++at) {
        const json::Value arguments = decoded_arguments((*calls)[at]["args"]);
        const std::string_view folder = arguments["Cwd"].string_or();
        if (folder.starts_with('/')) return std::string(folder);
    }
    return {};
}

void Transcript::take(const json::Value& line) {
    const std::string_view at = line["created_at"].string_or();
    m_at = parse_iso8601(at) ? std::string(at) : std::string();
    m_session.see_time(m_at);
    ParseReport& report = m_session.report();
    if (!is_step(line)) {
        add_to_counts(report.unknown_line_types, line["type"].string_or("(none)"));
        return;
    }
    const std::string_view type = line["type"].string_or();
    if (about().directory.empty()) about().directory = folder_of_command(line);
    if (take_step(cascade_step_name(type), line)) {
        ++report.conversation_lines;
    } else {
        add_to_counts(report.ignored_line_types, type);
    }
}

bool Transcript::take_step(const std::string& name, const json::Value& line) {
    const std::string_view content = line["content"].string_or();
    if (name == "user_input") {
        take_prompt(line);
    } else if (name == "planner_response") {
        take_reply(line);
    } else if (name == "error_message") {
        if (!trim(content).empty()) m_session.add_error(std::string(content));
        return false;
    } else if (name == "checkpoint") {
        m_session.note_compaction();
        m_session.show("compaction", std::string(content), m_at);
    } else if (line["source"].string_or() == "MODEL") {
        if (!is_cascade_tool(name))
            add_to_counts(m_session.report().unknown_line_types, line["type"].string_or());
        take_result(name, line);
    } else {
        static constexpr auto k_context = std::to_array<std::string_view>(
            {"conversation_history", "ephemeral_message", "knowledge_artifacts", "system_message"});
        const bool known = std::find(k_context.begin(), k_context.end(), name) != k_context.end();
        if (!known && !is_cascade_tool(name))
            add_to_counts(m_session.report().unknown_line_types, line["type"].string_or());
        if (trim(content).empty()) return false;
        m_session.show(name, std::string(content), m_at);
    }
    return true;
}

void Transcript::take_prompt(const json::Value& line) {
    const std::string_view content = line["content"].string_or();
    const std::size_t begin = content.find(k_request);
    std::string_view typed = content;
    std::string added;
    if (begin != std::string_view::npos) {
        const std::string_view rest = content.substr(begin + k_request.size());
        const std::size_t end = rest.find(k_request_end);
        typed = rest.substr(0, std::min(end, rest.size()));
        added = trim(content.substr(0, begin));
        if (end != std::string_view::npos)
            append_paragraph(added, trim(rest.substr(end + k_request_end.size())));
    }
    note_model(added);
    const std::string source = cascade_step_name(line["source"].string_or());
    if (source == "user_implicit" || source == "system") {
        m_session.show("prompt_context", std::string(trim(typed)), m_at);
    } else if (m_session.say(trace::Role::User, std::string(trim(typed)), m_at)) {
        m_session.evidence().interrupted = false;
        note_truncated(line);
    }
    m_session.show("prompt_context", std::move(added), m_at);
    m_open.clear();
}

// "The user changed setting `Model Selection` from None to Gemini 3.5 Flash (Medium). No need to …"
void Transcript::note_model(std::string_view context) {
    constexpr std::string_view k_setting = "`Model Selection` from ";
    constexpr std::string_view k_to = " to ";
    const std::size_t at = context.rfind(k_setting);
    if (at == std::string_view::npos) return;
    std::string_view model = context.substr(at + k_setting.size());
    const std::size_t to = model.find(k_to);
    if (to == std::string_view::npos) return;
    model.remove_prefix(to + k_to.size());
    model = model.substr(0, std::min(model.find_first_of("\n<"), model.size()));
    if (const std::size_t end = model.find(". "); end != std::string_view::npos) model = model.substr(0, end);
    model = trim(model);
    if (model.ends_with('.')) model.remove_suffix(1);
    m_model = model;
}

void Transcript::take_reply(const json::Value& line) {
    const std::size_t place = m_session.reply(std::string(line["model"].string_or(m_model)), m_at);
    m_session.add_reasoning(place, line["thinking"].string_or());
    m_session.add_text(place, line["content"].string_or());
    note_truncated(line);
    m_open.clear();
    const json::Array* calls = line["tool_calls"].if_array();
    for (std::size_t at = 0; calls != nullptr && at < calls->size(); ++at) {
        const json::Value& call = (*calls)[at];
        const std::string name(call["name"].string_or());
        m_open.push_back({m_session.call(place, {}, name, decoded_arguments(call["args"])), name});
    }
    const bool is_cancelled = error_of(line, {}) == "interrupted";
    m_session.evidence().interrupted = is_cancelled;
    m_session.evidence().turn_ended = m_open.empty() && !is_cancelled && !is_going_on(line);
}

// The open call that a step of this kind answers: by its name, else the first one. One that no reply has
// asked for is the last reply's.
std::string Transcript::call_of(const std::string& name) {
    const std::string letters = letters_of(name);
    auto open = std::find_if(m_open.begin(), m_open.end(), [&letters](const Open& one) {
        return letters.starts_with(letters_of(one.name)) && !one.name.empty();
    });
    if (open == m_open.end()) open = m_open.begin();
    if (open != m_open.end()) {
        std::string id = std::move(open->id);
        m_open.erase(open);
        return id;
    }
    const std::size_t place = m_session.has_reply() ? m_session.last_reply() : m_session.reply(m_model, m_at);
    return m_session.call(place, {}, name, {});
}

void Transcript::take_result(const std::string& name, const json::Value& line) {
    const std::string_view content = line["content"].string_or();
    if (is_going_on(line) && content.empty()) return;
    const std::string id = call_of(name);
    std::string error = error_of(line, content);
    const bool worked = error.empty();
    m_session.answer(id, std::string(content), {std::move(error)});
    const trace::ToolCall* call = m_session.find_call(id);
    if (worked && call != nullptr)
        m_session.change(id, placed(changes_asked(*call), unified_hunks(diff_in(content))));
    if (line["truncated_fields"].if_array() == nullptr) return;
    json::Object& facts = m_session.facts(m_session.last_reply());
    json::Array cut;
    if (json::Value* told = facts.find("truncated_results")) cut = std::move(*told->if_array());
    cut.emplace_back(id);
    facts.set("truncated_results", std::move(cut));
}

// What the program itself has cut off in its log.
void Transcript::note_truncated(const json::Value& line) {
    const json::Array* fields = line["truncated_fields"].if_array();
    if (fields == nullptr) return;
    json::Array names;
    for (const json::Value& field : *fields)
        names.emplace_back(field.string_or());
    m_session.facts(m_session.last_step()).set("truncated_fields", std::move(names));
}

void Transcript::finish(std::string_view reader_version) {
    m_session.finish(reader_version);
}

}  // namespace opentraces::capture::antigravity
