#include "security/field_names.hpp"

#include <algorithm>
#include <array>

namespace opentraces::security {

namespace {

constexpr std::array<std::string_view, 40> k_schema_names = {"agent_role",
                                                             "base_commit",
                                                             "branch",
                                                             "call_type",
                                                             "classifier_version",
                                                             "commit_sha",
                                                             "confidence",
                                                             "content_hash",
                                                             "dependencies",
                                                             "execution_context",
                                                             "error_kind",
                                                             "language",
                                                             "language_ecosystem",
                                                             "model",
                                                             "name",
                                                             "os",
                                                             "parent_step",
                                                             "repository",
                                                             "reward_source",
                                                             "role",
                                                             "schema_version",
                                                             "session_id",
                                                             "shell",
                                                             "signal_confidence",
                                                             "signal_source",
                                                             "source",
                                                             "source_call_id",
                                                             "subagent_trajectory_ref",
                                                             "system_prompt_hash",
                                                             "terminal_state",
                                                             "timestamp",
                                                             "timestamp_end",
                                                             "timestamp_start",
                                                             "tool_call_id",
                                                             "tool_name",
                                                             "tools_available",
                                                             "trace_id",
                                                             "type",
                                                             "url",
                                                             "version"};

}  // namespace

bool is_schema_name(std::string_view key) {
    return std::find(k_schema_names.begin(), k_schema_names.end(), key) != k_schema_names.end();
}

bool is_fixed_id(std::string_view key) {
    return key == "trace_id" || key == "content_hash";
}

std::string_view last_name(std::string_view path) {
    while (path.ends_with(']')) {
        const std::size_t open = path.rfind('[');
        if (open == std::string_view::npos || run_end<'d'>(path, open + 1) + 1 != path.size()) break;
        path = path.substr(0, open);
    }
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

std::string_view FieldNames::name_for(std::uint64_t parent, std::string_view key, std::string_view text) {
    const bool same_object = parent == m_parent;
    m_parent = parent;
    if (same_object && (key == "value" || key == "Value") && !m_name.empty()) return m_name;
    m_name.clear();
    if ((key == "name" || key == "Name" || key == "key" || key == "Key") && text.size() <= 80) m_name = text;
    return key;
}

}  // namespace opentraces::security
