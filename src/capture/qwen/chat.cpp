#include "capture/qwen/chat.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/gemini/edits.hpp"
#include "capture/gemini/parts.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::qwen {
namespace {

using gemini::for_each_part;
using gemini::said_in;
using gemini::text_of_parts;

// Notes beside the conversation: the same again, undo data, or state of the program.
constexpr auto k_known_notes = std::to_array<std::string_view>({"ui_telemetry",
                                                                "attribution_snapshot",
                                                                "file_history_snapshot",
                                                                "at_command",
                                                                "session_source",
                                                                "session_execution_engine",
                                                                "session_model",
                                                                "session_notes",
                                                                "session_artifact_event",
                                                                "session_artifact_snapshot",
                                                                "session_sources_snapshot",
                                                                "user_text_elements",
                                                                "branch_checkpoint",
                                                                "rewind",
                                                                "agent_retry",
                                                                "agent_session_ready",
                                                                "agent_launch_prompt",
                                                                "goal_state",
                                                                "goal_turn_end",
                                                                "turn_result",
                                                                "background_task_completed"});

// Texts that the program puts beside what was typed.
constexpr std::array<std::string_view, 2> k_added{"<qwen:user-prompt-submit-context>", "<system-reminder>"};
constexpr std::string_view k_files = "--- Content from referenced files ---";
constexpr std::string_view k_files_end = "--- End of content ---";

bool is_added(std::string_view text) {
    text = trim(text);
    return std::any_of(k_added.begin(), k_added.end(),
                       [text](std::string_view beginning) { return text.starts_with(beginning); });
}

void append_line(std::string& to, std::string_view text) {
    if (text.empty()) return;
    if (!to.empty()) to += '\n';
    to += text;
}

// Candidates hold the thoughts with providers that speak as OpenAI does; the total tells.
enrich::ModelUsage usage_of(const json::Value& counts) {
    const std::int64_t prompt = count_of(counts["promptTokenCount"]);
    const std::int64_t output = count_of(counts["candidatesTokenCount"]);
    const std::int64_t thoughts = count_of(counts["thoughtsTokenCount"]);
    const std::int64_t tools = count_of(counts["toolUsePromptTokenCount"]);
    const std::int64_t total = count_of(counts["totalTokenCount"]);
    const bool apart = total > 0 ? total >= prompt + output + thoughts : thoughts > output;
    enrich::ModelUsage usage;
    usage.cache_read_tokens = count_of(counts["cachedContentTokenCount"]);
    usage.input_tokens = std::max<std::int64_t>(prompt - usage.cache_read_tokens, 0) + tools;
    usage.output_tokens = output + (apart ? thoughts : 0);
    return usage;
}

class Teller {
public:
    Teller(const json::Value& about_agent, const std::string& name, ParsedSession& parsed)
        : m_session(parsed), m_agent(about_agent), m_name(name) {}

    void take(const Records::Record& record) {
        const json::Value& data = record.data;
        const std::string_view type = data["type"].string_or();
        const bool said = type == "user" || type == "assistant" || type == "tool_result";
        if (!said && type != "system") return take_unknown(type);
        note(data);
        if (!said) return take_note(data);
        ++m_session.report().conversation_lines;
        m_last_error.clear();
        if (record.abandoned) {
            take_abandoned(data);
        } else if (type == "user") {
            take_prompt(data);
        } else if (type == "assistant") {
            take_reply(data);
        } else {
            take_result(data);
        }
        m_last_type = type;
    }

    void finish(const Records& records, std::string_view reader_version) {
        SessionFacts& about = m_session.about;
        if (about.is_subagent) {
            about.parent = about.id;
            about.id += ":" + m_agent_id;
            set_if_some(m_session.metadata(), "parent_tool_call_id", m_agent["toolUseId"].string_or());
        }
        if (about.id.empty()) about.id = m_name;
        if (about.parent.empty()) about.parent = records.forked_from();
        set_if_some(m_session.metadata(), "rolled_back_turns", m_abandoned_prompts);
        json::Object queue;
        set_if_some(queue, "received", m_mid_turn);
        set_if_any(m_session.metadata(), "opentraces_queue", std::move(queue));
        set_if_some(m_session.notes(), "copied_lines", records.copied());
        m_session.evidence().final_error = m_last_error;
        m_session.finish(reader_version);
    }

private:
    static std::string time_in(const json::Value& data) { return time_of(data["timestamp"]); }

