// What a transcript for people keeps of a record; html and markdown show the same.
#pragma once

#include "formats/mappings.hpp"

namespace opentraces::formats {

inline constexpr Mappings k_readable_mappings = keeps({
    {"schema_version", Coverage::Extension, "everything else of the record"},
    {"trace_id", Coverage::Full, "facts"},
    {"session_id", Coverage::Full, "facts"},
    {"content_hash", Coverage::Extension, "everything else of the record"},
    {"timestamps", Coverage::Full, "facts; everything else of the record"},
    {"execution_context", Coverage::Extension, "everything else of the record"},
    {"task", Coverage::Full, "title, facts; everything else of the record"},
    {"agent", Coverage::Full, "facts"},
    {"environment", Coverage::Extension, "everything else of the record"},
    {"vcs", Coverage::Full, "facts; changes before the session"},
    {"system_prompts", Coverage::Full, "where the prompt comes into force; everything else of the record"},
    {"tool_definitions", Coverage::Extension, "everything else of the record"},
    {"steps", Coverage::Full, "a section each"},
    {"content", Coverage::Full, "text of the section"},
    {"reasoning_content", Coverage::Full, "folded"},
    {"step_model", Coverage::Full, "head of the section"},
    {"step_timestamp", Coverage::Full, "head of the section, to the second"},
    {"agent_role", Coverage::Partial, "title of a sub-agent's run"},
    {"call_type", Coverage::Partial, "warm-ups are marked, sub-agents nested"},
    {"subagents", Coverage::Full, "nested below the call that started them"},
    {"tool_calls", Coverage::Full, "folded: name and the most telling argument, all of the input inside"},
    {"durations", Coverage::Full, "inside the call"},
    {"observations", Coverage::Full, "inside the call"},
    {"errors", Coverage::Full, "mark on the call"},
    {"token_usage", Coverage::Full, "head of the section (cache included)"},
    {"cache_read", Coverage::Full, "head of the section"},
    {"cache_write", Coverage::Full, "head of the section"},
    {"metrics", Coverage::Full, "facts; everything else of the record"},
    {"outcome", Coverage::Full, "facts, patch of the session; everything else of the record"},
    {"dependencies", Coverage::Extension, "everything else of the record"},
    {"security", Coverage::Extension, "everything else of the record"},
    {"attribution", Coverage::Extension, "everything else of the record"},
    {"metadata", Coverage::Extension, "everything else of the record"},
});

}  // namespace opentraces::formats
