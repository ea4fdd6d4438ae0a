// A task is a folder: api_conversation_history.json (what the model was told and said), ui_messages.json
// (what the person saw, with tokens), task_metadata.json (models) and, of Roo Code, history_item.json. The
// folder of a task of Cline is also in state/taskHistory.json, beside the folder of tasks
// (src/core/storage/disk.ts).
#include "capture/cline/task.hpp"

#include <map>
#include <utility>

#include "capture/cline/conversation.hpp"
#include "capture/cline/requests.hpp"
#include "capture/cline/screen.hpp"
#include "capture/describe.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::cline {
namespace {

constexpr std::string_view k_metadata = "task_metadata.json";
constexpr std::string_view k_item = "history_item.json";

std::string beside(const std::string& path, std::string_view name) {
    return fs::join(fs::parent(path), std::string(name));
}

std::string task_id(const std::string& path) {
    return repair_utf8(fs::file_name(fs::parent(path)));
}

const json::Value& messages_of(const json::Value& history) {
    return history.if_object() != nullptr ? history["messages"] : history;
}

template <class Take>
void each_text(const json::Value& message, const Take& take) {
    if (const std::string* text = message["content"].if_string()) take(*text);
    if (const json::Array* blocks = message["content"].if_array())
        for (const json::Value& block : *blocks)
            take(block["text"].string_or());
}

std::string folder_in(const json::Value& message) {
    std::string folder;
    each_text(message, [&](std::string_view text) {
        if (folder.empty()) folder = read_environment(text).folder;
    });
    return folder;
}

// Of the task in the list of all tasks.
std::string folder_in_list(const json::Value& list, const std::string& id) {
    const json::Array* items = list.if_array();
    if (items == nullptr) return {};
    for (const json::Value& item : *items)
        if (item["id"].string_or() == id)
            return std::string(
                item["cwdOnTaskInitialization"].string_or(item["shadowGitConfigWorkTree"].string_or()));
    return {};
}

std::string list_path(const std::string& path) {
    const std::string store = fs::parent(fs::parent(fs::parent(path)));
    return fs::join(fs::join(store, "state"), "taskHistory.json");
}

class Task {
public:
    Task(const std::string& path, Sources& sources, ParsedSession& parsed)
        : m_path(path), m_sources(sources), m_parsed(parsed), m_conversation(parsed) {}

    void tell(const json::Array& history) {
        const json::Value metadata = side(k_metadata);
        json::Value shown = side(k_ui_messages);
        if (shown.is_null()) shown = side(k_old_ui_messages);
        m_ledger = read_ledger(shown, metadata);
        const auto places = replies_of(m_ledger.requests, history);
        for (std::size_t at = 0; at < places.size(); ++at)
            (places[at] ? m_requests[*places[at]] : m_without_reply).push_back(&m_ledger.requests[at]);
        describe(side(k_item));
        for (std::size_t at = 0; at < history.size(); ++at)
            take(history[at], at);
        count_rest();
        finish();
    }

    // What the person saw, where the history is gone.
    void tell_shown(const json::Value& shown) {
        m_ledger = read_ledger(shown, side(k_metadata));
        describe(side(k_item));
        session().metadata().set("opentraces_lossy", true);
        Screen screen(session(), m_ledger.requests,
                      [this](std::size_t place, const Request& request) { count(place, request); });
        if (const json::Array* messages = shown.if_array())
            for (const json::Value& message : *messages)
                screen.take(message);
        m_without_reply = screen.without_reply();
        count_rest();
        finish();
    }

private:
    json::Value side(std::string_view name) {
        return read_side_document(beside(m_path, name), m_sources, m_parsed);
    }

    SessionBuilder& session() { return m_conversation.session(); }

    void describe(const json::Value& item) {
        SessionFacts& about = session().about;
        about.id = task_id(m_path);
        about.title = item["title"].string_or();
        about.directory = item["workspace"].string_or();
        about.parent = item["parentTaskId"].string_or();
        about.is_subagent = !about.parent.empty();
        session().surroundings.note("mode", item["mode"].string_or());
        session().surroundings.note("working_directory", about.directory);
        set_if_some(session().metadata(), "status", item["status"].string_or());
    }

    const Request* request_of(std::size_t reply) const {
        const auto found = m_requests.find(reply);
        return found == m_requests.end() ? nullptr : found->second.front();
    }

    // What a person said has the time of the request that told it.
    void take(const json::Value& message, std::size_t at) {
        const bool is_reply = message["role"].string_or() == "assistant";
        const Request* request = request_of(is_reply ? at : at + 1);
        const std::string when =
            request != nullptr && request->at_ms > 0 ? time_of(json::Value(request->at_ms)) : std::string();
        const std::string model = request == nullptr ? std::string() : request->usage.model;
        const auto place = m_conversation.take(message, when, model);
        if (!place || request == nullptr) return;
        for (const Request* one : m_requests[at])
            count(*place, *one);
    }

