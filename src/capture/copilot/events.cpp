#include "capture/copilot/events.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/copilot/added_context.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::copilot {
namespace {

constexpr std::size_t k_uuid_length = 36;
constexpr std::string_view k_agent_source = "agent-";

// "[file: src/a.cpp]"; of an image its kind.
std::string attachment_mark(const json::Value& attachment) {
    const std::string_view type = attachment["type"].string_or("attachment");
    std::string mark = "[" + std::string(type);
    for (const char* key : {"path", "filePath", "displayName", "mimeType", "url"}) {
        const std::string_view text = attachment[key].string_or();
        if (text.empty()) continue;
        mark.append(": ").append(text);
        break;
    }
    return mark + "]";
}

}  // namespace

struct Events::Row {
    std::string_view type;
    void (Events::*take)(const Event& event);
    bool is_conversation = false;
};

const Events::Row* Events::find_row(std::string_view type) {
    static constexpr std::array k_rows{
        Row{"session.start", &Events::take_start},
        Row{"session.resume", &Events::take_context},
        Row{"session.context_changed", &Events::take_context},
        Row{"session.model_change", &Events::take_model},
        Row{"session.auto_mode_resolved", &Events::take_model},
        Row{"session.mode_changed", &Events::take_mode},
        Row{"session.permissions_changed", &Events::take_mode},
        Row{"session.title_changed", &Events::take_title},
        Row{"session.error", &Events::take_error},
        Row{"session.usage_record", &Events::take_usage},
        Row{"session.shutdown", &Events::take_shutdown},
        Row{"session.compaction_complete", &Events::take_compaction, true},
        Row{"session.task_complete", &Events::take_done},
        Row{"user.message", &Events::take_prompt, true},
        Row{"system.message", &Events::take_system, true},
        Row{"system.notification", &Events::take_notification, true},
        Row{"skill.invoked", &Events::take_skill, true},
        Row{"assistant.turn_start", &Events::take_turn},
        Row{"assistant.turn_end", &Events::take_turn},
        Row{"assistant.reasoning", &Events::take_reasoning, true},
        Row{"assistant.message", &Events::take_message, true},
        Row{"assistant.usage", &Events::take_usage},
        Row{"tool.user_requested", &Events::take_request, true},
        Row{"tool.execution_start", &Events::take_begin, true},
        Row{"tool.execution_complete", &Events::take_result, true},
        Row{"permission.requested", &Events::take_permission},
        Row{"permission.completed", &Events::take_permission},
        Row{"subagent.started", &Events::take_agent},
        Row{"subagent.completed", &Events::take_agent_end},
        Row{"subagent.failed", &Events::take_agent_end},
        Row{"abort", &Events::take_abort},
        Row{"hook.start", &Events::take_hook},
        Row{"hook.end", &Events::take_hook_end},
    };
    const auto row =
        std::find_if(k_rows.begin(), k_rows.end(), [type](const Row& one) { return one.type == type; });
    if (row != k_rows.end()) return &*row;
    // Of the program, the screen and the tools' progress: what they say of the conversation stands elsewhere.
    static constexpr Row k_nothing{"", &Events::take_nothing};
    static constexpr std::array<std::string_view, 23> k_beginnings{
        "session.info",        "session.warning",     "session.idle",       "session.handoff",
        "session.truncation",  "session.plan_",       "session.todos_",     "session.workspace_file_",
        "session.usage_",      "session.compaction_", "session.schedule_",  "session.snapshot_rewind",
        "session.tools_",      "session.skills_",     "session.mcp_",       "session.custom_agents_",
        "session.background_", "session.remote_",     "session.import",     "assistant.intent",
        "subagent.selected",   "subagent.deselected", "subagent.configured"};
    static constexpr std::array<std::string_view, 11> k_families{
        "user_input.", "elicitation.", "external_tool.",  "command.",         "commands.",   "mcp.",
        "sampling.",   "hook.",        "exit_plan_mode.", "tool.execution_p", "tool_search."};
    const auto begins = [type](std::string_view beginning) { return type.starts_with(beginning); };
    const bool known = std::any_of(k_beginnings.begin(), k_beginnings.end(), begins) ||
                       std::any_of(k_families.begin(), k_families.end(), begins);
    return known ? &k_nothing : nullptr;
}

