#include "opentraces/trace/places.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>

#include "trace/schema.hpp"

namespace opentraces::trace {

struct SchemaMember {
    std::string_view key;
    const SchemaNode* node;
};

struct SchemaNode {
    TextKind kind = TextKind::FreeForm;
    TextKind key_kind = TextKind::FreeForm;
    bool open = true;
    const SchemaNode* item = nullptr;        // null: not a list by the schema
    const SchemaNode* any_member = nullptr;  // of free-form objects and maps
    std::span<const SchemaMember> members;   // of models
};

namespace {

// In free-form values everything is of one kind, at any depth.
template <TextKind Kind>
struct FreeForm {
    static const SchemaNode k_node;
};
template <TextKind Kind>
constexpr SchemaNode FreeForm<Kind>::k_node{Kind, Kind, true, &k_node, &k_node, {}};

constexpr const SchemaNode& k_unknown = FreeForm<TextKind::FreeForm>::k_node;

template <TextKind Kind, bool Open>
struct Text {
    static constexpr SchemaNode k_node{Kind, TextKind::FreeForm, Open, nullptr, nullptr, {}};
};

template <class Type, TextKind Kind>
constexpr const SchemaNode* node_of();

template <class Model, class Rows>
struct ModelNode;

template <class Model, std::size_t... I>
struct ModelNode<Model, std::index_sequence<I...>> {
    template <std::size_t Index>
    static constexpr SchemaMember member() {
        constexpr auto row = std::get<Index>(Schema<Model>::k_rows);
        using Member = std::remove_cvref_t<decltype(std::declval<Model>().*row.member)>;
        return {row.key, node_of<Member, row.kind>()};
    }
    static constexpr std::array<SchemaMember, sizeof...(I)> k_members{member<I>()...};
    static constexpr SchemaNode k_node{TextKind::FreeForm, TextKind::FreeForm, true, nullptr, nullptr,
                                       k_members};
};

template <class Item, TextKind Kind>
struct ListNode {
    static constexpr SchemaNode k_node{
        TextKind::FreeForm, TextKind::FreeForm, true, node_of<Item, Kind>(), nullptr, {}};
};

template <TextKind Kind>
struct MapNode {
    static constexpr SchemaNode k_node{
        TextKind::FreeForm, TextKind::Identifier, true, nullptr, &Text<Kind, true>::k_node, {}};
};

template <class Type>
struct OptionalOf {
    using Value = Type;
};
template <class Type>
struct OptionalOf<std::optional<Type>> {
    using Value = Type;
};

template <class Type, TextKind Kind>
constexpr const SchemaNode* node_of() {
    using Plain = typename OptionalOf<Type>::Value;
    if constexpr (IsModel<Plain>) {
        return &ModelNode<Plain, std::make_index_sequence<k_row_count<Plain>>>::k_node;
    } else if constexpr (std::is_same_v<Plain, TextMap>) {
        return &MapNode<Kind>::k_node;
    } else if constexpr (k_is_vector<Plain> && !std::is_same_v<Plain, json::Array>) {
        return &ListNode<typename Plain::value_type, Kind>::k_node;
    } else if constexpr (std::is_same_v<Plain, std::string> || std::is_enum_v<Plain>) {
        return &Text<Kind, false>::k_node;
    } else if constexpr (std::is_same_v<Plain, json::Object> || std::is_same_v<Plain, json::Array> ||
                         std::is_same_v<Plain, json::Value>) {
        return &FreeForm<Kind>::k_node;
    } else {
        return &k_unknown;  // a number or a flag: a text there is none of the schema's
    }
}

const SchemaMember* find(const SchemaNode& node, std::string_view key) {
    const auto found = std::find_if(node.members.begin(), node.members.end(),
                                    [&](const SchemaMember& member) { return member.key == key; });
    return found == node.members.end() ? nullptr : &*found;
}

}  // namespace

SchemaPlace SchemaPlace::record() {
    return SchemaPlace(*node_of<TraceRecord, TextKind::Name>());
}

SchemaPlace SchemaPlace::member(std::string_view key) const {
    if (const SchemaMember* known = find(*m_node, key)) return SchemaPlace(*known->node);
    return SchemaPlace(m_node->any_member != nullptr ? *m_node->any_member : k_unknown);
}

SchemaPlace SchemaPlace::item() const {
    return SchemaPlace(m_node->item != nullptr ? *m_node->item : k_unknown);
}

bool SchemaPlace::has_key(std::string_view key) const {
    return find(*m_node, key) != nullptr;
}

TextKind SchemaPlace::kind() const {
    return m_node->kind;
}

bool SchemaPlace::is_open() const {
    return m_node->open;
}

TextKind SchemaPlace::key_kind() const {
    return m_node->key_kind;
}

}  // namespace opentraces::trace
