// mini-swe-agent: messages in the shape of chat completions. Calls are tool_calls (2.x) or the one fenced
// block of a reply (1.x); what the provider answered is in extra.response.
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/numbers.hpp"
#include "capture/provider_usage.hpp"
#include "capture/session_builder.hpp"
#include "capture/swe_agent/trajectory.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::swe_agent {
namespace {

// The first block between ```bash (or ```mswea_bash_command of 1.17) and ```; empty if there is none.
std::string_view fenced_command(std::string_view text) {
    for (const std::string_view fence : {"```bash\n", "```mswea_bash_command\n", "```sh\n"}) {
        const std::size_t begin = text.find(fence);
        if (begin == std::string_view::npos) continue;
        const std::string_view rest = text.substr(begin + fence.size());
        return trim(rest.substr(0, rest.find("\n```")));
    }
    return {};
}

// "<returncode>1</returncode>" at the beginning of an observation.
std::string error_in(std::string_view observation) {
    constexpr std::string_view k_mark = "<returncode>";
    const std::size_t mark = observation.find(k_mark);
    if (mark == std::string_view::npos) return {};
    const auto code = leading_number(observation.substr(mark + k_mark.size()));
    return code && *code != 0 ? "exit_code:" + std::to_string(*code) : std::string();
}

std::string error_of(const json::Value& message, std::string_view text) {
    const auto code = message["extra"]["returncode"].integer();
    if (!code) return error_in(text);
    return *code != 0 ? "exit_code:" + std::to_string(*code) : std::string();
}

class MiniRun {
public:
    MiniRun(const json::Value& run, ParsedSession& parsed) : m_run(run), m_session(parsed) {}

    bool tell() {
        const json::Array* messages = m_run["messages"].if_array();
        for (std::size_t at = 0; messages != nullptr && at < messages->size(); ++at)
            take((*messages)[at]);
        return m_session.has_reply();
    }

    void finish(const std::string& file, std::string_view reader_version) {
        const json::Value& info = m_run["info"];
        SessionFacts& about = m_session.about;
        about.id = id_of(info["config"], first_said());
        about.title = file.substr(0, file.find(".traj"));
        about.version = info["mini_version"].string_or();
        about.model = info["config"]["model"]["model_name"].string_or();
        about.directory = info["config"]["environment"]["cwd"].string_or();
        const std::string_view status = info["exit_status"].string_or();
        set_if_some(m_session.metadata(), "exit_status", status);
        m_session.evidence().turn_ended = status == "Submitted";
        const json::Number* cost = info["model_stats"]["instance_cost"].if_number();
        if (cost != nullptr && cost->as_double() > 0 && std::isfinite(cost->as_double()))
            m_session.evidence().actual_cost_usd = cost->as_double();
        const std::string_view patch = info["submission"].string_or();
        if (patch.find("diff --git ") != std::string_view::npos) m_session.set_patch(patch);
        m_session.finish(reader_version);
    }

private:
    void take(const json::Value& message) {
        ++m_session.report().lines;
        const std::string_view role = message["role"].string_or();
        std::string text = text_of(message["content"]);
        const json::Value& extra = message["extra"];
        const std::string at =
            time_of(extra["timestamp"].is_null() ? extra["response"]["created"] : extra["timestamp"]);
        if (role == "system") {
            m_session.set_system_prompt(text);
        } else if (role == "assistant") {
            take_reply(message, text, at);
        } else if (role == "tool") {
            answer(message["tool_call_id"].string_or(), std::move(text), message);
        } else if (role == "user") {
            take_said(message, std::move(text), at);
        } else if (role == "exit") {
            m_session.show("program", std::move(text), at);
        } else {
            add_to_counts(m_session.report().unknown_line_types, "messages/" + std::string(role));
            return;
        }
        ++m_session.report().conversation_lines;
    }

    // After a reply it is the program that speaks in the user's place.
    void take_said(const json::Value& message, std::string text, const std::string& at) {
        if (!m_session.has_reply()) {
            m_session.say(trace::Role::User, std::move(text), at);
        } else if (!m_open.empty()) {
            answer(m_open, std::move(text), message);
        } else {
            m_session.show("program", std::move(text), at);
        }
    }

    void answer(std::string_view id, std::string text, const json::Value& message) {
        CallEnd end;
        end.error = error_of(message, text);
        m_session.answer(std::string(id), std::move(text), std::move(end));
        m_open.clear();
    }

    void take_reply(const json::Value& message, const std::string& text, const std::string& at) {
        const json::Value& response = message["extra"]["response"];
        const std::size_t place = m_session.reply(std::string(response["model"].string_or()), at);
        m_session.add_text(place, text);
        m_session.add_reasoning(place, message["reasoning_content"].string_or());
        m_open.clear();
        const json::Array* calls = message["tool_calls"].if_array();
        for (std::size_t call = 0; calls != nullptr && call < calls->size(); ++call) {
            const json::Value& one = (*calls)[call];
            take_chat_call(m_session, place, one);
        }
        const std::string_view command = fenced_command(text);
        if (calls == nullptr && !command.empty()) {
            json::Object input;
            input.set("command", command);
            m_open = m_session.call(place, {}, "bash", std::move(input));
        }
        set_if_some(m_session.facts(place), "stop_reason",
                    response["choices"].at(0)["finish_reason"].string_or());
        m_session.count(place, usage_of_provider(response["usage"]), std::string(response["id"].string_or()));
    }

    json::Value first_said() const {
        json::Array said;
        for (std::size_t at = 0; at < 3; ++at)
            said.push_back(m_run["messages"].at(at));
        return said;
    }

    const json::Value& m_run;
    SessionBuilder m_session;
    std::string m_open;  // the call of the last reply that has no id
};

}  // namespace

bool tell_mini_run(const json::Value& run, const std::string& file, std::string_view reader_version,
                   ParsedSession& parsed) {
    MiniRun session(run, parsed);
    if (!session.tell()) return false;
    session.finish(file, reader_version);
    return true;
}

}  // namespace opentraces::capture::swe_agent
