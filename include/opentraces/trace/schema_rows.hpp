// The models as tables: one row per key, in wire order. Reading, writing, hashing, walking, the tree of
// schema.hpp and everything that is derived from it follow these rows, so a key is described once. Defaults
// are the member initialisers in record.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "opentraces/trace/record.hpp"
#include "opentraces/trace/schema.hpp"

namespace opentraces::trace {

template <class Model, class Member>
struct Field {
    std::string_view key;
    Member Model::*member;
    Rule rule = Rule::Optional;
    TextKind kind = TextKind::Name;  // of the strings in this field
    bool hashed = true;
    bool walked = true;
};

namespace rows {

using enum Rule;
using enum TextKind;

template <class Model, class Member>
constexpr Field<Model, Member> row(std::string_view key, Member Model::*member, Rule rule = Optional,
                                   TextKind kind = Name) {
    return {key, member, rule, kind};
}

template <class Model, class Member>
constexpr Field<Model, Member> row(std::string_view key, Member Model::*member, TextKind kind) {
    return {key, member, Optional, kind};
}

// Not part of the hashed view.
template <class Model, class Member>
constexpr Field<Model, Member> unhashed(Field<Model, Member> field) {
    field.hashed = false;
    return field;
}

// Never shown to visitors of texts.
template <class Model, class Member>
constexpr Field<Model, Member> unwalked(Field<Model, Member> field) {
    field.walked = false;
    return field;
}

}  // namespace rows

template <class Model>
struct Schema;  // specialised for each model: its name for readers of the schema, and a tuple of Field

template <>
struct Schema<Task> {
    static constexpr std::string_view k_name = "Task";
    static constexpr auto k_rows = std::tuple{
        rows::row("description", &Task::description, rows::Prose),
        rows::row("source", &Task::source),
        rows::row("repository", &Task::repository),
        rows::row("base_commit", &Task::base_commit, rows::Identifier),
    };
};

template <>
struct Schema<Agent> {
    static constexpr std::string_view k_name = "Agent";
    static constexpr auto k_rows = std::tuple{
        rows::row("name", &Agent::name, rows::Required),
        rows::row("version", &Agent::version),
        rows::row("model", &Agent::model),
    };
};

template <>
struct Schema<Vcs> {
    static constexpr std::string_view k_name = "VCS";
    static constexpr auto k_rows = std::tuple{
        rows::row("type", &Vcs::type),
        rows::row("base_commit", &Vcs::base_commit, rows::Identifier),
        rows::row("branch", &Vcs::branch),
        rows::row("diff", &Vcs::diff, rows::Code),
    };
};

template <>
struct Schema<RecordEnvironment> {
    static constexpr std::string_view k_name = "Environment";
    static constexpr auto k_rows = std::tuple{
        rows::row("os", &RecordEnvironment::os),
        rows::row("shell", &RecordEnvironment::shell),
        rows::row("vcs", &RecordEnvironment::vcs),
        rows::row("language_ecosystem", &RecordEnvironment::language_ecosystem),
    };
};

template <>
struct Schema<ToolCall> {
    static constexpr std::string_view k_name = "ToolCall";
    static constexpr auto k_rows = std::tuple{
        rows::row("tool_call_id", &ToolCall::tool_call_id, rows::Required, rows::Identifier),
        rows::row("tool_name", &ToolCall::tool_name, rows::Required),
        rows::row("input", &ToolCall::input, rows::ToolInput),
        rows::row("duration_ms", &ToolCall::duration_ms, rows::Count),
    };
};

template <>
struct Schema<Observation> {
    static constexpr std::string_view k_name = "Observation";
    static constexpr auto k_rows = std::tuple{
        rows::row("source_call_id", &Observation::source_call_id, rows::Required, rows::Identifier),
        rows::row("content", &Observation::content, rows::ToolOutput),
        rows::row("output_summary", &Observation::output_summary, rows::ToolOutput),
        rows::row("error", &Observation::error, rows::ToolOutput),
    };
};

template <>
struct Schema<Snippet> {
    static constexpr std::string_view k_name = "Snippet";
    static constexpr auto k_rows = std::tuple{
        rows::row("file_path", &Snippet::file_path, rows::Required, rows::Path),
        rows::row("start_line", &Snippet::start_line),
        rows::row("end_line", &Snippet::end_line),
        rows::row("language", &Snippet::language),
        rows::row("text", &Snippet::text, rows::Code),
        rows::row("source_step", &Snippet::source_step),
    };
};

template <>
struct Schema<TokenUsage> {
    static constexpr std::string_view k_name = "TokenUsage";
    static constexpr auto k_rows = std::tuple{
        rows::row("input_tokens", &TokenUsage::input_tokens, rows::Count),
        rows::row("output_tokens", &TokenUsage::output_tokens, rows::Count),
        rows::row("cache_read_tokens", &TokenUsage::cache_read_tokens, rows::Count),
        rows::row("cache_write_tokens", &TokenUsage::cache_write_tokens, rows::Count),
        rows::row("prefix_reuse_tokens", &TokenUsage::prefix_reuse_tokens, rows::Count),
    };
};

template <>
struct Schema<Step> {
    static constexpr std::string_view k_name = "Step";
    static constexpr auto k_rows = std::tuple{
        rows::row("step_index", &Step::step_index, rows::Required),
        rows::row("role", &Step::role, rows::Required),
        rows::row("content", &Step::content, rows::Prose),
        rows::row("reasoning_content", &Step::reasoning_content, rows::Prose),
        rows::row("model", &Step::model),
        rows::row("system_prompt_hash", &Step::system_prompt_hash, rows::Identifier),
        rows::row("agent_role", &Step::agent_role),
        rows::row("parent_step", &Step::parent_step),
        rows::row("call_type", &Step::call_type),
        rows::row("subagent_trajectory_ref", &Step::subagent_trajectory_ref, rows::Identifier),
        rows::row("tools_available", &Step::tools_available),
        rows::row("tool_calls", &Step::tool_calls),
        rows::row("observations", &Step::observations),
        rows::row("snippets", &Step::snippets),
        rows::row("token_usage", &Step::token_usage),
        rows::row("timestamp", &Step::timestamp, rows::Time),
    };
};

template <>
struct Schema<Outcome> {
    static constexpr std::string_view k_name = "Outcome";
    static constexpr auto k_rows = std::tuple{
        rows::row("success", &Outcome::success),
        rows::row("signal_source", &Outcome::signal_source),
        rows::row("signal_confidence", &Outcome::signal_confidence),
        rows::row("description", &Outcome::description, rows::Prose),
        rows::row("patch", &Outcome::patch, rows::Code),
        rows::row("committed", &Outcome::committed),
        rows::row("commit_sha", &Outcome::commit_sha, rows::Identifier),
        rows::row("terminal_state", &Outcome::terminal_state),
        rows::row("reward", &Outcome::reward),
        rows::row("reward_source", &Outcome::reward_source),
    };
};

template <>
struct Schema<AttributionRange> {
    static constexpr std::string_view k_name = "AttributionRange";
    static constexpr auto k_rows = std::tuple{
        rows::row("start_line", &AttributionRange::start_line, rows::Required),
        rows::row("end_line", &AttributionRange::end_line, rows::Required),
        rows::row("content_hash", &AttributionRange::content_hash, rows::Identifier),
        rows::row("confidence", &AttributionRange::confidence),
    };
};

template <>
struct Schema<AttributionConversation> {
    static constexpr std::string_view k_name = "AttributionConversation";
    static constexpr auto k_rows = std::tuple{
        rows::row("contributor", &AttributionConversation::contributor),
        rows::row("url", &AttributionConversation::url),
        rows::row("ranges", &AttributionConversation::ranges),
    };
};

template <>
struct Schema<AttributionFile> {
    static constexpr std::string_view k_name = "AttributionFile";
    static constexpr auto k_rows = std::tuple{
        rows::row("path", &AttributionFile::path, rows::Required, rows::Path),
        rows::row("conversations", &AttributionFile::conversations),
    };
};

template <>
struct Schema<Attribution> {
    static constexpr std::string_view k_name = "Attribution";
    static constexpr auto k_rows = std::tuple{
        rows::row("experimental", &Attribution::experimental),
        rows::row("files", &Attribution::files),
    };
};

template <>
struct Schema<Metrics> {
    static constexpr std::string_view k_name = "Metrics";
    static constexpr auto k_rows = std::tuple{
        rows::row("total_steps", &Metrics::total_steps, rows::Count),
        rows::row("total_input_tokens", &Metrics::total_input_tokens, rows::Count),
        rows::row("total_output_tokens", &Metrics::total_output_tokens, rows::Count),
        rows::row("total_duration_s", &Metrics::total_duration_s, rows::Count),
        rows::row("cache_hit_rate", &Metrics::cache_hit_rate, rows::Rate),
        rows::row("estimated_cost_usd", &Metrics::estimated_cost_usd, rows::Count),
    };
};

template <>
struct Schema<SecurityMetadata> {
    static constexpr std::string_view k_name = "SecurityMetadata";
    static constexpr auto k_rows = std::tuple{
        rows::row("scanned", &SecurityMetadata::scanned),
        rows::row("flags_reviewed", &SecurityMetadata::flags_reviewed, rows::Count),
        rows::row("redactions_applied", &SecurityMetadata::redactions_applied, rows::Count),
        rows::row("classifier_version", &SecurityMetadata::classifier_version),
    };
};

template <>
struct Schema<TraceRecord> {
    static constexpr std::string_view k_name = "TraceRecord";
    static constexpr auto k_rows = std::tuple{
        rows::unwalked(rows::row("schema_version", &TraceRecord::schema_version)),
        rows::unhashed(rows::row("trace_id", &TraceRecord::trace_id, rows::Required, rows::Identifier)),
        rows::row("session_id", &TraceRecord::session_id, rows::Required, rows::Identifier),
        rows::unhashed(rows::row("content_hash", &TraceRecord::content_hash, rows::Identifier)),
        rows::row("timestamp_start", &TraceRecord::timestamp_start, rows::Time),
        rows::row("timestamp_end", &TraceRecord::timestamp_end, rows::Time),
        rows::row("execution_context", &TraceRecord::execution_context),
        rows::row("task", &TraceRecord::task),
        rows::row("agent", &TraceRecord::agent, rows::Required),
        rows::row("environment", &TraceRecord::environment),
        rows::row("system_prompts", &TraceRecord::system_prompts, rows::Prose),
        rows::row("tool_definitions", &TraceRecord::tool_definitions, rows::FreeForm),
        rows::row("steps", &TraceRecord::steps),
        rows::row("outcome", &TraceRecord::outcome),
        rows::row("dependencies", &TraceRecord::dependencies),
        rows::row("metrics", &TraceRecord::metrics),
        rows::row("security", &TraceRecord::security),
        rows::row("attribution", &TraceRecord::attribution),
        rows::row("metadata", &TraceRecord::metadata, rows::FreeForm),
    };
};

template <class Type>
concept IsModel = requires {
    Schema<Type>::k_rows;
};

template <IsModel Model>
inline constexpr std::size_t k_row_count = std::tuple_size_v<decltype(Schema<Model>::k_rows)>;

template <class Type>
inline constexpr bool k_is_optional = false;
template <class Type>
inline constexpr bool k_is_optional<std::optional<Type>> = true;
template <class Type>
inline constexpr bool k_is_vector = false;
template <class Type>
inline constexpr bool k_is_vector<std::vector<Type>> = true;

// Keys in wire order.
template <IsModel Model>
inline constexpr std::array<std::string_view, k_row_count<Model>> k_keys =
    std::apply([](const auto&... row) { return std::array{row.key...}; }, Schema<Model>::k_rows);

// Row numbers in code point order of the keys.
template <IsModel Model>
inline constexpr auto k_sorted_rows = [] {
    std::array<std::size_t, k_row_count<Model>> order{};
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(),
              [](std::size_t a, std::size_t b) { return k_keys<Model>[a] < k_keys<Model>[b]; });
    return order;
}();

template <IsModel Model, class Visit>
void for_each_row(Visit&& visit) {
    std::apply([&](const auto&... row) { (visit(row), ...); }, Schema<Model>::k_rows);
}

template <IsModel Model, class Visit>
void for_each_sorted_row(Visit&& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (visit(std::get<k_sorted_rows<Model>[I]>(Schema<Model>::k_rows)), ...);
    }
    (std::make_index_sequence<k_row_count<Model>>{});
}

}  // namespace opentraces::trace
