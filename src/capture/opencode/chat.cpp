#include "capture/opencode/chat.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/opencode/changes.hpp"
#include "capture/step_facts.hpp"
#include "capture/surroundings.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/usage_tally.hpp"
#include "opentraces/trace/step_builder.hpp"

namespace opentraces::capture::opencode {
namespace {

constexpr std::int64_t k_last_ms = 4'102'444'800'000;  // the year 2100

// Parts that are no conversation: the limits of steps, undo data, what other parts say again.
constexpr std::array<std::string_view, 7> k_known_parts{"step-start", "snapshot", "patch",      "agent",
                                                        "subtask",    "retry",    "step-finish"};

std::string time_of(const json::Value& milliseconds) {
    const std::int64_t at = milliseconds.integer().value_or(0);
    if (at <= 0 || at >= k_last_ms) return {};
    return format_iso8601(TimePoint(std::chrono::milliseconds(at)));
}

std::string model_of(const json::Value& message) {
    const json::Value& model = message["model"];
    const std::string_view provider = message["providerID"].string_or(model["providerID"].string_or());
    const std::string_view name = message["modelID"].string_or(model["modelID"].string_or());
    if (provider.empty() || name.empty()) return std::string(name);
    return std::string(provider) + "/" + std::string(name);
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

bool is_empty(const enrich::ModelUsage& usage) {
    return usage.input_tokens + usage.output_tokens + usage.cache_read_tokens + usage.cache_write_tokens == 0;
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

void append_to(trace::OptText& field, std::string_view text) {
    if (trim(text).empty()) return;
    std::string whole = std::move(field).value_or("");
    append_paragraph(whole, text);
    field = std::move(whole);
}

class Teller {
public:
    explicit Teller(ParsedSession& parsed, bool is_subagent)
        : m_parsed(parsed),
          m_steps(*parsed.record),
          m_tally(parsed.evidence.usage),
          m_subagent(is_subagent) {}

    void take(Message& message) {
        const std::string_view role = message.data["role"].string_or();
        ++m_parsed.report.lines;
        if (role == "user") {
            take_prompt(message);
        } else if (role == "assistant") {
            take_reply(message);
        } else {
            add_to_counts(m_parsed.report.unknown_line_types, "message/" + std::string(role));
            return;
        }
        ++m_parsed.report.conversation_lines;
    }

    // What is told of the session as a whole.
    std::string stop_reason;
    json::Array errors;
    StepFacts step_facts;
    std::size_t compactions = 0;
    double cost = 0;

private:
    void say(trace::Role role, std::string text, const std::string& at) {
        if (trim(text).empty()) return;
        trace::Step& step = m_steps.say(role, std::move(text));
        set_text(step.timestamp, at);
        if (m_subagent) step.call_type = trace::CallType::Subagent;
        if (role != trace::Role::User || m_parsed.record->task.description) return;
        m_parsed.record->task.description = step.content;
        m_parsed.record->task.source = "user_prompt";
    }

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
        say(trace::Role::User, std::move(typed), at);
        say(trace::Role::System, std::move(added), at);
    }

    void take_reply(Message& message) {
        const json::Value& data = message.data;
        trace::Step& step = m_steps.reply();
        const std::size_t place = m_parsed.record->steps.size() - 1;
        const std::string model = model_of(data);
        set_text(step.model, model);
        set_text(step.timestamp, time_of(data["time"]["created"]));
        if (m_subagent) {
            step.call_type = trace::CallType::Subagent;
            step.agent_role = data["agent"].string_or(data["mode"].string_or("general"));
        }
        for (json::Value& part : message.parts)
            take_part(place, part);
        count_tokens(message, model, place);
        if (const auto finish = data["finish"].string_or(); !finish.empty()) stop_reason = finish;
        note_facts(place, data);
        if (const auto error = data["error"]["name"].string_or(); !error.empty()) {
            const std::string_view words = data["error"]["data"]["message"].string_or();
            errors.emplace_back(std::string(error) + (words.empty() ? "" : ": " + std::string(words)));
        }
        if (const json::Number* dollars = data["cost"].if_number()) {
            const double value = dollars->as_double();
            if (value > 0 && std::isfinite(value)) cost += value;
        }
    }

    void note_facts(std::size_t place, const json::Value& data) {
        json::Object& facts = step_facts.of(m_parsed.record->steps[place].step_index.value());
        set_if_some(facts, "stop_reason", data["finish"].string_or());
        m_surroundings.note("working_directory", data["path"]["cwd"].string_or(data["path"].string_or()));
        m_surroundings.note("mode", data["mode"].string_or(data["agent"].string_or()));
        m_surroundings.note("effort", data["variant"].string_or());
        m_surroundings.tell(facts);
    }

    void count_tokens(const Message& message, const std::string& model, std::size_t place) {
        enrich::ModelUsage usage = usage_of(message);
        if (is_empty(usage) || !m_tally.is_new(message.id)) return;
        usage.model = model;
        usage.replies = 1;
        m_tally.add(usage);
        trace::TokenUsage& tokens = m_parsed.record->steps[place].token_usage;
        tokens.input_tokens = usage.input_tokens;
        tokens.output_tokens = usage.output_tokens;
        tokens.cache_read_tokens = usage.cache_read_tokens;
        tokens.cache_write_tokens = usage.cache_write_tokens;
    }

    void take_part(std::size_t place, json::Value& part) {
        const std::string_view type = part["type"].string_or();
        trace::Step& step = m_parsed.record->steps[place];
        if (type == "text") {
            append_to(step.content, part["text"].string_or());
        } else if (type == "reasoning") {
            append_to(step.reasoning_content, part["text"].string_or());
        } else if (type == "tool") {
            take_call(place, part);
        } else if (type == "file") {
            append_to(step.content, file_mark(part));
        } else {
            take_other_part(type);
        }
    }

    void take_other_part(std::string_view type) {
        if (type == "compaction") {
            ++compactions;
        } else if (std::find(k_known_parts.begin(), k_known_parts.end(), type) == k_known_parts.end()) {
            add_to_counts(m_parsed.report.unknown_blocks, type.empty() ? "(none)" : type);
            add_to_counts(m_parsed.report.unknown_line_types, "part/" + std::string(type));
        }
    }

    void take_call(std::size_t place, const json::Value& part) {
        const json::Value& state = part["state"];
        trace::ToolCall call;
        call.tool_call_id = part["callID"].string_or(part["id"].string_or());
        call.tool_name = part["tool"].string_or("unknown");
        if (const json::Object* input = state["input"].if_object()) call.input = *input;
        const auto start = state["time"]["start"].integer();
        const auto end = state["time"]["end"].integer();
        if (start && end && *start > 0 && *end >= *start && *end < k_last_ms)
            call.duration_ms = *end - *start;
        const std::string id = call.tool_call_id;
        if (!m_steps.call(place, std::move(call))) return;
        const std::string_view status = state["status"].string_or();
        // Pending and running calls were never answered.
        if (status != "completed" && status != "success" && status != "error") return;
        trace::Observation observation;
        set_text(observation.content, state["output"].string_or(state["error"].string_or()));
        const auto exit = state["metadata"]["exit"].integer();
        if (status == "error") {
            observation.error = "tool_error";
        } else if (exit && *exit != 0) {
            observation.error = "exit_code:" + std::to_string(*exit);
        }
        const bool worked = !observation.error;
        m_steps.answer(id, std::move(observation));
        trace::Step& step = m_parsed.record->steps[place];
        set_text(step.subagent_trajectory_ref, state["metadata"]["sessionId"].string_or());
        if (worked) note_changes(step, id, part["tool"].string_or(), state);
    }

    void note_changes(const trace::Step& step, const std::string& call, std::string_view tool,
                      const json::Value& state) {
        for (enrich::FileChange& change : changes_of(tool, state)) {
            change.call_id = call;
            change.step_index = step.step_index.value();
            m_parsed.evidence.changes.push_back(std::move(change));
        }
    }

    ParsedSession& m_parsed;
    trace::StepBuilder m_steps;
    enrich::UsageTally m_tally;
    Surroundings m_surroundings;
    bool m_subagent;
};

std::string main_model(const ParsedSession& parsed) {
    const auto& usage = parsed.evidence.usage;
    const auto most = std::max_element(usage.begin(), usage.end(), [](const auto& one, const auto& other) {
        return one.replies < other.replies;
    });
    if (most != usage.end()) return most->model;
    for (const trace::Step& step : parsed.record->steps) {
        if (step.model) return *step.model;
    }
    return {};
}

void describe(const Chat& chat, Teller& told, std::string_view reader_version, ParsedSession& parsed) {
    trace::TraceRecord& record = *parsed.record;
    record.session_id = chat.id;
    set_text(record.timestamp_start, time_of(chat.created_ms));
    set_text(record.timestamp_end, time_of(chat.updated_ms));
    set_text(record.agent.version, chat.version);
    set_text(record.agent.model, main_model(parsed));
    record.environment.os = os_of(chat.directory);
    json::Object& metadata = record.metadata;
    set_if_some(metadata, "title", chat.title);
    set_if_some(metadata, "stop_reason", told.stop_reason);
    if (!chat.parent.empty()) metadata.set("is_subagent", true);
    set_if_some(metadata, "parent_session_id", chat.parent);
    if (told.compactions > 0) metadata.set("is_compacted", true);
    if (!parsed.evidence.usage.empty()) metadata.set("model_usage", usage_by_model(parsed.evidence.usage));
    set_if_any(metadata, "session_errors", std::move(told.errors));
    set_if_any(metadata, "opentraces_steps", told.step_facts.take());
    json::Object notes;
    note_report(notes, reader_version, parsed.report);
    metadata.set("opentraces_parser", std::move(notes));
    if (told.cost > 0) parsed.evidence.actual_cost_usd = told.cost;
    parsed.evidence.working_directory = chat.directory;
}

}  // namespace

void tell(Chat chat, std::string_view reader_version, ParsedSession& parsed) {
    Teller teller(parsed, !chat.parent.empty());
    for (Message& message : chat.messages)
        teller.take(message);
    describe(chat, teller, reader_version, parsed);
}

}  // namespace opentraces::capture::opencode