    void take_unknown(std::string_view type) {
        add_to_counts(m_session.report().unknown_line_types, type.empty() ? "(none)" : type);
    }

    // What each record says of its surroundings.
    void note(const json::Value& data) {
        SessionFacts& about = m_session.about;
        if (about.id.empty()) {
            about.id = data["sessionId"].string_or();
            about.directory = data["cwd"].string_or();
            about.branch = data["gitBranch"].string_or();
            about.is_subagent = data["isSidechain"].bool_or(false) && data["agentId"].if_string() != nullptr;
            m_agent_id = data["agentId"].string_or();
            m_agent_name = data["agentName"].string_or(m_agent["agentType"].string_or());
            if (about.is_subagent) about.title = m_agent["description"].string_or();
        }
        const std::string_view version = data["version"].string_or();
        if (!version.empty()) about.version = version;
        const std::string at = time_in(data);
        if (about.started.empty()) about.started = at;
        about.ended = std::max(about.ended, at);
        Surroundings& now = m_session.surroundings;
        now.note("working_directory", data["cwd"].string_or());
        now.note("branch", data["gitBranch"].string_or());
        now.note("agent_version", version);
    }

    void take_abandoned(const json::Value& data) {
        const std::string_view type = data["type"].string_or();
        if (type == "assistant") {
            m_session.count_abandoned(usage_of(data["usageMetadata"]), std::string(data["model"].string_or()),
                                      std::string(data["uuid"].string_or()));
        } else if (type == "user" && data["subtype"].string_or().empty()) {
            ++m_abandoned_prompts;
        }
    }

    // ---- what is said in the place of the user ----

    void take_prompt(const json::Value& data) {
        const std::string_view subtype = data["subtype"].string_or();
        const std::string at = time_in(data);
        const json::Value& parts = data["message"]["parts"];
        count_unknown_parts(parts);
        const bool of_person =
            subtype.empty() || subtype == "mid_turn_user_message" || subtype == "realtime_message";
        if (!of_person || data["externalInputKind"].string_or() == "notification")
            return m_session.show(subtype.empty() ? "notification" : subtype, text_of_parts(parts), at);
        std::string typed;
        std::string binary;
        std::string added;
        split(parts, typed, binary, added);
        const std::string_view shown = data["systemPayload"]["displayText"].string_or();
        std::string expanded;
        if (!trim(shown).empty() && trim(shown) != trim(typed))
            expanded = std::exchange(typed, std::string(shown));
        append_line(typed, binary);
        const bool said = m_session.say(trace::Role::User, std::move(typed), at);
        if (said && subtype == "mid_turn_user_message") {
            ++m_mid_turn;
            m_session.facts(m_session.last_step()).set("mid_turn", true);
        }
        m_session.show("expanded_prompt", std::move(expanded), at);
        m_session.show("prompt_context", std::move(added), at);
    }

    // What a person typed, files in it, and what the program has added.
    static void split(const json::Value& parts, std::string& typed, std::string& binary, std::string& added) {
        bool in_files = false;
        for_each_part(parts, [&](const json::Value& part) {
            const std::string said = said_in(part);
            in_files = in_files || trim(said).starts_with(k_files);
            if (in_files || is_added(said)) {
                append_line(added, said);
                in_files = in_files && !trim(said).starts_with(k_files_end);
            } else {
                append_line(gemini::kind_of_part(part) == "text" ? typed : binary, said);
            }
        });
    }

    void count_unknown_parts(const json::Value& parts) {
        for_each_part(parts, [this](const json::Value& part) {
            if (!gemini::kind_of_part(part).empty()) return;
            const json::Object* fields = part.if_object();
            const bool named = fields != nullptr && !fields->empty();
            count_unknown_block(m_session.report(),
                                named ? std::string_view(fields->begin()->first) : std::string_view(),
                                "part/");
        });
    }

