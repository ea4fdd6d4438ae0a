#include "opentraces/quality/preservation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "quality/rubric_0_2/facts.hpp"
#include "quality/rubric_0_2/rounding.hpp"
#include "quality/rubric_0_2/white_space.hpp"

namespace opentraces::quality {
namespace {

constexpr double k_weights = 5.5;
constexpr double k_hidden_thinking = 0.5;

bool is_truthy(const json::Value& value) {
    if (const std::string* text = value.if_string()) return !text->empty();
    if (const bool* flag = value.if_bool()) return *flag;
    if (const json::Number* number = value.if_number()) return number->as_double() != 0;
    if (const json::Array* array = value.if_array()) return !array->empty();
    if (const json::Object* object = value.if_object()) return !object->empty();
    return false;
}

std::int64_t length_of(const json::Value& value) {
    return static_cast<std::int64_t>(code_points(value.string_or()));
}

void read_result(const json::Value& content, RawSession& raw) {
    raw.content_characters += length_of(content);
    if (const json::Array* parts = content.if_array())
        for (const json::Value& part : *parts)
            if (part["type"].string_or() == "text") raw.content_characters += length_of(part["text"]);
}

void read_block(const json::Value& block, RawSession& raw) {
    const std::string_view type = block["type"].string_or();
    if (type == "text") raw.content_characters += length_of(block["text"]);
    if (type == "tool_use") {
        ++raw.tool_uses;
        const std::string_view name = block["name"].string_or();
        if (name == "Agent" || name == "Task") ++raw.subagent_calls;
    }
    if (type == "tool_result") {
        ++raw.tool_results;
        read_result(block["content"], raw);
    }
    if (type == "thinking") {
        ++raw.thinking_blocks;
        if (!is_blank(block["thinking"].string_or())) ++raw.thinking_with_content;
    }
}

void read_message(const json::Value& message, RawSession& raw) {
    if (message.if_object() == nullptr) return;
    const std::string_view model = message["model"].string_or();
    if (!model.empty()) raw.models.emplace(model);
    const json::Value& usage = message["usage"];
    if (usage["input_tokens"].integer().value_or(0) > 0 || usage["output_tokens"].integer().value_or(0) > 0)
        ++raw.usage_entries;
    raw.content_characters += length_of(message["content"]);
    if (const json::Array* blocks = message["content"].if_array())
        for (const json::Value& block : *blocks)
            read_block(block, raw);
}

void read_queue(const json::Value& line, RawSession& raw) {
    try {
        const json::Value content = json::parse(line["content"].string_or());
        const json::Object* object = content.if_object();
        if (object == nullptr) return;
        if (object->find("system") != nullptr) ++raw.system_prompts;
        const std::string_view model = content["model"].string_or();
        if (!model.empty()) raw.models.emplace(model);
    } catch (const json::SyntaxError&) {
        return;  // most queued texts are no JSON
    }
}

double kept(std::int64_t parsed, std::int64_t raw) {
    return raw == 0 ? 1.0 : std::min(static_cast<double>(parsed) / static_cast<double>(raw), 1.0);
}

struct Parsed {
    std::int64_t steps = 0, calls = 0, observations = 0, reasoning = 0, usage = 0, timestamps = 0,
                 subagents = 0;
    bool git_like = false;  // a tool name contains Bash or git
    bool edits = false;     // a tool is named exactly Edit or Write
};

Parsed parsed_of(const trace::TraceRecord& record) {
    Parsed parsed;
    const TraceFacts facts = facts_of(record, false);
    parsed.steps = static_cast<std::int64_t>(facts.steps);
    parsed.calls = static_cast<std::int64_t>(facts.calls);
    parsed.observations = static_cast<std::int64_t>(facts.observations);
    parsed.usage = static_cast<std::int64_t>(facts.agent_steps_with_tokens);
    parsed.subagents = static_cast<std::int64_t>(facts.subagent_steps);
    for (const trace::Step& step : record.steps) {
        if (has_text(step.reasoning_content)) ++parsed.reasoning;
        if (is_given(step.timestamp)) ++parsed.timestamps;
        for (const trace::ToolCall& call : step.tool_calls) {
            const std::string& name = call.tool_name;
            parsed.git_like |=
                name.find("Bash") != std::string::npos || name.find("git") != std::string::npos;
            parsed.edits |= name == "Edit" || name == "Write";
        }
    }
    return parsed;
}

double thinking_ratio(const Parsed& parsed, const RawSession& raw) {
    if (raw.thinking_blocks == 0) return 1.0;
    if (raw.thinking_with_content == 0) return k_hidden_thinking;
    return kept(parsed.reasoning, raw.thinking_with_content);
}

void find_losses(const Parsed& parsed, const RawSession& raw, std::vector<SignalLoss>& losses) {
    const auto add = [&](std::string_view signal, std::int64_t raw_count, std::int64_t parsed_count) {
        losses.push_back(
            {signal, raw_count, parsed_count,
             fmt::format("{} of {} in the session file are in the record", parsed_count, raw_count)});
    };
    if (raw.thinking_with_content > 0 && parsed.reasoning == 0) add("thinking", raw.thinking_with_content, 0);
    if (raw.tool_results > parsed.observations) add("tool_results", raw.tool_results, parsed.observations);
    if (raw.timestamps > parsed.timestamps) add("timestamps", raw.timestamps, parsed.timestamps);
    if (raw.usage_entries > parsed.usage) add("token_usage", raw.usage_entries, parsed.usage);
}

}  // namespace

void RawSession::add_line(std::string_view text) {
    ++total_lines;
    if (is_blank(text)) return;
    json::Value line;
    try {
        line = json::parse(text);
    } catch (const json::SyntaxError&) {
        ++corrupted_lines;
        return;
    }
    if (line.if_object() == nullptr) {
        ++corrupted_lines;
        return;
    }
    if (is_truthy(line["timestamp"])) ++timestamps;
    const std::string_view type = line["type"].string_or();
    if (type == "queue-operation") read_queue(line, *this);
    if (type == "user") ++user_messages;
    if (type == "assistant") ++assistant_messages;
    if (type == "user" || type == "assistant") read_message(line["message"], *this);
}

Preservation preservation_of(const trace::TraceRecord& record, const RawSession& raw) {
    const Parsed parsed = parsed_of(record);
    Preservation result;
    result.trace_id = record.trace_id;
    result.categories = {{{"messages", 1.0, kept(parsed.steps, raw.user_messages + raw.assistant_messages)},
                          {"tool_calls", 1.0, kept(parsed.calls, raw.tool_uses)},
                          {"tool_results", 0.9, kept(parsed.observations, raw.tool_results)},
                          {"thinking", 0.5, thinking_ratio(parsed, raw)},
                          {"token_usage", 0.8, kept(parsed.usage, raw.usage_entries)},
                          {"timestamps", 0.6, kept(parsed.timestamps, raw.timestamps)},
                          {"subagents", 0.7, kept(parsed.subagents, raw.subagent_calls)}}};
    double sum = 0;
    for (const Preservation::Category& category : result.categories)
        sum += category.ratio * category.weight;
    result.overall = rounded(sum / k_weights, 4);
    find_losses(parsed, raw, result.losses);
    const bool changed = record.attribution && !record.attribution->files.empty();
    if (record.outcome.committed && raw.tool_uses == 0 && !parsed.git_like)
        result.impossible.emplace_back("committed, but the session called no tool");
    if (changed && raw.tool_uses == 0 && !parsed.edits)
        result.impossible.emplace_back("attribution names files, but the session edited none");
    return result;
}

}  // namespace opentraces::quality
