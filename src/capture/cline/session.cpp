// A session of Cline's command line since 3: sessions/<id>/<id>.messages.json, and beside it <id>.json with
// its state. Sub-agents (<root>__<agent>) lie in the folder of their session. A fork begins with a copy of
// the messages of the session that it was made from.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/cline/conversation.hpp"
#include "capture/cline/task.hpp"
#include "capture/describe.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::cline {
namespace {

// All input, cached tokens a part of it.
enrich::ModelUsage usage_of(const json::Value& told) {
    enrich::ModelUsage usage;
    usage.input_tokens = count_of(told["inputTokens"]);
    usage.output_tokens = count_of(told["outputTokens"]);
    usage.cache_read_tokens = count_of(told["cacheReadTokens"]);
    usage.cache_write_tokens = count_of(told["cacheWriteTokens"]);
    const std::int64_t cached = usage.cache_read_tokens + usage.cache_write_tokens;
    if (cached <= usage.input_tokens) usage.input_tokens -= cached;
    return usage;
}

// How many of a fork's messages are its parent's: those up to the last one with a time before the fork.
std::size_t copied_messages(const json::Array& messages, const json::Value& fork) {
    const auto forked = parse_iso8601(fork["forkedAt"].string_or());
    if (!forked) return 0;
    std::size_t copied = 0;
    for (std::size_t at = 0; at < messages.size(); ++at) {
        const auto time = messages[at]["ts"].integer();
        if (time && *time <= forked->time_since_epoch().count()) copied = at + 1;
    }
    return copied;
}

class Session {
public:
    explicit Session(ParsedSession& parsed) : m_conversation(parsed) {}

    // Sub-agents have that of their session beside them.
    void take_state(const json::Value& state, bool is_own) {
        SessionFacts& about = session().about;
        about.directory = state["cwd"].string_or();
        session().surroundings.note("working_directory", about.directory);
        if (!is_own) return;
        about.title = state["metadata"]["title"].string_or();
        about.branch = state["metadata"]["git"]["branch"].string_or();
        about.parent = state["metadata"]["fork"]["forkedFromSessionId"].string_or();
        for (const char* time : {"started_at", "ended_at"})
            session().see_time(std::string(state[time].string_or()));
        const std::string_view status = state["status"].string_or();
        set_if_some(session().metadata(), "status", status);
        session().evidence().turn_ended = status == "completed";
        session().evidence().interrupted = status == "cancelled";
    }

    void take_log(const json::Value& log, const json::Value& state) {
        SessionFacts& about = session().about;
        about.id = log["sessionId"].string_or();
        const std::string_view agent = log["agent"].string_or();
        about.is_subagent = agent == "subagent" || agent == "teammate";
        if (about.is_subagent) about.parent = about.id.substr(0, about.id.find("__"));
        session().set_system_prompt(std::string(log["system_prompt"].string_or()));
        const json::Array& messages = *log["messages"].if_array();
        const std::size_t copied = copied_messages(messages, state["metadata"]["fork"]);
        set_if_some(session().notes(), "copied_lines", copied);
        session().report().lines += copied;
        for (std::size_t at = copied; at < messages.size(); ++at)
            take(messages[at]);
        if (copied == 0 && session().evidence().usage.empty())
            session().count_session(usage_of(state["usage"]));
        if (m_cost > 0) session().evidence().actual_cost_usd = m_cost;
        session().finish(k_cline.version);
    }

private:
    SessionBuilder& session() { return m_conversation.session(); }

    void take(const json::Value& message) {
        const auto place = m_conversation.take(message);
        if (!place) return;
        const json::Value& metrics = message["metrics"];
        session().count(*place, usage_of(metrics), std::string(message["id"].string_or()));
        const json::Number* cost = metrics["cost"].if_number();
        if (cost != nullptr && cost->as_double() > 0 && std::isfinite(cost->as_double()))
            m_cost += cost->as_double();
    }

    Conversation m_conversation;
    double m_cost = 0;
};

}  // namespace

bool is_session(const json::Value& start) {
    return start["version"].integer().has_value() && start["sessionId"].if_string() != nullptr &&
           start["messages"].if_array() != nullptr &&
           (start["agent"].if_string() != nullptr || start["updated_at"].if_string() != nullptr);
}

std::string state_path(const std::string& session) {
    const std::string folder = fs::parent(session);
    return fs::join(folder, fs::file_name(folder) + ".json");
}

std::string folder_of_session(const std::string& path, Sources& sources) {
    const std::string state = state_path(path);
    if (!is_file_itself(state, sources.disk())) return {};
    return std::string(start_of_document(state, sources)["cwd"].string_or());
}

ParsedSession read_session(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    const auto log = read_session_document(session.locator, sources, parsed);
    if (!log) return parsed;
    if (!is_session(*log)) {
        refuse(parsed, "not a session of Cline: it has no sessionId and messages");
        return parsed;
    }
    const json::Value state = read_side_document(state_path(session.locator), sources, parsed);
    Session teller(parsed);
    teller.take_state(state, state["session_id"].string_or((*log)["sessionId"].string_or()) ==
                                 (*log)["sessionId"].string_or());
    teller.take_log(*log, state);
    finish(k_cline, parsed);
    return parsed;
}

}  // namespace opentraces::capture::cline