    // ---- replies ----

    // The records of one reply share their uuid; those of a sub-agent have one for its text, and one for each
    // of its calls.
    std::size_t place_of(const json::Value& data) {
        const std::string uuid(data["uuid"].string_or());
        const bool same = m_session.has_reply() && m_last_type == "assistant" &&
                          (uuid == m_reply || (m_session.about.is_subagent && is_call_alone(data)));
        if (same) {
            const std::size_t place = m_session.last_reply();
            set_text(m_session.step(place).model, model_of(data));
            return place;
        }
        m_reply = uuid;
        m_parts.clear();
        return m_session.reply(
            model_of(data), time_in(data),
            m_session.about.is_subagent ? std::string_view(m_agent_name) : std::string_view());
    }

    std::string model_of(const json::Value& data) const {
        return std::string(data["model"].string_or(m_agent["model"].string_or()));
    }

    static bool is_call_alone(const json::Value& data) {
        if (!data["usageMetadata"].is_null()) return false;
        const json::Array* parts = data["message"]["parts"].if_array();
        return parts != nullptr && parts->size() == 1 && !parts->front()["functionCall"].is_null();
    }

    void take_reply(const json::Value& data) {
        const std::size_t place = place_of(data);
        const json::Value& parts = data["message"]["parts"];
        count_unknown_parts(parts);
        bool is_signed = false;
        for_each_part(parts, [&](const json::Value& part) {
            is_signed = is_signed || gemini::has_thought_signature(part);
            take_part(place, part);
        });
        if (is_signed && !m_session.step(place).reasoning_content)
            m_session.add_reasoning(place, k_encrypted_reasoning);
        m_session.count(place, usage_of(data["usageMetadata"]), m_reply);
        m_session.tell_surroundings(place);
    }

    void take_part(std::size_t place, const json::Value& part) {
        const std::string_view kind = gemini::kind_of_part(part);
        const json::Value& call = part["functionCall"];
        if (kind == "functionCall") {
            const std::string_view id = call["id"].string_or();
            if (m_session.find_call(std::string(id)) != nullptr) return;
            m_session.call(place, id, call["name"].string_or(), call["args"]);
            return;
        }
        // A later record of the same reply may say again what the first one said.
        const std::string text = kind == "thought" ? std::string(part["text"].string_or()) : said_in(part);
        if (!m_parts.insert(std::string(kind) + ":" + text).second) return;
        if (kind == "thought") {
            m_session.add_reasoning(place, text);
        } else {
            m_session.add_text(place, text);
        }
    }

    // ---- results ----

    void take_result(const json::Value& data) {
        const json::Value& told = data["toolCallResult"];
        const std::string_view status = told["status"].string_or();
        std::string id;
        std::string text;
        bool failed = false;
        count_unknown_parts(data["message"]["parts"]);
        for_each_part(data["message"]["parts"], [&](const json::Value& part) {
            const json::Value& given = part["functionResponse"];
            if (given.is_null()) return append_line(text, said_in(part));
            // Several results share a record: all but the last are given here.
            if (!id.empty()) give(id, std::exchange(text, {}), {}, json::Value());
            const gemini::Response response = gemini::response_of(given);
            id = given["id"].string_or();
            failed = failed || response.failed;
            append_line(text, response.text);
        });
        if (id.empty()) id = told["callId"].string_or();
        CallEnd end;
        if (status == "cancelled") {
            end.error = "interrupted";
        } else if (status == "error" || failed) {
            end.error = "tool_error";
        }
        end.duration_ms = told["durationMs"].integer().value_or(-1);
        give(id, std::move(text), std::move(end), told["resultDisplay"]);
    }

    void give(const std::string& id, std::string text, CallEnd end, const json::Value& display) {
        const trace::ToolCall* call = m_session.find_call(id);
        if (call != nullptr && end.error.empty() && call->tool_name == "run_shell_command") {
            const std::int64_t code = gemini::exit_code_in(text);
            if (code != 0) end.error = "exit_code:" + std::to_string(code);
        }
        const bool worked = end.error.empty();
        std::vector<enrich::FileChange> changes;
        if (call != nullptr && worked) changes = gemini::changes_shown(*call, display, text);
        if (m_session.answer(id, std::move(text), std::move(end))) m_session.change(id, std::move(changes));
    }