bool is_event(const json::Value& line) {
    static constexpr std::array<std::string_view, 7> k_families{
        "session.", "user.message", "assistant.", "system.message", "tool.execution_", "hook.", "subagent."};
    const std::string_view type = line["type"].string_or();
    return line["data"].if_object() != nullptr && line["timestamp"].if_string() != nullptr &&
           std::any_of(k_families.begin(), k_families.end(),
                       [type](std::string_view family) { return type.starts_with(family); });
}

void Events::take(const json::Value& line) {
    const std::string_view type = line["type"].string_or();
    const std::string id(line["id"].string_or());
    if (id.size() == k_uuid_length && !m_seen.insert(id).second) {
        ++m_session.report().repeated_lines;
        return;
    }
    const Row* row = line["data"].if_object() == nullptr ? nullptr : find_row(type);
    if (row == nullptr) {
        add_to_counts(m_session.report().unknown_line_types, type.empty() ? "(none)" : type);
        return;
    }
    if (row->is_conversation) {
        ++m_session.report().conversation_lines;
    } else {
        add_to_counts(m_session.report().ignored_line_types, type);
    }
    const std::string_view at = line["timestamp"].string_or();
    const Event event{line["data"], parse_iso8601(at) ? std::string(at) : std::string(),
                      std::string(line["agentId"].string_or())};
    if (!event.at.empty()) {
        if (about().started.empty()) about().started = event.at;
        about().ended = event.at;
    }
    (this->*row->take)(event);
}

Events::Thread& Events::thread_of(const Event& event) {
    std::string key(event.data["parentToolCallId"].string_or());
    if (key.empty() && !event.agent.empty()) {
        const auto call = m_call_of.find(event.agent);
        key = call == m_call_of.end() ? event.agent : call->second;
    } else if (!key.empty() && !event.agent.empty()) {
        m_call_of.try_emplace(event.agent, key);
    }
    Thread& thread = m_threads[key];
    thread.is_main = key.empty();
    if (!thread.called_at) {
        const auto place = m_place_of_call.find(key);
        if (!key.empty() && place != m_place_of_call.end()) thread.called_at = place->second;
    }
    return thread;
}

void Events::speak(const Thread& thread) {
    if (thread.is_main) {
        m_session.speak_as_main();
    } else {
        m_session.speak_as_agent(thread.called_at);
    }
}

void Events::say(const Thread& thread, trace::Role role, std::string text, const std::string& at) {
    speak(thread);
    m_session.say(role, std::move(text), at);
}

void Events::show(const Thread& thread, std::string_view kind, std::string text, const std::string& at) {
    speak(thread);
    m_session.show(kind, std::move(text), at);
}

std::size_t Events::reply(Thread& thread, const std::string& model, const std::string& at) {
    speak(thread);
    m_session.set_system_prompt(thread.prompt);
    const std::string_view role = thread.role.empty() ? std::string_view("general") : thread.role;
    const std::size_t place = m_session.reply(model, at, thread.is_main ? std::string_view() : role);
    if (thread.prompt.empty()) m_session.step(place).system_prompt_hash.reset();
    if (thread.is_main) m_session.tell_surroundings(place);
    m_session.evidence().interrupted = false;
    thread.last_reply = place;
    return place;
}

