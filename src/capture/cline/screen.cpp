#include "capture/cline/screen.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/cline/results.hpp"
#include "capture/edit_calls.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::cline {
namespace {

// Known, and nothing that was said: marks of the program, what the ledger reads, what is shown twice.
constexpr std::array<std::string_view, 24> k_marks{"api_req_finished",
                                                   "api_req_retried",
                                                   "api_req_retry_delayed",
                                                   "api_req_failed",
                                                   "api_req_deleted",
                                                   "api_req_rate_limit_wait",
                                                   "deleted_api_reqs",
                                                   "subagent_usage",
                                                   "checkpoint_created",
                                                   "checkpoint_saved",
                                                   "shell_integration_warning",
                                                   "mcp_server_request_started",
                                                   "browser_action_launch",
                                                   "load_mcp_documentation",
                                                   "info",
                                                   "task_progress",
                                                   "reasoning",
                                                   "condense_context",
                                                   "resume_task",
                                                   "resume_completed_task",
                                                   "mistake_limit_reached",
                                                   "command_output",
                                                   "completion_result",
                                                   "user_feedback_diff"};

// Names of tools as the person sees them, and as the model calls them.
struct Tool {
    std::string_view shown;
    std::string_view called;
    bool gives_content;  // "content" is what it gave, and not what it was given
};
constexpr std::array<Tool, 9> k_tools{{
    {"editedExistingFile", "replace_in_file", false},
    {"appliedDiff", "apply_diff", false},
    {"newFileCreated", "write_to_file", false},
    {"readFile", "read_file", false},
    {"listFilesTopLevel", "list_files", true},
    {"listFilesRecursive", "list_files", true},
    {"listCodeDefinitionNames", "list_code_definition_names", true},
    {"searchFiles", "search_files", true},
    {"codebaseSearch", "codebase_search", true},
}};

// What an edit was given is shown as its content: blocks of what to replace by what, or the whole file.
std::string_view name_of_edit(json::Object& input) {
    const json::Value* content = input.find("content");
    if (input.find("diff") != nullptr || content == nullptr) return "replace_in_file";
    std::string text(content->string_or());
    if (replacements_in_blocks(text).empty()) return "write_to_file";
    input.erase("content");
    input.set("diff", std::move(text));
    return "replace_in_file";
}

// The command alone.
std::string_view without_mark(std::string_view command) {
    constexpr std::string_view k_mark = "REQ_APP";
    if (command.ends_with(k_mark)) command.remove_suffix(k_mark.size());
    return command;
}

}  // namespace

bool is_shown(const json::Value& start) {
    const json::Value& first = start.at(0);
    const std::string_view type = first["type"].string_or();
    return (type == "say" && first["say"].if_string() != nullptr && first["ts"].integer()) ||
           (type == "ask" && first["ask"].if_string() != nullptr && first["ts"].integer());
}

void Screen::take(const json::Value& message) {
    ParseReport& report = m_session.report();
    ++report.lines;
    m_at = time_of(message["ts"]);
    const bool said = message["type"].string_or() == "say";
    const std::string_view kind = said ? message["say"].string_or() : message["ask"].string_or();
    const std::string_view text = message["text"].string_or();
    if (said ? take_said(kind, text) : take_asked(kind, text)) {
        ++report.conversation_lines;
        return;
    }
    const bool known = std::find(k_marks.begin(), k_marks.end(), kind) != k_marks.end();
    add_to_counts(known ? report.ignored_line_types : report.unknown_line_types,
                  std::string(said ? "say/" : "ask/") + std::string(kind.empty() ? "(none)" : kind));
}

