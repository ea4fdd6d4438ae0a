// The tree of schema.hpp, made of the tables while compiling.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "opentraces/trace/names.hpp"
#include "opentraces/trace/schema.hpp"
#include "opentraces/trace/schema_rows.hpp"

namespace opentraces::trace {
namespace tree {

template <class Type>
struct Plain {
    using Value = Type;
};
template <class Type>
struct Plain<std::optional<Type>> {
    using Value = Type;
};

template <class Type, TextKind Kind>
constexpr const SchemaNode* node_of();

template <ValueType Type, TextKind Kind>
struct Leaf {
    static constexpr SchemaNode k_node{Type, Kind, {}, {}, nullptr, {}};
};

template <class Enum, TextKind Kind>
struct Word {
    static constexpr SchemaNode k_node{ValueType::Word, Kind, {}, k_names<Enum>, nullptr, {}};
};

template <class Model, class Rows>
struct Branch;

template <class Model, std::size_t... I>
struct Branch<Model, std::index_sequence<I...>> {
    template <std::size_t Index>
    static constexpr SchemaMember member() {
        constexpr auto row = std::get<Index>(Schema<Model>::k_rows);
        using Member = std::remove_cvref_t<decltype(std::declval<Model>().*row.member)>;
        return {row.key, row.rule, k_is_optional<Member>, node_of<Member, row.kind>()};
    }
    static constexpr std::array<SchemaMember, sizeof...(I)> k_members{member<I>()...};
    static constexpr SchemaNode k_node{ValueType::Model, TextKind::FreeForm, Schema<Model>::k_name, {},
                                       nullptr,          k_members};
};

template <class Item, TextKind Kind>
struct List {
    static constexpr SchemaNode k_node{
        ValueType::List, TextKind::FreeForm, {}, {}, node_of<Item, Kind>(), {}};
};

template <TextKind Kind>
struct Map {
    static constexpr SchemaNode k_node{
        ValueType::Map, TextKind::FreeForm, {}, {}, &Leaf<ValueType::Text, Kind>::k_node, {}};
};

template <class Type, TextKind Kind>
constexpr const SchemaNode* node_of() {
    using Value = typename Plain<Type>::Value;
    if constexpr (IsModel<Value>) {
        return &Branch<Value, std::make_index_sequence<k_row_count<Value>>>::k_node;
    } else if constexpr (std::is_same_v<Value, TextMap>) {
        return &Map<Kind>::k_node;
    } else if constexpr (k_is_vector<Value>) {
        return &List<typename Value::value_type, Kind>::k_node;
    } else if constexpr (std::is_enum_v<Value>) {
        static_assert(!k_names<Value>.empty(), "an enumeration without its names: names.hpp");
        return &Word<Value, Kind>::k_node;
    } else if constexpr (std::is_same_v<Value, json::Object>) {
        return &Leaf<ValueType::FreeForm, Kind>::k_node;
    } else if constexpr (std::is_same_v<Value, std::string>) {
        return &Leaf<ValueType::Text, Kind>::k_node;
    } else if constexpr (std::is_same_v<Value, Integer>) {
        return &Leaf<ValueType::Integer, TextKind::FreeForm>::k_node;
    } else if constexpr (std::is_same_v<Value, double>) {
        return &Leaf<ValueType::Number, TextKind::FreeForm>::k_node;
    } else {
        static_assert(std::is_same_v<Value, bool>, "a type that the schema does not know");
        return &Leaf<ValueType::Flag, TextKind::FreeForm>::k_node;
    }
}

}  // namespace tree

inline constexpr const SchemaNode& k_record_schema = *tree::node_of<TraceRecord, TextKind::Name>();

}  // namespace opentraces::trace
