#include "capture/swe_agent/trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::swe_agent {
namespace {

std::int64_t milliseconds(const json::Value& seconds) {
    const json::Number* number = seconds.if_number();
    const double value = number == nullptr ? -1 : number->as_double();
    constexpr double k_longest = 1e9;
    return value >= 0 && value < k_longest ? std::llround(value * 1000) : -1;
}

json::Value command_input(std::string_view command) {
    json::Object input;
    input.set("command", command);
    return input;
}

// trajectory[] has every reply with its observation, also the last; history[] has the prompts, the calls by
// name and what the model was shown.
class Run {
public:
    Run(const json::Value& run, ParsedSession& parsed)
        : m_run(run), m_session(parsed), m_steps(run["trajectory"].if_array()) {}

    bool tell() {
        if (const json::Array* history = m_run["history"].if_array()) {
            for (const json::Value& entry : *history)
                take(entry);
        }
        while (m_steps != nullptr && m_next < m_steps->size())
            take_step((*m_steps)[m_next++], {});
        return m_session.has_reply();
    }

    void finish(const std::string& file, std::string_view reader_version) {
        const json::Value settings = call_arguments(m_run["replay_config"]);
        SessionFacts& about = m_session.about;
        about.id = id_of(m_run["replay_config"], first_said());
        about.title = file.substr(0, file.find(".traj"));
        about.model = model_in(settings);
        about.directory = m_directory;
        about.repository = settings["env"]["repo"]["github_url"].string_or();
        set_if_some(m_session.metadata(), "environment", m_run["environment"].string_or());
        tell_outcome();
        m_session.finish(reader_version);
    }

private:
    void take(const json::Value& entry) {
        ++m_session.report().lines;
        const std::string_view role = entry["role"].string_or();
        std::string text = text_of(entry["content"]);
        if (role == "assistant") {
            ++m_session.report().conversation_lines;
            const bool has_step = m_steps != nullptr && m_next < m_steps->size();
            if (entry["is_demo"].bool_or(false)) {
                m_session.show("demonstration", std::move(text));
            } else if (has_step) {
                take_step((*m_steps)[m_next++], entry);
            } else {
                take_step({}, entry);
            }
        } else if (role == "system") {
            m_session.set_system_prompt(text);
        } else if (role == "user" || role == "tool") {
            ++m_session.report().conversation_lines;
            take_said(entry, std::move(text));
        } else {
            add_to_counts(m_session.report().unknown_line_types, "history/" + std::string(role));
        }
    }

    void take_said(const json::Value& entry, std::string text) {
        if (entry["is_demo"].bool_or(false)) return m_session.show("demonstration", std::move(text));
        if (!m_session.has_reply()) {
            m_session.say(trace::Role::User, std::move(text));
        } else if (!m_open.empty()) {
            answer(entry["tool_call_ids"], std::move(text));
        } else {
            m_session.show("program", std::move(text));
        }
    }

    // The observation of the step is what the program said; history has it as the model was shown it, with
    // a prompt at its end.
    void answer(const json::Value& ids, const std::string& text) {
        const json::Array* named = ids.if_array();
        const auto is_meant = [named](const std::string& id) {
            return named == nullptr ||
                   std::find(named->begin(), named->end(), json::Value(id)) != named->end();
        };
        for (const std::string& id : m_open)
            if (is_meant(id) && !m_session.is_answered(id)) m_session.answer(id, text);
        std::erase_if(m_open, is_meant);
    }