bool Screen::take_said(std::string_view kind, std::string_view text) {
    if (kind == "api_req_started") {
        begin_request();
    } else if (kind == "task" || kind == "user_feedback" || (kind == "text" && m_begun == 0)) {
        end_call();
        m_session.say(trace::Role::User, std::string(text), m_at);
    } else if (kind == "text" || kind == "completion_result") {
        m_session.add_text(place(), text);
    } else if (kind == "command_output" || kind == "mcp_server_response" || kind == "browser_action_result") {
        answer(text);
    } else if (kind == "error" || kind == "diff_error" || kind == "clineignore_error" ||
               kind == "rooignore_error") {
        if (m_call) m_session.answer(m_call->id, std::string(text), {"tool_error"});
        if (!m_call && !trim(text).empty()) m_session.add_error(std::string(text));
        m_call.reset();
    } else if (kind == "tool") {
        take_tool(call_arguments(json::Value(text)), true);
    } else if (kind == "command" || kind == "use_mcp_server" || kind == "browser_action") {
        take_asked(kind, text);
        if (m_call) m_call->ended = true;
    } else {
        return false;
    }
    return true;
}

bool Screen::take_asked(std::string_view kind, std::string_view text) {
    if (kind == "tool") {
        take_tool(call_arguments(json::Value(text)), false);
    } else if (kind == "command") {
        json::Object input;
        input.set("command", without_mark(text));
        call("execute_command", json::Value(std::move(input)));
    } else if (kind == "use_mcp_server") {
        call("use_mcp_tool", call_arguments(json::Value(text)));
    } else if (kind == "browser_action") {
        call("browser_action", call_arguments(json::Value(text)));
    } else if (kind == "followup" || kind == "plan_mode_respond") {
        const json::Value asked = call_arguments(json::Value(text));
        m_session.add_text(place(), asked["question"].string_or(asked["response"].string_or(text)));
    } else if (kind == "command_output" && m_call) {
        answer(text);
    } else {
        return false;
    }
    return true;
}

// One that had to be asked for may have been refused, which is not shown.
void Screen::take_tool(const json::Value& tool, bool ran) {
    const std::string_view shown = tool["tool"].string_or("unknown");
    const auto known =
        std::find_if(k_tools.begin(), k_tools.end(), [&](const Tool& one) { return one.shown == shown; });
    json::Object input;
    if (const json::Object* all = tool.if_object())
        for (const auto& [name, value] : *all)
            if (name != "tool") input.append(name, value);
    std::string result;
    if (known != k_tools.end() && known->gives_content) {
        result = tool["content"].string_or();
        input.erase("content");
    }
    std::string_view name = known == k_tools.end() ? shown : known->called;
    if (shown == "editedExistingFile") name = name_of_edit(input);
    call(name, json::Value(std::move(input)));
    if (!m_call) return;
    m_call->output = std::move(result);
    m_call->ended = ran || !m_call->output.empty();
}

void Screen::call(std::string_view name, json::Value input) {
    end_call();
    std::string id = m_session.call(place(), {}, name, std::move(input));
    if (!id.empty()) m_call.emplace(OpenCall{std::move(id), {}});
}

void Screen::answer(std::string_view text) {
    if (!m_call) return;
    m_call->ended = true;
    if (!m_call->output.empty()) m_call->output += '\n';
    m_call->output += text;
}

void Screen::end_call() {
    if (!m_call) return;
    if (m_call->ended) {
        const std::string error = error_of({}, m_call->output, false);
        if (m_session.answer(m_call->id, std::move(m_call->output), {error}) && error.empty())
            m_session.change(m_call->id, changes_of(*m_session.find_call(m_call->id)));
    }
    m_call.reset();
}

void Screen::begin_request() {
    end_call();
    if (m_open != nullptr) m_without_reply.push_back(m_open);
    m_open = m_begun < m_requests.size() ? &m_requests[m_begun] : nullptr;
    ++m_begun;
    m_place.reset();
}

std::size_t Screen::place() {
    if (m_place) return *m_place;
    const Request* request = std::exchange(m_open, nullptr);
    const std::string at =
        request != nullptr && request->at_ms > 0 ? time_of(json::Value(request->at_ms)) : m_at;
    m_place = m_session.reply(request == nullptr ? std::string() : request->usage.model, at);
    if (request != nullptr) m_count(*m_place, *request);
    return *m_place;
}

std::vector<const Request*> Screen::without_reply() {
    end_call();
    if (m_open != nullptr) m_without_reply.push_back(m_open);
    m_open = nullptr;
    return std::move(m_without_reply);
}

}  // namespace opentraces::capture::cline
