// Where one is in a serialised record, by the schema: for those who read its JSON text without building it.
#pragma once

#include <string_view>

#include "opentraces/trace/schema.hpp"

namespace opentraces::trace {

// A value of the record. What the schema does not describe (unknown keys, a list where a text belongs) is
// free-form.
class SchemaPlace {
public:
    static SchemaPlace record() { return {record_schema(), false}; }

    SchemaPlace member(std::string_view key) const;  // of an object that stands here
    SchemaPlace item() const;                        // of a list that stands here
    // Is this a key of the schema, so that it says nothing about the session?
    bool has_key(std::string_view key) const { return find_member(*m_node, key) != nullptr; }

    // Of a text that stands here, as walk_texts() would show it.
    TextKind kind() const { return m_node->kind; }
    bool is_open() const;
    // Of the keys of an object that stands here, unless they are the schema's own.
    TextKind key_kind() const;

private:
    SchemaPlace(const SchemaNode& node, bool of_map) : m_node(&node), m_of_map(of_map) {}
    const SchemaNode* m_node;
    bool m_of_map;  // a value of a map: the schema names no member there
};

}  // namespace opentraces::trace
