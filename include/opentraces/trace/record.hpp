// TraceRecord, schema 0.2.0: one agent session. Field order here is key order on the wire.
// Texts are valid UTF-8; "absent" is nullopt and is written as null.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "opentraces/json/value.hpp"
#include "opentraces/trace/integer.hpp"

namespace opentraces::trace {

inline constexpr std::string_view k_schema_version = "0.2.0";

using Text = std::string;
using OptText = std::optional<std::string>;
using TextMap = std::vector<std::pair<std::string, std::string>>;  // insertion order, unique keys

enum class ExecutionContext { Devtime, Runtime };
enum class VcsType { Git, None };
enum class Role { System, User, Agent };
enum class CallType { Main, Subagent, Warmup };
enum class SignalConfidence { Derived, Inferred, Annotated };
enum class TerminalState { GoalReached, Interrupted, Error, Abandoned };
enum class RangeConfidence { High, Medium, Low };

struct Task {
    OptText description;
    OptText source;
    OptText repository;  // owner/repo
    OptText base_commit;
};

struct Agent {
    Text name;
    OptText version;
    OptText model;  // provider/model-name
};

struct Vcs {
    VcsType type = VcsType::None;
    OptText base_commit;
    OptText branch;
    OptText diff;
};

struct RecordEnvironment {
    OptText os;
    OptText shell;
    Vcs vcs;
    std::vector<Text> language_ecosystem;
};

struct ToolCall {
    Text tool_call_id;
    Text tool_name;
    json::Object input;
    std::optional<Integer> duration_ms;
};

struct Observation {
    Text source_call_id;
    OptText content;
    OptText output_summary;
    OptText error;  // "no_result": the call never got an answer
};

struct Snippet {
    Text file_path;
    std::optional<Integer> start_line;
    std::optional<Integer> end_line;
    OptText language;
    OptText text;
    std::optional<Integer> source_step;
};

struct TokenUsage {
    Integer input_tokens;
    Integer output_tokens;
    Integer cache_read_tokens;
    Integer cache_write_tokens;
    Integer prefix_reuse_tokens;
};

struct Step {
    Integer step_index;
    Role role = Role::User;
    OptText content;
    OptText reasoning_content;
    OptText model;
    OptText system_prompt_hash;
    OptText agent_role;
    std::optional<Integer> parent_step;
    std::optional<CallType> call_type;
    OptText subagent_trajectory_ref;
    std::vector<Text> tools_available;
    std::vector<ToolCall> tool_calls;
    std::vector<Observation> observations;
    std::vector<Snippet> snippets;
    TokenUsage token_usage;
    OptText timestamp;  // ISO 8601
};

struct Outcome {
    std::optional<bool> success;
    Text signal_source = "deterministic";
    SignalConfidence signal_confidence = SignalConfidence::Derived;
    OptText description;
    OptText patch;
    bool committed = false;
    OptText commit_sha;
    std::optional<TerminalState> terminal_state;
    std::optional<double> reward;
    OptText reward_source;
};

struct AttributionRange {
    Integer start_line;
    Integer end_line;
    OptText content_hash;
    std::optional<RangeConfidence> confidence;
};

struct AttributionConversation {
    TextMap contributor;
    OptText url;
    std::vector<AttributionRange> ranges;
};

struct AttributionFile {
    Text path;
    std::vector<AttributionConversation> conversations;
};

struct Attribution {
    bool experimental = true;
    std::vector<AttributionFile> files;
};

struct Metrics {
    Integer total_steps;
    Integer total_input_tokens;
    Integer total_output_tokens;
    std::optional<double> total_duration_s;
    std::optional<double> cache_hit_rate;  // 0 to 1
    std::optional<double> estimated_cost_usd;
};

struct SecurityMetadata {
    bool scanned = false;
    Integer flags_reviewed;
    Integer redactions_applied;
    OptText classifier_version;
};

struct TraceRecord {
    Text schema_version{k_schema_version};
    Text trace_id;
    Text session_id;
    OptText content_hash;  // as read; recomputed at every write
    OptText timestamp_start;
    OptText timestamp_end;
    std::optional<ExecutionContext> execution_context;
    Task task;
    Agent agent;
    RecordEnvironment environment;
    TextMap system_prompts;
    std::vector<json::Object> tool_definitions;
    std::vector<Step> steps;
    Outcome outcome;
    std::vector<Text> dependencies;
    Metrics metrics;
    SecurityMetadata security;
    std::optional<Attribution> attribution;
    json::Object metadata;
};

std::string_view name_of(ExecutionContext value);
std::string_view name_of(VcsType value);
std::string_view name_of(Role value);
std::string_view name_of(CallType value);
std::string_view name_of(SignalConfidence value);
std::string_view name_of(TerminalState value);
std::string_view name_of(RangeConfidence value);

}  // namespace opentraces::trace
