// TraceRecord as a tree: what stands under which key. For those who describe the record, or read its text by
// its schema, without its C++ types. It follows from the tables of schema_rows.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace opentraces::trace {

enum class TextKind {
    Prose,       // task description, step content, reasoning, system prompts, outcome description
    ToolInput,   // tool_calls[].input at any depth
    ToolOutput,  // observation content, output_summary, error
    Code,        // snippet text, outcome.patch, environment.vcs.diff
    Path,        // snippet.file_path, attribution paths
    FreeForm,    // metadata, tool_definitions at any depth
    Name,        // agent, model, tool names, branch, repository, dependencies, urls, …
    Identifier,  // trace_id, session_id, call ids, hashes: visited so that nothing is left out
};

enum class Rule : std::uint8_t {
    Optional,  // absent: the default
    Required,  // absent: the record is rejected
    Rate,      // optional, a number from 0 to 1
    Count,     // optional; negative numbers are read but doubted
    Time,      // optional; texts that are not ISO 8601 are read but doubted
};

enum class ValueType : std::uint8_t {
    Text,
    Word,      // one of SchemaNode::words
    Integer,   // of any size
    Number,    // binary64
    Flag,      // true or false
    List,      // of SchemaNode::item
    Map,       // an object whose keys are data; its values are SchemaNode::item
    FreeForm,  // an object of anything
    Model,     // an object of SchemaNode::members
};

struct SchemaNode;

struct SchemaMember {
    std::string_view key;
    Rule rule = Rule::Optional;
    bool nullable = false;
    const SchemaNode* node = nullptr;
};

struct SchemaNode {
    ValueType type = ValueType::FreeForm;
    TextKind kind = TextKind::FreeForm;       // of the texts here, and of those in a free-form value
    std::string_view name;                    // of a model: "Step"
    std::span<const std::string_view> words;  // of a word, in the order of the enumeration
    const SchemaNode* item = nullptr;         // of a list or map
    std::span<const SchemaMember> members;    // of a model, in wire order
};

// The whole record.
const SchemaNode& record_schema();

// The member of a model with that key; null if it has none.
constexpr const SchemaMember* find_member(const SchemaNode& model, std::string_view key) {
    for (const SchemaMember& member : model.members)
        if (member.key == key) return &member;
    return nullptr;
}

}  // namespace opentraces::trace