    void count(std::size_t place, const Request& request) {
        if (!session().step(place).reasoning_content) session().add_reasoning(place, request.reasoning);
        enrich::ModelUsage usage = request.usage;
        if (usage.model.empty()) usage.model = session().step(place).model.value_or("");
        session().count(place, std::move(usage));
    }

    void count_rest() {
        for (const Request* request : m_without_reply) {
            enrich::ModelUsage usage = request->usage;
            usage.replies = 1;
            session().count_session(std::move(usage));
        }
        for (const enrich::ModelUsage& usage : m_ledger.taken_back)
            session().count_abandoned(usage, usage.model, {});
        for (enrich::ModelUsage& usage : m_ledger.of_agents)
            session().count_session(std::move(usage));
    }

    void finish() {
        SessionFacts& about = session().about;
        for (const std::int64_t at : {m_ledger.first_ms, m_ledger.last_ms})
            if (at > 0) session().see_time(time_of(json::Value(at)));
        if (about.directory.empty())
            about.directory =
                folder_in_list(read_side_document(list_path(m_path), m_sources, m_parsed), about.id);
        for (std::string& error : m_ledger.errors)
            session().add_error(std::move(error));
        auto& skipped = session().report().skipped;
        skipped.insert(skipped.end(), m_ledger.skipped.begin(), m_ledger.skipped.end());
        set_if_some(session().metadata(), "interrupted_turns", m_ledger.cancelled);
        session().evidence().turn_ended = m_ledger.ends_completed;
        session().evidence().interrupted = m_ledger.ends_cancelled && !m_ledger.ends_completed;
        if (m_ledger.cost_usd > 0) session().evidence().actual_cost_usd = m_ledger.cost_usd;
        session().finish(k_cline.version);
    }

    const std::string& m_path;
    Sources& m_sources;
    ParsedSession& m_parsed;
    Conversation m_conversation;
    Ledger m_ledger;
    std::map<std::size_t, std::vector<const Request*>> m_requests;  // by the place of their reply
    std::vector<const Request*> m_without_reply;
};

}  // namespace

bool is_history(const json::Value& start) {
    const json::Array* messages = messages_of(start).if_array();
    if (messages == nullptr) return false;
    if (messages->empty()) return true;
    const json::Value& first = messages->front();
    const json::Value& content = first["content"];
    const std::string_view role = first["role"].string_or();
    return (role == "user" || role == "assistant") &&
           (content.if_string() != nullptr || content.if_array() != nullptr);
}

bool has_words_of_task(const json::Value& start) {
    if (!is_history(start) || messages_of(start).if_array()->empty()) return false;
    bool known = false;
    each_text(messages_of(start).at(0), [&](std::string_view text) {
        known = known || text.find("<environment_details>") != std::string_view::npos ||
                text.starts_with("<task>");
    });
    return known;
}

std::string folder_of_task(const std::string& path, Sources& sources) {
    const std::string item = beside(path, k_item);
    if (is_file_itself(item, sources.disk())) {
        const std::string folder(start_of_document(item, sources)["workspace"].string_or());
        if (!folder.empty()) return folder;
    }
    const json::Value start = start_of_document(path, sources);
    const std::string folder = folder_in(messages_of(start).at(0));
    if (!folder.empty()) return folder;
    const std::string list = list_path(path);
    if (!is_file_itself(list, sources.disk())) return {};
    return folder_in_list(start_of_document(list, sources), task_id(path));
}

std::vector<std::string> files_of_task(const std::string& path) {
    std::vector<std::string> files;
    for (const std::string_view name : {k_ui_messages, k_old_ui_messages, k_metadata, k_item})
        files.push_back(beside(path, name));
    return files;
}

bool is_left(const std::string& path, const json::Value& start, fs::Disk& disk) {
    const std::string name = fs::file_name(path);
    if ((name != k_ui_messages && name != k_old_ui_messages) || !is_shown(start)) return false;
    const bool has_newer = name == k_old_ui_messages && disk.info(beside(path, k_ui_messages));
    return !has_newer && !disk.info(beside(path, k_history));
}

ParsedSession read_task(const SessionRef& task, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(task.locator);
    const auto history = read_session_document(task.locator, sources, parsed);
    if (!history) return parsed;
    if (is_left(task.locator, *history, sources.disk())) {
        Task(task.locator, sources, parsed).tell_shown(*history);
        finish(k_cline, parsed);
        return parsed;
    }
    if (!is_history(*history)) {
        refuse(parsed, "not a task of Cline: it has no messages with a role");
        return parsed;
    }
    Task(task.locator, sources, parsed).tell(*messages_of(*history).if_array());
    finish(k_cline, parsed);
    return parsed;
}

}  // namespace opentraces::capture::cline
