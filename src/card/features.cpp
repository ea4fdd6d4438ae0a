#include "card/features.hpp"

#include <string_view>

namespace opentraces::card {
namespace {

// Maps whose keys are data are json too: as structs each key would become a column.
constexpr std::string_view k_dataset_info = R"(config_name: default
features:
- name: schema_version
  dtype: string
- name: trace_id
  dtype: string
- name: session_id
  dtype: string
- name: content_hash
  dtype: string
- name: timestamp_start
  dtype: string
- name: timestamp_end
  dtype: string
- name: execution_context
  dtype: string
- name: task
  struct:
  - name: description
    dtype: string
  - name: source
    dtype: string
  - name: repository
    dtype: string
  - name: base_commit
    dtype: string
- name: agent
  struct:
  - name: name
    dtype: string
  - name: version
    dtype: string
  - name: model
    dtype: string
- name: environment
  struct:
  - name: os
    dtype: string
  - name: shell
    dtype: string
  - name: vcs
    struct:
    - name: type
      dtype: string
    - name: base_commit
      dtype: string
    - name: branch
      dtype: string
    - name: diff
      dtype: string
  - name: language_ecosystem
    list: string
- name: system_prompts
  dtype: json
- name: tool_definitions
  list: json
- name: steps
  list:
  - name: step_index
    dtype: int64
  - name: role
    dtype: string
  - name: content
    dtype: string
  - name: reasoning_content
    dtype: string
  - name: model
    dtype: string
  - name: system_prompt_hash
    dtype: string
  - name: agent_role
    dtype: string
  - name: parent_step
    dtype: int64
  - name: call_type
    dtype: string
  - name: subagent_trajectory_ref
    dtype: string
  - name: tools_available
    list: string
  - name: tool_calls
    list:
    - name: tool_call_id
      dtype: string
    - name: tool_name
      dtype: string
    - name: input
      dtype: json
    - name: duration_ms
      dtype: int64
  - name: observations
    list:
    - name: source_call_id
      dtype: string
    - name: content
      dtype: string
    - name: output_summary
      dtype: string
    - name: error
      dtype: string
  - name: snippets
    list:
    - name: file_path
      dtype: string
    - name: start_line
      dtype: int64
    - name: end_line
      dtype: int64
    - name: language
      dtype: string
    - name: text
      dtype: string
    - name: source_step
      dtype: int64
  - name: token_usage
    struct:
    - name: input_tokens
      dtype: int64
    - name: output_tokens
      dtype: int64
    - name: cache_read_tokens
      dtype: int64
    - name: cache_write_tokens
      dtype: int64
    - name: prefix_reuse_tokens
      dtype: int64
  - name: timestamp
    dtype: string
- name: outcome
  struct:
  - name: success
    dtype: bool
  - name: signal_source
    dtype: string
  - name: signal_confidence
    dtype: string
  - name: description
    dtype: string
  - name: patch
    dtype: string
  - name: committed
    dtype: bool
  - name: commit_sha
    dtype: string
  - name: terminal_state
    dtype: string
  - name: reward
    dtype: float64
  - name: reward_source
    dtype: string
- name: dependencies
  list: string
- name: metrics
  struct:
  - name: total_steps
    dtype: int64
  - name: total_input_tokens
    dtype: int64
  - name: total_output_tokens
    dtype: int64
  - name: total_duration_s
    dtype: float64
  - name: cache_hit_rate
    dtype: float64
  - name: estimated_cost_usd
    dtype: float64
- name: security
  struct:
  - name: scanned
    dtype: bool
  - name: flags_reviewed
    dtype: int64
  - name: redactions_applied
    dtype: int64
  - name: classifier_version
    dtype: string
- name: attribution
  struct:
  - name: experimental
    dtype: bool
  - name: files
    list:
    - name: path
      dtype: string
    - name: conversations
      list:
      - name: contributor
        dtype: json
      - name: url
        dtype: string
      - name: ranges
        list:
        - name: start_line
          dtype: int64
        - name: end_line
          dtype: int64
        - name: content_hash
          dtype: string
        - name: confidence
          dtype: string
- name: metadata
  dtype: json
)";

}  // namespace

std::string dataset_info_yaml() {
    return std::string(k_dataset_info);
}

}  // namespace opentraces::card