void Events::take_start(const Event& event) {
    const json::Value& data = event.data;
    SessionFacts& facts = about();
    if (facts.id.empty()) facts.id = data["sessionId"].string_or();
    if (facts.parent.empty())
        facts.parent =
            data["parentSessionId"].string_or(data["detachedFromSpawningParentSessionId"].string_or());
    if (facts.version.empty()) facts.version = data["copilotVersion"].string_or();
    if (!data["startTime"].is_null()) facts.started = time_of(data["startTime"]);
    set_if_some(m_session.metadata(), "vscode_version", data["vscodeVersion"].string_or());
    const json::Value& context = data["context"];
    if (facts.commit.empty())
        facts.commit = context["headCommit"].string_or(context["baseCommit"].string_or());
    take_context(event);
}

void Events::take_context(const Event& event) {
    const json::Value& data = event.data;
    const json::Value& context = data["context"].if_object() == nullptr ? data : data["context"];
    SessionFacts& facts = about();
    const std::string_view directory = context["cwd"].string_or();
    const std::string_view branch = context["branch"].string_or();
    if (facts.directory.empty()) facts.directory = directory;
    if (facts.branch.empty()) facts.branch = branch;
    if (facts.repository.empty()) facts.repository = context["repository"].string_or();
    m_session.surroundings.note("working_directory", directory);
    m_session.surroundings.note("branch", branch);
    m_session.surroundings.note("agent_version", data["copilotVersion"].string_or());
    take_model(event);
}

void Events::take_model(const Event& event) {
    const json::Value& data = event.data;
    for (const char* key : {"selectedModel", "newModel", "chosenModel"}) {
        const std::string_view model = data[key].string_or();
        if (!model.empty() && model != "auto") m_model = model;
    }
    m_session.surroundings.note("effort", data["reasoningEffort"].string_or());
}

void Events::take_mode(const Event& event) {
    m_session.surroundings.note("mode", event.data["newMode"].string_or());
    m_session.surroundings.note("permission_mode", event.data["mode"].string_or());
}

void Events::take_title(const Event& event) {
    about().title = event.data["title"].string_or();
}

void Events::take_error(const Event& event) {
    const std::string_view type = event.data["errorType"].string_or();
    const std::string_view words = event.data["message"].string_or();
    if (type.empty() && words.empty()) return;
    m_session.add_error(std::string(type) + (type.empty() || words.empty() ? "" : ": ") + std::string(words));
}

void Events::take_prompt(const Event& event) {
    const json::Value& data = event.data;
    const std::string_view source = data["source"].string_or();
    Event own = event;
    if (own.agent.empty() && source.starts_with(k_agent_source))
        own.agent = source.substr(k_agent_source.size());
    const Thread& thread = thread_of(own);
    const std::string_view content = data["content"].string_or();
    std::string typed(content);
    if (const json::Array* attachments = data["attachments"].if_array()) {
        for (const json::Value& attachment : *attachments)
            append_paragraph(typed, attachment_mark(attachment));
    }
    const bool of_agent = !thread.is_main;
    const bool of_person = of_agent || source.empty() || source == "user" || source == "sdk";
    const std::size_t before = m_parsed.record->steps.size();
    say(thread, of_person ? trace::Role::User : trace::Role::System, std::move(typed), event.at);
    if (m_parsed.record->steps.size() > before) {
        json::Object& facts = m_session.facts(before);
        if (of_agent) facts.set("from", "caller");
        if (!of_person) facts.set("source", source);
        if (data["delivery"].string_or() == "steering" && of_person && !of_agent) facts.set("mid_turn", true);
    }
    if (!of_agent) m_session.evidence().turn_ended = false;
    const std::string_view sent = data["transformedContent"].string_or();
    if (!sent.empty() && sent != content) show(thread, "prompt_context", added_to(content, sent), event.at);
}

void Events::take_system(const Event& event) {
    Thread& thread = thread_of(event);
    const std::string_view text = event.data["content"].string_or();
    if (event.data["role"].string_or("system") == "system") {
        thread.prompt = text;
    } else {
        show(thread, "developer", std::string(text), event.at);
    }
}

void Events::take_notification(const Event& event) {
    show(thread_of(event), "notification", std::string(event.data["content"].string_or()), event.at);
}

