#include "capture/openhands/events.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::openhands {
namespace {

// Of V1: what is no conversation.
constexpr std::array<std::string_view, 6> k_known_kinds{
    "PauseEvent", "CondensationRequest", "LLMCompletionLogEvent",
    "TokenEvent", "HookExecutionEvent",  "ConversationStateUpdateEvent"};
// Of V0: actions that ask no tool, and observations that nobody reads.
constexpr std::array<std::string_view, 5> k_old_notes{"change_agent_state", "recall", "agent_state_changed",
                                                      "null", "start"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

enrich::ModelUsage usage_in(const json::Value& metrics) {
    const json::Value& sum = metrics["accumulated_token_usage"];
    enrich::ModelUsage usage;
    usage.model = sum["model"].string_or(metrics["model_name"].string_or());
    usage.cache_read_tokens = count_of(sum["cache_read_tokens"]);
    usage.cache_write_tokens = count_of(sum["cache_write_tokens"]);
    usage.input_tokens = std::max<std::int64_t>(
        count_of(sum["prompt_tokens"]) - usage.cache_read_tokens - usage.cache_write_tokens, 0);
    usage.output_tokens = count_of(sum["completion_tokens"]);
    return usage;
}

// What `all` has more than `less`; a sum that fell was begun anew.
enrich::ModelUsage difference(const enrich::ModelUsage& all, const enrich::ModelUsage& less) {
    if (all.output_tokens < less.output_tokens) return all;
    enrich::ModelUsage more = all;
    more.input_tokens = std::max<std::int64_t>(all.input_tokens - less.input_tokens, 0);
    more.output_tokens = all.output_tokens - less.output_tokens;
    more.cache_read_tokens = std::max<std::int64_t>(all.cache_read_tokens - less.cache_read_tokens, 0);
    more.cache_write_tokens = std::max<std::int64_t>(all.cache_write_tokens - less.cache_write_tokens, 0);
    return more;
}

std::string exit_error(const json::Value& code) {
    const auto status = code.integer();
    return status && *status > 0 ? "exit_code:" + std::to_string(*status) : std::string();
}

}  // namespace

bool is_event(const json::Value& event) {
    const std::string_view kind = event["kind"].string_or();
    const bool has_source = event["source"].if_string() != nullptr;
    const bool is_new =
        (kind.ends_with("Event") || kind.starts_with("Condensation") || kind == "UserRejectObservation") &&
        event["id"].if_string() != nullptr;
    const bool is_old = event["id"].integer().has_value() && (event["action"].if_string() != nullptr ||
                                                              event["observation"].if_string() != nullptr);
    return has_source && event["timestamp"].if_string() != nullptr && (is_new || is_old);
}

void Conversation::take(const json::Value& event) {
    ++m_session.report().lines;
    const std::string at = time_of(event["timestamp"]);
    if (m_first_event.empty()) m_first_event = event["id"].string_or(at);
    if (const std::string* kind = event["kind"].if_string()) return take_kind(*kind, event, at);
    if (event["action"].if_string() != nullptr) return take_old_action(event, at);
    if (event["observation"].if_string() != nullptr) return take_old_observation(event, at);
    add_to_counts(m_session.report().unknown_line_types, "(none)");
}

void Conversation::take_kind(std::string_view kind, const json::Value& event, const std::string& at) {
    if (kind == "ConversationStateUpdateEvent") return take_update(event);
    if (is_one_of(kind, k_known_kinds)) return add_to_counts(m_session.report().ignored_line_types, kind);
    if (kind == "SystemPromptEvent") {
        m_session.set_system_prompt(text_of(event["system_prompt"]["text"]));
        if (const json::Array* tools = event["tools"].if_array())
            for (const json::Value& tool : *tools)
                m_session.offer_tool(tool);
    } else if (kind == "MessageEvent") {
        take_message(event, at);
    } else if (kind == "ActionEvent") {
        take_action(event, at);
    } else if (kind == "ObservationEvent" || kind == "AgentErrorEvent" || kind == "UserRejectObservation") {
        take_observation(event);
    } else if (kind == "Condensation" || kind == "CondensationSummaryEvent") {
        take_condensation(event, at);
    } else if (kind == "ConversationErrorEvent") {
        m_session.add_error(std::string(event["code"].string_or("error")) + ": " +
                            std::string(event["detail"].string_or()));
    } else {
        return add_to_counts(m_session.report().unknown_line_types, kind);
    }
    ++m_session.report().conversation_lines;
}

// Parallel calls of one reply are events of their own.
std::size_t Conversation::reply_of(const std::string& response, const std::string& at) {
    if (!response.empty() && response == m_response && m_session.has_reply()) return m_session.last_reply();
    m_response = response;
    const std::size_t place = m_session.reply(m_model, at);
    for (auto& [role, total] : m_totals) {
        if (role == "condenser") continue;
        m_session.count(place, difference(total.all, total.counted));
        total.counted = total.all;
    }
    return place;
}

void Conversation::take_message(const json::Value& event, const std::string& at) {
    const json::Value& message = event["llm_message"];
    if (event["source"].string_or() != "agent") {
        m_session.say(event["source"].string_or() == "user" ? trace::Role::User : trace::Role::System,
                      text_of(message["content"]), at);
        return m_session.show("program", text_of(event["extended_content"]), at);
    }
    const std::size_t place = reply_of(std::string(event["llm_response_id"].string_or()), at);
    m_session.add_reasoning(place, message["reasoning_content"].string_or());
    m_session.add_text(place, text_of(message["content"]));
}

void Conversation::take_action(const json::Value& event, const std::string& at) {
    const std::string response(event["llm_response_id"].string_or());
    const bool goes_on = !response.empty() && response == m_response && m_session.has_reply();
    const std::size_t place = reply_of(response, at);
    if (!goes_on) {
        m_session.add_reasoning(place, event["reasoning_content"].string_or());
        m_session.add_text(place, text_of(event["thought"]));
    }
    const json::Value& call = event["tool_call"];
    json::Value input = call_arguments(call["arguments"]);
    if (input.is_null()) input = event["action"];
    m_session.call(place, event["tool_call_id"].string_or(call["id"].string_or()),
                   event["tool_name"].string_or(call["name"].string_or()), std::move(input));
}

void Conversation::take_observation(const json::Value& event) {
    const json::Value& seen = event["observation"];
    CallEnd end;
    std::string text = text_of(seen["content"]);
    if (text.empty()) text = text_of(seen["output"]);
    if (event["kind"].string_or() == "AgentErrorEvent") {
        end.error = "tool_error";
        text = text_of(event["error"]);
    } else if (event["kind"].string_or() == "UserRejectObservation") {
        end.error = "rejected";
        text = text_of(event["rejection_reason"]);
    } else {
        end.error =
            exit_error(seen["exit_code"].is_null() ? seen["metadata"]["exit_code"] : seen["exit_code"]);
        if (end.error.empty() && seen["is_error"].bool_or(false)) end.error = "tool_error";
    }
    take_result(m_session, std::string(event["tool_call_id"].string_or()), std::move(text), std::move(end));
}

void Conversation::take_condensation(const json::Value& event, const std::string& at) {
    m_session.note_compaction();
    m_session.show("summary", std::string(event["summary"].string_or()), at);
}

void Conversation::take_update(const json::Value& event) {
    const std::string_view key = event["key"].string_or();
    if (key == "stats") return take_stats(event["value"]);
    if (key == "full_state") return take_state(event["value"]);
    add_to_counts(m_session.report().ignored_line_types, "ConversationStateUpdateEvent");
}

void Conversation::take_state(const json::Value& state) {
    SessionFacts& about = m_session.about;
    about.id = state["id"].string_or(about.id);
    about.directory = state["workspace"]["working_dir"].string_or(about.directory);
    about.title = state["title"].string_or(about.title);
    about.model = state["agent"]["llm"]["model"].string_or(about.model);
    take_stats(state["stats"]);
}

void Conversation::take_stats(const json::Value& stats) {
    const json::Object* roles = stats["usage_to_metrics"].if_object();
    if (roles == nullptr) return;
    m_cost = 0;
    for (const auto& [role, metrics] : *roles) {
        m_totals[role].all = usage_in(metrics);
        if (role != "condenser" && !m_totals[role].all.model.empty()) m_model = m_totals[role].all.model;
        const json::Number* cost = metrics["accumulated_cost"].if_number();
        if (cost != nullptr && cost->as_double() > 0 && std::isfinite(cost->as_double()))
            m_cost += cost->as_double();
    }
}

void Conversation::take_old_action(const json::Value& event, const std::string& at) {
    const std::string_view action = event["action"].string_or();
    const json::Value& arguments = event["args"];
    const json::Value& asked = event["tool_call_metadata"];
    if (is_one_of(action, k_old_notes)) return add_to_counts(m_session.report().ignored_line_types, action);
    ++m_session.report().conversation_lines;
    if (action == "system") return m_session.set_system_prompt(text_of(arguments["content"]));
    if (action == "message" && event["source"].string_or() == "user") {
        m_session.say(trace::Role::User, text_of(arguments["content"]), at);
        return;
    }
    if (const json::Value& metrics = event["llm_metrics"]; metrics.if_object() != nullptr)
        m_totals["agent"].all = usage_in(metrics);
    m_model = asked["model_response"]["model"].string_or(m_model);
    const std::string response(asked["model_response"]["id"].string_or());
    const bool goes_on = !response.empty() && response == m_response && m_session.has_reply();
    const std::size_t place = reply_of(response, at);
    if (action == "message") return m_session.add_text(place, text_of(arguments["content"]));
    const json::Value& said = asked["model_response"]["choices"].at(0)["message"]["content"];
    if (!goes_on) m_session.add_text(place, said.is_null() ? text_of(arguments["thought"]) : text_of(said));
    // Observations name the event that caused them.
    const auto number = event["id"].integer();
    m_session.call(place, number ? "event-" + std::to_string(*number) : std::string(),
                   asked["function_name"].string_or(action), arguments);
}

void Conversation::take_old_observation(const json::Value& event, const std::string& at) {
    const std::string_view observation = event["observation"].string_or();
    const auto cause = event["cause"].integer();
    if (is_one_of(observation, k_old_notes))
        return add_to_counts(m_session.report().ignored_line_types, observation);
    ++m_session.report().conversation_lines;
    std::string text = text_of(event["content"]);
    const std::string id = cause ? "event-" + std::to_string(*cause) : std::string();
    if (m_session.find_call(id) == nullptr) return m_session.show("program", std::move(text), at);
    const json::Value& extras = event["extras"];
    CallEnd end{exit_error(extras["metadata"]["exit_code"].is_null() ? extras["exit_code"]
                                                                     : extras["metadata"]["exit_code"])};
    if (observation == "error") end.error = "tool_error";
    if (observation == "user_rejected") end.error = "rejected";
    take_result(m_session, id, std::move(text), std::move(end));
}

void Conversation::finish(const std::string& fallback_id, std::string_view reader_version) {
    if (m_session.about.id.empty()) m_session.about.id = m_first_event.empty() ? fallback_id : m_first_event;
    if (m_cost > 0) m_session.evidence().actual_cost_usd = m_cost;
    for (auto& [role, total] : m_totals)
        m_session.count_session(difference(total.all, total.counted));
    m_session.finish(reader_version);
}

}  // namespace opentraces::capture::openhands
