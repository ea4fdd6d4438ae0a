#include "capture/opencode/chat.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/opencode/changes.hpp"
#include "capture/session_builder.hpp"

namespace opentraces::capture::opencode {
namespace {

// Parts that are no conversation: the limits of steps, undo data, what other parts say again.
constexpr std::array<std::string_view, 8> k_known_parts{
    "step-start", "snapshot", "patch", "agent", "subtask", "retry", "step-finish", "source-url"};

std::string model_of(const json::Value& message) {
    const json::Value& model = message["model"];
    const std::string_view provider = message["providerID"].string_or(model["providerID"].string_or());
    const std::string_view name = message["modelID"].string_or(model["modelID"].string_or());
    return model_name(provider, name);
}

enrich::ModelUsage tokens_of(const json::Value& tokens) {
    enrich::ModelUsage usage;
    usage.input_tokens = count_of(tokens["input"]);
    usage.output_tokens = count_of(tokens["output"]);
    usage.cache_read_tokens = count_of(tokens["cache"]["read"]);
    usage.cache_write_tokens = count_of(tokens["cache"]["write"]);
    const std::int64_t reasoning = count_of(tokens["reasoning"]);
    const std::int64_t prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
    const std::int64_t total = count_of(tokens["total"]);
    // Output without reasoning since 1.18; the total tells. It cannot hold more reasoning than there is.
    const bool apart =
        total > 0 ? total == prompt + usage.output_tokens + reasoning : reasoning > usage.output_tokens;
    if (apart) usage.output_tokens += reasoning;
    return usage;
}

// A message's tokens are the sum of its steps': only where it says none, its steps are asked.
enrich::ModelUsage usage_of(const Message& message) {
    enrich::ModelUsage usage = tokens_of(message.data["tokens"]);
    if (!is_empty(usage)) return usage;
    for (const json::Value& part : message.parts) {
        if (part["type"].string_or() != "step-finish") continue;
        const enrich::ModelUsage step = tokens_of(part["tokens"]);
        usage.input_tokens += step.input_tokens;
        usage.output_tokens += step.output_tokens;
        usage.cache_read_tokens += step.cache_read_tokens;
        usage.cache_write_tokens += step.cache_write_tokens;
    }
    return usage;
}

std::string file_mark(const json::Value& part) {
    std::string mark = "[file";
    for (const char* key : {"filename", "mime"}) {
        const std::string_view text = part[key].string_or();
        if (!text.empty()) mark.append(mark == "[file" ? ": " : ", ").append(text);
    }
    return mark + "]";
}

// A text, or a list of them.
std::string texts_of(const json::Value& said) {
    std::string whole(said.string_or());
    if (const json::Array* texts = said.if_array())
        for (const json::Value& text : *texts)
            append_paragraph(whole, text.string_or());
    return whole;
}

class Teller {
public:
    Teller(const Chat& chat, ParsedSession& parsed) : m_session(parsed) {
        SessionFacts& about = m_session.about;
        about.id = chat.id;
        about.parent = chat.parent;
        about.is_subagent = !chat.parent.empty();
        about.title = chat.title;
        about.version = chat.version;
        about.directory = chat.directory;
        about.started = time_of(json::Value(chat.created_ms));
        about.ended = time_of(json::Value(chat.updated_ms));
        m_has_times = !about.started.empty() || !about.ended.empty();
    }

    void take(Message& message) {
        const std::string_view role = message.data["role"].string_or();
        ++m_session.report().lines;
        if (!m_has_times)
            for (const char* key : {"created", "completed"})
                m_session.see_time(time_of(message.data["time"][key]));
        if (role == "user") {
            take_prompt(message);
        } else if (role == "assistant") {
            take_reply(message);
        } else {
            add_to_counts(m_session.report().unknown_line_types, "message/" + std::string(role));
            return;
        }
        ++m_session.report().conversation_lines;
    }

    void finish(std::string_view reader_version) {
        set_if_some(m_session.metadata(), "stop_reason", m_stop_reason);
        if (m_cost > 0) m_session.evidence().actual_cost_usd = m_cost;
        m_session.finish(reader_version);
    }

private:
    // What the program adds to a prompt is not the user's.
    void take_prompt(const Message& message) {
        const std::string at = time_of(message.data["time"]["created"]);
        std::string typed;
        std::string added;
        for (const json::Value& part : message.parts) {
            const std::string_view type = part["type"].string_or();
            if (type == "text") {
                append_paragraph(part["synthetic"].bool_or(false) ? added : typed, part["text"].string_or());
            } else if (type == "file") {
                append_paragraph(typed, file_mark(part));
            } else {
                // The words with which a person calls another agent.
                if (type == "subtask") append_paragraph(typed, part["prompt"].string_or());
                take_other_part(type);
            }
        }
        m_session.say(trace::Role::User, std::move(typed), at);
        m_session.say(trace::Role::System, std::move(added), at);
    }

