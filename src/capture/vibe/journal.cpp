#include "capture/vibe/journal.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/session_builder.hpp"

namespace opentraces::capture::vibe {
namespace {

using std::literals::operator""sv;

// Of the program's own affairs.
constexpr std::array k_not_said{"action_result"sv,
                                "callback_registered"sv,
                                "callback_resolved"sv,
                                "command_reserved"sv,
                                "process_notification_submitted"sv,
                                "process_operation_dispatched"sv,
                                "process_state_changed"sv,
                                "receipt_failed"sv,
                                "receipt_succeeded"sv};

json::Array message_parts(const json::Value& parts) {
    json::Array all;
    if (parts.if_array() == nullptr) return all;
    for (const json::Value& part : *parts.if_array()) {
        json::Value copy = part;
        json::Object* call = copy.if_object();
        if (call != nullptr && part["type"].string_or() == "tool_call") {
            json::Object arguments;
            arguments.set("value", call_arguments(part["arguments_json"]));
            call->set("arguments", std::move(arguments));
        }
        all.push_back(std::move(copy));
    }
    return all;
}

}  // namespace

enrich::ModelUsage usage_of(const json::Value& usage) {
    // In the journal with underscores, in the projection without.
    const bool journal = usage["input_tokens"].integer().has_value();
    const auto count = [&](std::string_view in_journal, std::string_view else_) {
        return count_of(usage[journal ? in_journal : else_]);
    };
    enrich::ModelUsage tokens;
    tokens.cache_read_tokens = count("cached_input_tokens", "cachedInputTokens");
    tokens.input_tokens =
        std::max<std::int64_t>(count("input_tokens", "inputTokens") - tokens.cache_read_tokens, 0);
    tokens.output_tokens = count("output_tokens", "outputTokens");
    return tokens;
}

std::string key_of(const json::Value& parts) {
    std::string key;
    if (parts.if_array() == nullptr) return key;
    for (const json::Value& part : *parts.if_array()) {
        if (part["type"].string_or() == "tool_call") key += "\ncall " + std::string(part["id"].string_or());
        if (part["type"].string_or() == "text") key += part["text"].string_or();
    }
    return key;
}

void Journal::take(const json::Value& record, ParseReport& report) {
    const std::string_view type = record["type"].string_or();
    const json::Value& payload = record["payload"];
    if (type == "core_input") {
        take_input(payload["input"]);
    } else if (type == "action_intent") {
        const json::Value& request = payload["request"];
        if (payload["kind"].string_or() != "completion") return;
        const bool is_of_agent = request["purpose"].string_or("agent") == "agent";
        m_is_of_agent[std::string(payload["action_id"].string_or())] = is_of_agent;
        if (is_of_agent && m_takers.intent) m_takers.intent(request["model_input"]);
    } else if (type == "projection_delta" || type == "projection_advanced" || type == "session_relocated") {
        take_state(payload);
    } else if (std::find(k_not_said.begin(), k_not_said.end(), type) == k_not_said.end()) {
        add_to_counts(report.unknown_line_types, "journal/" + std::string(type));
    }
}

void Journal::take_state(const json::Value& payload) {
    if (!m_takers.state) return;
    const json::Value& whole = payload["snapshot"];
    if (whole.if_object() != nullptr) return m_takers.state(whole["session"], whole["latestTurn"]);
    const json::Array* delta = payload["delta"].if_array();
    if (delta == nullptr) return;
    for (const json::Value& change : *delta)
        if (change["op"].string_or() == "set_envelope")
            m_takers.state(change["state"]["session"], change["state"]["latestTurn"]);
}

void Journal::take_input(const json::Value& input) {
    const json::Value& command = input["command"];
    const std::string_view type = command["type"].string_or();
    const std::string at = time_of(input["determinism"]["time_unix_ms"]);
    if (type == "user_message") {
        if (m_takers.prompt) m_takers.prompt(command["content"], at);
    } else if (type == "completion_succeeded") {
        take_completion(command, at);
    } else if (type == "tool_succeeded" || type == "tool_failed") {
        if (m_takers.result)
            m_takers.result(std::string(command["call_id"].string_or()), command["result"], at);
    }
}

void Journal::take_completion(const json::Value& command, const std::string& at) {
    Completion completion;
    completion.action = command["action_id"].string_or();
    completion.at = at;
    completion.usage = usage_of(command["result"]["usage"]);
    completion.parts = message_parts(command["result"]["parts"]);
    const auto known = m_is_of_agent.find(completion.action);
    completion.is_of_agent = known == m_is_of_agent.end() || known->second;
    if (m_takers.completion) m_takers.completion(std::move(completion));
}

}  // namespace opentraces::capture::vibe
