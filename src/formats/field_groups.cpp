// The rows of the coverage table, and how many values of each a record has.
#include "formats/field_groups.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::formats {
namespace {

constexpr auto k_public_groups = [] {
    std::array<FieldGroup, k_groups.size()> groups{};
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i] = {k_groups[i].name, k_groups[i].fields};
    return groups;
}();

// The fields below a place, without those that `besides` names.
constexpr void add_leaves(GroupPlaces& leaves, const trace::SchemaPath& place, const GroupPlaces& besides) {
    const trace::SchemaNode* node = place.node;
    if (node->type == trace::ValueType::List && node->item->type == trace::ValueType::Model)
        node = node->item;
    if (node->type != trace::ValueType::Model) {
        if (!besides.hold(place)) leaves.add(place);
        return;
    }
    for (std::size_t row = 0; row < node->members.size(); ++row) {
        trace::SchemaPath below = place;
        below.rows.at(below.depth++) = static_cast<std::uint8_t>(row);
        below.node = node->members[row].node;
        add_leaves(leaves, below, besides);
    }
}

// Lists whose items are counted stay as they are.
constexpr GroupPlaces counted_places(const GroupRow& row) {
    const GroupPlaces besides = places_of(row.uncounted);
    const GroupPlaces named = places_of(row.counted.empty() ? row.fields : row.counted);
    GroupPlaces counted;
    for (std::size_t i = 0; i < named.size; ++i) {
        if (named.items[i])
            counted.add(named.at[i]);
        else
            add_leaves(counted, named.at[i], besides);
    }
    return counted;
}

constexpr auto k_counted = [] {
    std::array<GroupPlaces, k_groups.size()> counted{};
    for (std::size_t i = 0; i < counted.size(); ++i)
        counted[i] = counted_places(k_groups[i]);
    return counted;
}();

// Values are what differs from nothing.
struct Values {
    std::uint64_t count = 0;

    void value(const std::string& text) { count += text.empty() ? 0 : 1; }
    void value(const trace::Integer& number) { count += number.value() != 0 ? 1 : 0; }
    void value(bool flag) { count += flag ? 1 : 0; }
    void value(trace::VcsType type) { count += type == trace::VcsType::None ? 0 : 1; }
    template <class Word>
    requires std::is_enum_v<Word>
    void value(Word) { ++count; }
    template <trace::IsModel Model>
    void value(const Model&) {}  // its fields are counted in its place
    void value(const json::Object& object) { count += object.size(); }
    template <class Item>
    void value(const std::vector<Item>& list) {
        count += list.size();
    }
    template <class Type>
    void value(const std::optional<Type>& given) {
        count += given.has_value() ? 1 : 0;
    }
    void absent() {}
    template <class Item>
    const std::vector<Item>& items(const std::vector<Item>& list) const {
        return list;
    }
};

}  // namespace

std::span<const FieldGroup> field_groups() {
    return k_public_groups;
}

void add_values(const trace::TraceRecord& record, std::span<std::uint64_t> sums) {
    for (std::size_t i = 0; i < k_counted.size(); ++i) {
        Values values;
        for (std::size_t place = 0; place < k_counted[i].size; ++place)
            trace::visit(record, k_counted[i].at[place], values);
        sums[i] += values.count;
    }
}

std::string_view name_of(Coverage coverage) {
    switch (coverage) {
        case Coverage::Full:
            return "full";
        case Coverage::Extension:
            return "extension";
        case Coverage::Partial:
            return "partial";
        case Coverage::Dropped:
            break;
    }
    return "dropped";
}

}  // namespace opentraces::formats