    void take_step(const json::Value& step, const json::Value& entry) {
        const std::size_t place = m_session.reply({}, {}, role_of(entry));
        const std::string_view said = step["response"].string_or();
        const std::string content = text_of(entry["content"]);
        m_session.add_text(place, !content.empty() ? content
                                  : !said.empty()  ? said
                                                   : step["thought"].string_or());
        m_open.clear();
        const json::Array* calls = entry["tool_calls"].if_array();
        const std::int64_t duration = milliseconds(step["execution_time"]);
        for (std::size_t at = 0; calls != nullptr && at < calls->size(); ++at)
            take_call(place, (*calls)[at], duration);
        const std::string_view action = step["action"].string_or(entry["action"].string_or());
        if (m_open.empty() && !trim(action).empty())
            add_call(place, {}, "bash", command_input(action), duration);
        // There is one observation: of several calls, history tells them apart.
        const std::string* seen = step["observation"].if_string();
        if (seen != nullptr && m_open.size() == 1) m_session.answer(m_open.back(), *seen);
        const json::Value state = call_arguments(step["state"]);
        if (m_directory.empty()) m_directory = state["working_dir"].string_or();
        m_session.surroundings.note("working_directory", state["working_dir"].string_or());
        m_session.tell_surroundings(place);
    }

    static std::string_view role_of(const json::Value& entry) {
        const std::string_view agent = entry["agent"].string_or();
        return agent == "primary" || agent == "main" ? std::string_view() : agent;
    }

    void take_call(std::size_t place, const json::Value& call, std::int64_t duration) {
        add_call(place, call["id"].string_or(), call["function"]["name"].string_or(),
                 call_arguments(call["function"]["arguments"]), duration);
    }

    void add_call(std::size_t place, std::string_view id, std::string_view name, json::Value input,
                  std::int64_t duration) {
        std::string known = m_session.call(place, id, name, std::move(input), duration);
        if (!known.empty()) m_open.push_back(std::move(known));
    }

    static std::string model_in(const json::Value& settings) {
        const std::string_view model = settings["agent"]["model"]["name"].string_or();
        return std::string(model.empty() ? settings["agent"]["model"]["model_name"].string_or() : model);
    }

    json::Value first_said() const {
        json::Array said;
        for (std::size_t at = 0; at < 3; ++at)
            said.push_back(m_run["history"].at(at)["content"]);
        said.push_back(m_run["trajectory"].at(0)["response"]);
        said.push_back(m_run["trajectory"].at(0)["observation"]);
        return said;
    }

    void tell_outcome() {
        const json::Value& info = m_run["info"];
        const std::string_view status = info["exit_status"].string_or();
        set_if_some(m_session.metadata(), "exit_status", status);
        m_session.evidence().turn_ended = status == "submitted";
        const json::Value& stats = info["model_stats"];
        enrich::ModelUsage usage;
        usage.model = model_in(call_arguments(m_run["replay_config"]));
        usage.input_tokens = count_of(stats["tokens_sent"]);
        usage.output_tokens = count_of(stats["tokens_received"]);
        usage.replies = count_of(stats["api_calls"]);
        m_session.count_session(std::move(usage));
        const json::Number* cost = stats["instance_cost"].if_number();
        if (cost != nullptr && cost->as_double() > 0 && std::isfinite(cost->as_double()))
            m_session.evidence().actual_cost_usd = cost->as_double();
        const std::string_view patch = info["submission"].string_or();
        if (patch.find("diff --git ") != std::string_view::npos) m_session.set_patch(patch);
    }

    const json::Value& m_run;
    SessionBuilder m_session;
    const json::Array* m_steps;
    std::size_t m_next = 0;
    std::vector<std::string> m_open;  // calls of the last reply
    std::string m_directory;
};

}  // namespace

std::string id_of(const json::Value& settings, const json::Value& first_said) {
    constexpr std::size_t k_digits = 32;
    json::Array all{settings, first_said};
    return sha256_hex(json::to_compact(json::Value(std::move(all)))).substr(0, k_digits);
}

bool tell_run(const json::Value& run, const std::string& file, std::string_view reader_version,
              ParsedSession& parsed) {
    Run session(run, parsed);
    if (!session.tell()) return false;
    session.finish(file, reader_version);
    return true;
}

}  // namespace opentraces::capture::swe_agent