void Events::take_skill(const Event& event) {
    show(thread_of(event), "skill", std::string(event.data["content"].string_or()), event.at);
}

void Events::take_turn(const Event& event) {
    const std::string_view model = event.data["model"].string_or();
    if (!model.empty()) thread_of(event).model = model;
}

void Events::take_reasoning(const Event& event) {
    append_paragraph(thread_of(event).reasoning, event.data["content"].string_or());
}

void Events::take_message(const Event& event) {
    const json::Value& data = event.data;
    Thread& thread = thread_of(event);
    const std::string name(data["apiCallId"].string_or(data["messageId"].string_or()));
    const auto known = m_place_of_reply.find(name);
    std::size_t place = 0;
    if (!name.empty() && known != m_place_of_reply.end()) {
        place = known->second;
    } else {
        const std::string_view selected = thread.is_main ? std::string_view(m_model) : std::string_view();
        const std::string_view turn = thread.model.empty() ? selected : std::string_view(thread.model);
        place = reply(thread, std::string(data["model"].string_or(turn)), event.at);
        if (!name.empty()) m_place_of_reply[name] = place;
    }
    const std::string_view reasoning = data["reasoningText"].string_or();
    // Said before its message and once more in it.
    const std::string before = std::exchange(thread.reasoning, {});
    if (trim(before) != trim(reasoning)) m_session.add_reasoning(place, before);
    m_session.add_reasoning(place, reasoning);
    const bool sealed =
        !data["reasoningOpaque"].string_or().empty() || !data["encryptedContent"].string_or().empty();
    if (sealed && !m_session.step(place).reasoning_content)
        m_session.add_reasoning(place, k_encrypted_reasoning);
    m_session.add_text(place, data["content"].string_or());
    if (const json::Array* requests = data["toolRequests"].if_array()) {
        for (const json::Value& request : *requests)
            call(place, std::string(request["toolCallId"].string_or()), request["name"].string_or(),
                 request["arguments"]);
    }
    set_if_some(m_session.facts(place), "request_id", data["requestId"].string_or());
    m_usage.note_reply(place, name, count_of(data["outputTokens"]));
}

void Events::take_usage(const Event& event) {
    const json::Value& own = event.data["usage"];
    m_usage.note_record(own.if_object() == nullptr ? event.data : own, thread_of(event).last_reply);
}

void Events::take_shutdown(const Event& event) {
    m_usage.note_totals(event.data["modelMetrics"]);
    if (event.data["shutdownType"].string_or() == "error")
        m_session.add_error("shutdown: " + std::string(event.data["errorReason"].string_or("error")));
}

void Events::take_compaction(const Event& event) {
    if (!event.data["success"].bool_or(true)) return;
    m_session.note_compaction();
    show(thread_of(event), "compaction", std::string(event.data["summaryContent"].string_or()), event.at);
}

void Events::take_abort(const Event&) {
    m_session.evidence().interrupted = true;
    const json::Value* told = m_session.metadata().find("interrupted_turns");
    m_session.metadata().set("interrupted_turns", (told == nullptr ? 0 : count_of(*told)) + 1);
}

void Events::take_hook(const Event& event) {
    if (event.data["hookType"].string_or() == "agentStop") m_session.evidence().turn_ended = true;
}

// What a hook had the model be told.
void Events::take_hook_end(const Event& event) {
    const std::string_view told = event.data["output"]["additionalContext"].string_or();
    show(thread_of(event), "hook", std::string(told), event.at);
}

void Events::take_done(const Event&) {
    m_session.evidence().turn_ended = true;
}

void Events::take_nothing(const Event&) {}

void Events::finish(std::string_view reader_version, const Accounting& accounting) {
    for (auto& [key, thread] : m_threads) {
        if (thread.last_reply) m_session.add_reasoning(*thread.last_reply, thread.reasoning);
    }
    about().model = m_model;
    m_usage.count(m_session, accounting);
    m_session.finish(reader_version);
}

}  // namespace opentraces::capture::copilot
