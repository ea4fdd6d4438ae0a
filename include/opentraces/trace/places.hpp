// Where one is in a serialised record, by the schema: for those who read its JSON text without building it.
#pragma once

#include <string_view>

#include "opentraces/trace/walk.hpp"

namespace opentraces::trace {

struct SchemaNode;

// A value of the record. What the schema does not describe (unknown keys, a list where a text belongs) is
// free-form.
class SchemaPlace {
public:
    static SchemaPlace record();

    SchemaPlace member(std::string_view key) const;  // of an object that stands here
    SchemaPlace item() const;                        // of a list that stands here
    // Is this a key of the schema, so that it says nothing about the session?
    bool has_key(std::string_view key) const;

    // Of a text that stands here, as walk_texts() would show it.
    TextKind kind() const;
    bool is_open() const;
    // Of the keys of an object that stands here, unless they are the schema's own.
    TextKind key_kind() const;

private:
    explicit SchemaPlace(const SchemaNode& node) : m_node(&node) {}
    const SchemaNode* m_node;
};

}  // namespace opentraces::trace