    // ---- notes of the program ----

    void take_note(const json::Value& data) {
        const std::string_view subtype = data["subtype"].string_or();
        const json::Value& payload = data["systemPayload"];
        const std::string at = time_in(data);
        if (subtype == "chat_compression") {
            m_session.note_compaction();
            m_session.show("compression", summary_in(payload["compressedHistory"]), at);
        } else if (subtype == "slash_command") {
            take_command(payload, at);
        } else if (subtype == "custom_title") {
            set_title(payload["customTitle"].string_or());
        } else if (subtype == "parent_session") {
            m_session.about.parent = payload["parentSessionId"].string_or();
        } else if (subtype == "session_approval_mode") {
            m_session.surroundings.note("permission_mode", payload["mode"].string_or());
        } else if (subtype == "agent_bootstrap") {
            take_bootstrap(payload);
        } else if (subtype == "omni_recall") {
            add_to_counts(m_session.report().context_not_kept, subtype);
        } else if (std::find(k_known_notes.begin(), k_known_notes.end(), subtype) == k_known_notes.end()) {
            add_to_counts(m_session.report().unknown_line_types, "system/" + std::string(subtype));
            return;
        }
        if (subtype == "ui_telemetry") take_event(payload["uiEvent"]);
        add_to_counts(m_session.report().ignored_line_types, "system/" + std::string(subtype));
    }

    void set_title(std::string_view title) {
        if (!title.empty()) m_session.about.title = title;
    }

    // Tokens of events are those of the replies, a second time.
    void take_event(const json::Value& event) {
        const std::string_view name = event["event.name"].string_or();
        const std::string_view words = event["error_message"].string_or();
        if (!name.ends_with("api_error") || words.empty()) return;
        m_last_error = words;
        m_session.add_error(m_last_error);
    }

    // The history that goes on: its summary, not the copies behind it.
    static std::string summary_in(const json::Value& history) {
        const json::Array* messages = history.if_array();
        if (messages == nullptr || messages->empty()) return {};
        for (const json::Value& message : *messages) {
            std::string text = text_of_parts(message["parts"]);
            if (text.find("<state_snapshot>") != std::string::npos) return text;
        }
        return text_of_parts(messages->front()["parts"]);
    }

    void take_command(const json::Value& payload, const std::string& at) {
        if (payload["phase"].string_or() == "invocation")
            m_session.show("slash_command", std::string(payload["rawCommand"].string_or()), at);
        std::string output;
        if (const json::Array* items = payload["outputHistoryItems"].if_array())
            for (const json::Value& item : *items)
                append_line(output, item["text"].string_or());
        m_session.show("slash_command_output", std::move(output), at);
    }

    void take_bootstrap(const json::Value& payload) {
        const json::Value& prompt = payload["systemInstruction"];
        m_session.set_system_prompt(text_of_parts(prompt["parts"].is_null() ? prompt : prompt["parts"]));
        if (const json::Array* tools = payload["tools"].if_array())
            for (const json::Value& tool : *tools)
                if (tool.if_object() != nullptr) m_session.offer_tool(tool);
    }

    SessionBuilder m_session;
    const json::Value& m_agent;
    std::string m_name;
    std::string m_agent_id;
    std::string m_agent_name;
    std::string m_reply;                      // uuid of the reply that is told
    std::unordered_set<std::string> m_parts;  // of it
    std::string m_last_type;
    std::string m_last_error;  // with which the session ends
    std::size_t m_mid_turn = 0;
    std::size_t m_abandoned_prompts = 0;
};

}  // namespace

void tell(Records& records, const json::Value& about_agent, const std::string& name,
          std::string_view reader_version, ParsedSession& parsed) {
    Teller teller(about_agent, name, parsed);
    for (const Records::Record& record : records.all())
        teller.take(record);
    teller.finish(records, reader_version);
}

}  // namespace opentraces::capture::qwen
