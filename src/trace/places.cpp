#include "opentraces/trace/places.hpp"

namespace opentraces::trace {
namespace {

constexpr SchemaNode k_unknown;

bool is_text(const SchemaNode& node) {
    return node.type == ValueType::Text || node.type == ValueType::Word;
}

}  // namespace

SchemaPlace SchemaPlace::member(std::string_view key) const {
    switch (m_node->type) {
        case ValueType::Model: {
            const SchemaMember* known = find_member(*m_node, key);
            return {known != nullptr ? *known->node : k_unknown, false};
        }
        case ValueType::Map:
            return {*m_node->item, true};
        case ValueType::FreeForm:
            return *this;  // everything in it is of one kind, at any depth
        default:
            return {k_unknown, false};
    }
}

SchemaPlace SchemaPlace::item() const {
    if (m_node->type == ValueType::List) return {*m_node->item, false};
    if (m_node->type == ValueType::FreeForm) return *this;
    return {k_unknown, false};
}

bool SchemaPlace::is_open() const {
    return m_of_map || !is_text(*m_node);
}

TextKind SchemaPlace::key_kind() const {
    if (m_node->type == ValueType::Map) return TextKind::Identifier;
    return m_node->type == ValueType::FreeForm ? m_node->kind : TextKind::FreeForm;
}

}  // namespace opentraces::trace
