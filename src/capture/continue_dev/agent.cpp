// Continue, CLI and editors: <CONTINUE_GLOBAL_DIR>/sessions/<id>.json, ~/.continue unless it is set;
// sessions.json beside them is the index. Continue documentation, "cn" and configuration reference.
#include <cmath>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/provider_usage.hpp"
#include "capture/rows.hpp"
#include "capture/session_builder.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.0.0";

FileRole role_of(std::string_view name) {
    if (!name.ends_with(".json")) return FileRole::None;
    return name == "sessions.json" ? FileRole::Part : FileRole::Perhaps;
}

bool is_session(const json::Value& start) {
    return start["sessionId"].if_string() != nullptr && start["history"].if_array() != nullptr &&
           (start["workspaceDirectory"].if_string() != nullptr ||
            start["history"].at(0)["message"]["role"].if_string() != nullptr);
}

bool recognises(const std::string& path, Sources& sources) {
    return is_session(start_of_document(path, sources));
}

// Editors write the folder as an address.
std::string folder_of(std::string_view said) {
    constexpr std::string_view k_scheme = "file://";
    return std::string(said.starts_with(k_scheme) ? said.substr(k_scheme.size()) : said);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    const json::Value start = start_of_document(path, sources);
    return {
        session_in_file(k_continue.name, path, folder_of(start["workspaceDirectory"].string_or()), sources)};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("CONTINUE_GLOBAL_DIR");
    const std::string root = set ? *set : fs::join(environment.home(), ".continue");
    return {{fs::join(root, "sessions"), true}};
}

class Session {
public:
    Session(const json::Value& log, ParsedSession& parsed) : m_log(log), m_session(parsed) {}

    void tell() {
        for (const json::Value& item : *m_log["history"].if_array())
            take(item);
        SessionFacts& about = m_session.about;
        about.id = m_log["sessionId"].string_or();
        about.title = m_log["title"].string_or();
        about.directory = folder_of(m_log["workspaceDirectory"].string_or());
        if (about.model.empty()) about.model = m_log["chatModelTitle"].string_or();
        set_if_some(m_session.metadata(), "mode", m_log["mode"].string_or());
        count_session();
        m_session.finish(k_version);
    }

private:
    void take(const json::Value& item) {
        ++m_session.report().lines;
        const json::Value& message = item["message"];
        const std::string_view role = message["role"].string_or();
        if (role == "thinking") {
            append_paragraph(m_thought, text_of(message["content"]));
        } else if (role == "user") {
            take_prompt(item);
        } else if (role == "assistant") {
            take_reply(item);
        } else if (role == "tool") {
            answer(std::string(message["toolCallId"].string_or()), message["content"], {});
        } else if (!take_chat_message(m_session, message)) {
            add_to_counts(m_session.report().unknown_line_types, "history/" + std::string(role));
            return;
        }
        ++m_session.report().conversation_lines;
    }

    // What the person attached is shown before the words.
    void take_prompt(const json::Value& item) {
        if (const json::Array* context = item["contextItems"].if_array())
            for (const json::Value& one : *context)
                m_session.show("attachment", std::string(one["content"].string_or()));
        m_session.say(trace::Role::User, text_of(item["message"]["content"]));
    }

    void take_reply(const json::Value& item) {
        const json::Value& message = item["message"];
        const json::Value& prompt = item["promptLogs"].at(0);
        const std::size_t place = m_session.reply(std::string(prompt["modelTitle"].string_or()), {});
        m_session.add_reasoning(place, std::exchange(m_thought, {}));
        m_session.add_reasoning(place, item["reasoning"]["text"].string_or());
        m_session.add_text(place, text_of(message["content"]));
        if (const json::Array* calls = message["toolCalls"].if_array())
            for (const json::Value& call : *calls)
                take_chat_call(m_session, place, call);
        if (const json::Array* states = item["toolCallStates"].if_array())
            for (const json::Value& state : *states)
                take_state(place, state);
        m_session.count(place, usage_of_provider(message["usage"]));
    }

    void take_state(std::size_t place, const json::Value& state) {
        const std::string id(state["toolCallId"].string_or(state["toolCall"]["id"].string_or()));
        if (m_session.find_call(id) == nullptr) take_chat_call(m_session, place, state["toolCall"]);
        const std::string_view status = state["status"].string_or();
        if (status == "done") return answer(id, state["output"], {});
        if (status == "errored") return answer(id, state["output"], {"tool_error"});
        if (status == "canceled") answer(id, state["output"], {"interrupted"});
    }

    // A text, or items with a content each.
    void answer(const std::string& id, const json::Value& output, CallEnd end) {
        if (m_session.is_answered(id)) return;
        std::string text;
        if (const json::Array* items = output.if_array()) {
            for (const json::Value& item : *items)
                append_paragraph(text, item["content"].string_or(item["text"].string_or()));
        } else {
            text = text_of(output);
        }
        take_result(m_session, id, std::move(text), std::move(end));
    }

    // The session's own sum leaves out cached tokens; it counts where replies have no usage.
    void count_session() {
        const json::Value& usage = m_log["usage"];
        const json::Number* cost = usage["totalCost"].if_number();
        if (cost != nullptr && cost->as_double() > 0 && std::isfinite(cost->as_double()))
            m_session.evidence().actual_cost_usd = cost->as_double();
        if (!m_session.evidence().usage.empty()) return;
        enrich::ModelUsage all;
        all.input_tokens = count_of(usage["promptTokens"]);
        all.output_tokens = count_of(usage["completionTokens"]);
        all.cache_read_tokens = count_of(usage["promptTokensDetails"]["cachedTokens"]);
        all.cache_write_tokens = count_of(usage["promptTokensDetails"]["cacheWriteTokens"]);
        m_session.count_session(std::move(all));
    }

    const json::Value& m_log;
    SessionBuilder m_session;
    std::string m_thought;  // of the reply that follows
};

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    const auto log = read_session_document(session.locator, sources, parsed);
    if (!log) return parsed;
    if (!is_session(*log)) {
        refuse(parsed, "not a Continue session: it has no sessionId and history");
        return parsed;
    }
    Session(*log, parsed).tell();
    finish(k_continue, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_continue{"continue", "Continue", k_version,  {false}, nullptr,
                                 places,     role_of,    recognises, list,    read};

}  // namespace opentraces::capture