    void take_reply(Message& message) {
        const json::Value& data = message.data;
        const std::string_view role = data["agent"].string_or(data["mode"].string_or("general"));
        m_session.set_system_prompt(texts_of(data["system"]));
        if (data["summary"].bool_or(false)) m_session.note_compaction();
        const std::size_t place = m_session.reply(model_of(data), time_of(data["time"]["created"]),
                                                  m_session.about.is_subagent ? role : std::string_view());
        for (json::Value& part : message.parts)
            take_part(place, part);
        m_session.count(place, usage_of(message), message.id);
        if (const auto finish = data["finish"].string_or(); !finish.empty()) m_stop_reason = finish;
        note_facts(place, data);
        if (const auto error = data["error"]["name"].string_or(); !error.empty()) {
            const std::string_view words = data["error"]["data"]["message"].string_or();
            m_session.add_error(std::string(error) + (words.empty() ? "" : ": " + std::string(words)));
        }
        if (const json::Number* dollars = data["cost"].if_number()) {
            const double value = dollars->as_double();
            if (value > 0 && std::isfinite(value)) m_cost += value;
        }
    }

    void note_facts(std::size_t place, const json::Value& data) {
        set_if_some(m_session.facts(place), "stop_reason", data["finish"].string_or());
        Surroundings& now = m_session.surroundings;
        now.note("working_directory", data["path"]["cwd"].string_or(data["path"].string_or()));
        now.note("mode", data["mode"].string_or(data["agent"].string_or()));
        now.note("effort", data["variant"].string_or());
        m_session.tell_surroundings(place);
    }

    void take_part(std::size_t place, json::Value& part) {
        const std::string_view type = part["type"].string_or();
        if (type == "text") {
            m_session.add_text(place, part["text"].string_or());
        } else if (type == "reasoning") {
            m_session.add_reasoning(place, part["text"].string_or());
        } else if (type == "tool") {
            take_call(place, part);
        } else if (type == "file") {
            m_session.add_text(place, file_mark(part));
        } else {
            take_other_part(type);
        }
    }

    void take_other_part(std::string_view type) {
        if (type == "compaction") {
            m_session.note_compaction();
        } else if (std::find(k_known_parts.begin(), k_known_parts.end(), type) == k_known_parts.end()) {
            count_unknown_block(m_session.report(), type, "part/");
        }
    }

    static std::int64_t duration_of(const json::Value& time) {
        const auto start = time["start"].integer();
        const auto end = time["end"].integer();
        const bool known = start && end && *start > 0 && *end >= *start && !time_of(time["end"]).empty();
        return known ? *end - *start : -1;
    }

    void take_call(std::size_t place, const json::Value& part) {
        const json::Value& state = part["state"];
        const std::string_view tool = part["tool"].string_or("unknown");
        const json::Object* input = state["input"].if_object();
        const std::string id = m_session.call(place, part["callID"].string_or(part["id"].string_or()), tool,
                                              input == nullptr ? json::Value() : json::Value(*input),
                                              duration_of(state["time"]));
        if (id.empty()) return;
        const std::string_view status = state["status"].string_or();
        // Pending and running calls were never answered.
        if (status != "completed" && status != "success" && status != "error") return;
        CallEnd end;
        const auto exit = state["metadata"]["exit"].integer();
        if (status == "error") {
            end.error = "tool_error";
        } else if (exit && *exit != 0) {
            end.error = "exit_code:" + std::to_string(*exit);
        }
        const bool worked = end.error.empty();
        m_session.answer(id, std::string(state["output"].string_or(state["error"].string_or())),
                         std::move(end));
        set_text(m_session.step(place).subagent_trajectory_ref, state["metadata"]["sessionId"].string_or());
        if (worked) m_session.change(id, changes_of(tool, state));
    }

    SessionBuilder m_session;
    std::string m_stop_reason;
    double m_cost = 0;
    bool m_has_times = false;  // the session says when it was
};

}  // namespace

void tell(Chat chat, std::string_view reader_version, ParsedSession& parsed) {
    Teller teller(chat, parsed);
    for (Message& message : chat.messages)
        teller.take(message);
    teller.finish(reader_version);
}

}  // namespace opentraces::capture::opencode
