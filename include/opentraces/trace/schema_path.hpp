// Places in a record by their path in the schema ("steps[].tool_calls[].input"): found while compiling,
// visited without comparing a key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "opentraces/trace/record.hpp"
#include "opentraces/trace/schema.hpp"
#include "opentraces/trace/schema_rows.hpp"
#include "opentraces/trace/schema_tree.hpp"

namespace opentraces::trace {

struct SchemaPath {
    std::array<std::uint8_t, 8> rows{};  // in the tables, from the record down
    std::uint8_t depth = 0;
    const SchemaNode* node = nullptr;  // what stands there

    constexpr std::span<const std::uint8_t> steps() const { return {rows.data(), depth}; }
    // Is `other` this place or one below it?
    constexpr bool holds(const SchemaPath& other) const {
        for (std::size_t i = 0; i < depth; ++i)
            if (i >= other.depth || other.rows[i] != rows[i]) return false;
        return true;
    }
};

// The place of a path below another one: each key by the schema, "[]" behind that of a list whose items are
// meant or hold the next key. Anything else does not compile.
constexpr SchemaPath path_below(SchemaPath path, std::string_view text) {
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('.'));
        text.remove_prefix(part.size());
        if (!text.empty()) text.remove_prefix(1);
        const bool items = part.ends_with("[]");
        const std::string_view key = part.substr(0, part.size() - (items ? 2 : 0));
        std::uint8_t row = 0;
        while (row < path.node->members.size() && path.node->members[row].key != key)
            ++row;
        if (row == path.node->members.size()) throw "not a key of the schema";
        path.rows.at(path.depth++) = row;
        path.node = path.node->members[row].node;
        if (items && path.node->type != ValueType::List) throw "not a list by the schema";
        if (items) path.node = path.node->item;
    }
    return path;
}

constexpr SchemaPath path_of(std::string_view text) {
    return path_below({{}, 0, &k_record_schema}, text);
}

namespace paths {

template <IsModel Model, class Visitor>
void visit_row(const Model& model, std::span<const std::uint8_t> steps, Visitor& visitor);

template <class Value, class Visitor>
void visit_value(const Value& value, std::span<const std::uint8_t> steps, Visitor& visitor) {
    if (steps.empty()) {
        visitor.value(value);
    } else if constexpr (IsModel<Value>) {
        visit_row(value, steps, visitor);
    } else if constexpr (k_is_optional<Value>) {
        if (value)
            visit_value(*value, steps, visitor);
        else
            visitor.absent();
    } else if constexpr (k_is_vector<Value>) {
        if constexpr (IsModel<typename Value::value_type>)
            for (const auto& item : visitor.items(value))
                visit_row(item, steps, visitor);
    }
}

template <IsModel Model, class Visitor>
void visit_row(const Model& model, std::span<const std::uint8_t> steps, Visitor& visitor) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        static_cast<void>(
            ((steps.front() == I &&
              (visit_value(model.*std::get<I>(Schema<Model>::k_rows).member, steps.subspan(1), visitor),
               true)) ||
             ...));
    }
    (std::make_index_sequence<k_row_count<Model>>{});
}

}  // namespace paths

// Shows the visitor what the record has there, in order. It has value(), for a member of any type that the
// tables have; absent(), for an optional object that is not there and holds the place; and items(), which
// says how many of a list to look at.
template <class Visitor>
void visit(const TraceRecord& record, const SchemaPath& path, Visitor& visitor) {
    paths::visit_value(record, path.steps(), visitor);
}

}  // namespace opentraces::trace
