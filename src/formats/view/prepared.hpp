// The view of a record that every exporter starts from: runs of the main agent and its sub-agents, calls with
// their answers, tool definitions, times and models in one form. Everything points into the record, which has
// to outlive it; nothing of the texts is copied.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::formats {

inline constexpr std::size_t k_none = std::numeric_limits<std::size_t>::max();

// Nanoseconds since the Unix epoch, UTC.
struct Instant {
    std::int64_t ns = 0;
    int digits = 0;  // of the fraction, as given
    bool operator==(const Instant&) const = default;
};
// What core/date_time.hpp reads; nullopt for a date without a time, which is no instant, and outside of the
// years that 64 bits can count (1678 to 2261).
std::optional<Instant> parse_instant(std::string_view text);
// 2026-03-28T10:00:05.000Z: three digits, up to six when the source has them.
void append_instant(std::string& out, Instant at);
std::string instant_text(Instant at);
inline std::int64_t to_milliseconds(Instant at) {
    return at.ns >= 0 ? at.ns / 1'000'000 : -((999'999 - at.ns) / 1'000'000);
}

// Empty parts are unknown.
struct ModelName {
    std::string_view provider;  // "anthropic"
    std::string_view name;      // "claude-sonnet-4-5"
};
// Splits at the first '/'; a bare name gets the provider of its family. "<synthetic>" is no model.
ModelName split_model(std::string_view model);
// The model as the record spells it; empty when it is none.
std::string_view model_text(const trace::OptText& model);

// An element of tool_definitions; the OpenAI function form is {"type":"function","function":<bare form>}.
struct ToolDefinition {
    std::string_view name;
    const json::Value* description = nullptr;  // may be null
    const json::Value* parameters = nullptr;   // null: an object without properties
    const json::Object* wrapped = nullptr;     // it already was in function form
};
// Elements without a name are left out, of equal names the first is kept.
std::vector<ToolDefinition> tool_definitions(const trace::TraceRecord& record);
void append_function_form(std::string& out, const ToolDefinition& tool);
void append_bare_form(std::string& out, const ToolDefinition& tool);

// Text that is written as one string.
using Pieces = std::array<std::string_view, 4>;
std::string joined(const Pieces& pieces);
// `observation` may be null: the call was never answered ("no_result").
// Formats that have only text: the error in front of the content.
Pieces observation_text(const trace::Observation* observation);
// Formats that say elsewhere that it is an error: the error only where there is no content.
Pieces observation_text_beside_error(const trace::Observation* observation);
// The error, or "no_result" for a null observation; empty when there is none.
std::string_view error_of(const trace::Observation* observation);

// One observation of a step. A call's first observation is its answer.
struct Result {
    const trace::Observation* observation = nullptr;
    std::size_t call = k_none;  // number in step.tool_calls; k_none: an orphan
    bool answer = false;
};

struct PreparedStep {
    const trace::Step* step = nullptr;
    std::size_t position = 0;            // in record.steps
    std::vector<Result> results;         // by call, a call's answer first; orphans last
    std::vector<std::size_t> subagents;  // runs that it spawned, numbers in Prepared::runs
    std::optional<Instant> time;
    // A reference to steps that the record does not have; else empty.
    std::string_view unresolved_reference;

    const trace::Observation* answer_of(std::size_t call) const;
    bool is_warmup() const { return step->call_type == trace::CallType::Warmup; }
    bool is_agent() const { return step->role == trace::Role::Agent; }
};

struct Run {
    std::string id;                    // empty for the main run; unique in the record
    std::size_t parent = k_none;       // the spawning run; k_none for the main run
    std::size_t parent_step = k_none;  // number in the parent's steps; k_none: unknown
    std::size_t parent_call = k_none;  // number in that step's tool_calls; k_none: unknown
    std::size_t depth = 0;
    std::vector<PreparedStep> steps;
    std::string_view role;   // of its first agent step that has one
    std::string_view model;  // of its first agent step that has one

    bool is_main() const { return parent == k_none; }
};

struct Prepared {
    const trace::TraceRecord* record = nullptr;
    std::vector<Run> runs;  // the main run first, parents before children
    std::vector<ToolDefinition> tools;
    // The record counts cache reads and writes beside input_tokens, not inside it.
    bool cache_beside_input = false;

    // All input of one model call, cache included.
    std::int64_t prompt_total(const trace::TokenUsage& usage) const;
    // The delegating call of a sub-agent run; null when unknown.
    const trace::ToolCall* spawning_call(const Run& run) const;
};
Prepared prepare(const trace::TraceRecord& record);

// What a delegating call asks its sub-agent; empty when it says nothing.
std::string_view delegated_prompt(const trace::ToolCall& call);

// The first call of a step that starts sub-agents, by its name or because it is the only one; k_none: none.
std::size_t delegating_call(const trace::Step& step);

bool has_usage(const trace::TokenUsage& usage);

// The text of a step's system prompt; empty when the record does not have it.
std::string_view system_prompt(const trace::TraceRecord& record, const trace::OptText& hash);

// Names made unique by "#2", "#3", …
class UniqueNames {
public:
    // The name to use; valid as long as this object and `name` are.
    std::string_view claim(std::string_view name);

private:
    std::unordered_set<std::string_view> m_taken;
    std::unordered_map<std::string_view, std::size_t> m_next;
    std::deque<std::string> m_made;
};

// `name` as a part of a file name: letters, digits, '.', '_' and '-' stay, others become '_'; never empty,
// hidden, or longer than 120 bytes (what is longer ends in a digest of the whole).
std::string file_stem(std::string_view name);

}  // namespace opentraces::formats
