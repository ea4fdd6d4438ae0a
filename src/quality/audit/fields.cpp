#include "quality/audit/fields.hpp"

#include <array>

namespace opentraces::quality {
namespace {

constexpr Field row(std::string_view path, std::string_view source, std::string_view expected,
                    std::string_view personas, Flag flag = Flag::None) {
    return {path, source, expected, personas, flag, trace::path_of(path)};
}

constexpr std::array<Field, k_audited_fields> k_fields{
    row("schema_version", "generated", "always", ""),
    row("trace_id", "generated", "always", ""),
    row("session_id", "parser", "always", ""),
    row("content_hash", "generated", "always", "", Flag::FilledIn),
    row("timestamp_start", "parser", "always", "analytics"),
    row("timestamp_end", "parser", "always", "analytics"),
    row("task.description", "parser", "always", "training, domain"),
    row("task.source", "parser", "optional", "domain"),
    row("task.repository", "enrichment:git", "git_repo", "domain", Flag::NotImplemented),
    row("task.base_commit", "enrichment:git", "git_repo", "rl", Flag::NotImplemented),
    row("agent.name", "parser", "always", "domain"),
    row("agent.version", "parser", "always", "domain"),
    row("agent.model", "parser", "always", "analytics, rl"),
    row("environment.os", "parser", "always", "domain, analytics"),
    row("environment.shell", "parser", "optional", "domain"),
    row("environment.vcs.type", "enrichment:git", "always", "domain"),
    row("environment.vcs.base_commit", "enrichment:git", "git_repo", "rl"),
    row("environment.vcs.branch", "enrichment:git", "git_repo", "domain"),
    row("environment.vcs.diff", "enrichment:git", "git_repo", "rl"),
    row("environment.language_ecosystem", "enrichment:dependencies", "has_manifests", "domain"),
    row("system_prompts", "parser", "optional", "training"),
    row("tool_definitions", "parser", "optional", "training"),
    row("steps", "parser", "always", "training, rl, analytics"),
    row("steps[].content", "parser", "optional", "training"),
    row("steps[].reasoning_content", "parser", "optional", "training, rl", Flag::SessionDependent),
    row("steps[].model", "parser", "optional", "analytics, rl"),
    row("steps[].system_prompt_hash", "parser", "optional", "training"),
    row("steps[].agent_role", "parser", "has_subagents", "rl", Flag::SessionDependent),
    row("steps[].parent_step", "parser", "has_subagents", "rl", Flag::SessionDependent),
    row("steps[].call_type", "parser", "always", "training, rl, analytics"),
    row("steps[].subagent_trajectory_ref", "parser", "has_subagents", "", Flag::SessionDependent),
    row("steps[].tools_available", "parser", "has_tools", ""),
    row("steps[].timestamp", "parser", "always", "analytics"),
    row("steps[].tool_calls[].tool_call_id", "parser", "has_tools", "training"),
    row("steps[].tool_calls[].tool_name", "parser", "has_tools", "training"),
    row("steps[].tool_calls[].input", "parser", "has_tools", "training"),
    row("steps[].tool_calls[].duration_ms", "parser", "has_tools", "analytics", Flag::SessionDependent),
    row("steps[].observations[].source_call_id", "parser", "has_tools", "training"),
    row("steps[].observations[].content", "parser", "has_tools", "training"),
    row("steps[].observations[].output_summary", "parser", "has_tools", "", Flag::SessionDependent),
    row("steps[].observations[].error", "parser", "optional", "", Flag::SessionDependent),
    row("steps[].snippets[].file_path", "parser", "has_tools", "domain", Flag::SessionDependent),
    row("steps[].snippets[].language", "parser", "has_tools", "domain", Flag::SessionDependent),
    row("steps[].snippets[].text", "parser", "has_tools", "training, domain", Flag::SessionDependent),
    row("steps[].snippets[].start_line", "parser", "has_tools", "", Flag::SessionDependent),
    row("steps[].snippets[].end_line", "parser", "has_tools", "", Flag::SessionDependent),
    row("steps[].snippets[].source_step", "parser", "has_tools", "", Flag::SessionDependent),
    row("steps[].token_usage.input_tokens", "parser", "always", "analytics, rl"),
    row("steps[].token_usage.output_tokens", "parser", "always", "analytics, rl"),
    row("steps[].token_usage.cache_read_tokens", "parser", "always", "analytics"),
    row("steps[].token_usage.cache_write_tokens", "parser", "optional", "analytics"),
    row("steps[].token_usage.prefix_reuse_tokens", "parser", "optional", ""),
    row("outcome.success", "enrichment:git", "optional", "rl", Flag::SessionDependent),
    row("outcome.signal_source", "enrichment:git", "always", "rl"),
    row("outcome.signal_confidence", "enrichment:git", "always", "rl"),
    row("outcome.description", "enrichment:git", "optional", "", Flag::SessionDependent),
    row("outcome.patch", "enrichment:git", "has_commits", "rl", Flag::SessionDependent),
    row("outcome.committed", "enrichment:git", "git_repo", "rl", Flag::SessionDependent),
    row("outcome.commit_sha", "enrichment:git", "has_commits", "rl", Flag::SessionDependent),
    row("attribution", "enrichment:attribution", "has_edits", "domain, rl", Flag::SessionDependent),
    row("attribution.files", "enrichment:attribution", "has_edits", "domain", Flag::SessionDependent),
    row("metrics.total_steps", "enrichment:metrics", "always", "analytics"),
    row("metrics.total_input_tokens", "enrichment:metrics", "always", "analytics"),
    row("metrics.total_output_tokens", "enrichment:metrics", "always", "analytics"),
    row("metrics.total_duration_s", "enrichment:metrics", "always", "analytics"),
    row("metrics.cache_hit_rate", "enrichment:metrics", "always", "analytics"),
    row("metrics.estimated_cost_usd", "enrichment:metrics", "always", "analytics, rl"),
    row("security.scanned", "security", "always", ""),
    row("security.flags_reviewed", "security", "always", ""),
    row("security.redactions_applied", "security", "always", ""),
    row("security.classifier_version", "security", "optional", "", Flag::NotImplemented),
    row("dependencies", "enrichment:dependencies", "has_manifests", "domain"),
    row("metadata", "parser", "optional", ""),
};

// Not asked for: what every record has by its form, what the audit of the reference does not know.
constexpr auto k_left_out = std::to_array<trace::SchemaPath>({
    trace::path_of("execution_context"),
    trace::path_of("steps[].step_index"),
    trace::path_of("steps[].role"),
    trace::path_of("outcome.terminal_state"),
    trace::path_of("outcome.reward"),
    trace::path_of("outcome.reward_source"),
    trace::path_of("attribution.experimental"),
    trace::path_of("attribution.files[].path"),
    trace::path_of("attribution.files[].conversations"),
});

}  // namespace

std::span<const Field> audited_fields() {
    return k_fields;
}

std::span<const trace::SchemaPath> unaudited_fields() {
    return k_left_out;
}

}  // namespace opentraces::quality
