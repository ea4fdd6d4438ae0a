// Which fields of the schema belong to a group, read from its texts while compiling.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "formats/mappings.hpp"
#include "opentraces/trace/schema_path.hpp"

namespace opentraces::formats {

struct GroupPlaces {
    std::array<trace::SchemaPath, 12> at{};
    std::array<bool, 12> items{};  // named with "[]" at the end
    std::size_t size = 0;

    constexpr void add(const trace::SchemaPath& place, bool of_items = false) {
        items.at(size) = of_items;
        at.at(size++) = place;
    }
    constexpr bool hold(const trace::SchemaPath& place) const {
        for (std::size_t i = 0; i < size; ++i)
            if (at[i].holds(place)) return true;
        return false;
    }
};

// Does not compile for a text that names anything but places of the schema.
constexpr GroupPlaces places_of(std::string_view text) {
    GroupPlaces places;
    std::string_view beside;  // the text before the last key of the last full path
    while (!text.empty()) {
        const std::size_t comma = text.find(", ");
        std::string_view place = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 2);
        if (place.starts_with("and ")) continue;
        if (place.ends_with(".*")) place.remove_suffix(2);
        const bool items = place.ends_with("[]");
        trace::SchemaPath path;
        if (place.starts_with('.')) {
            path = trace::path_below(trace::path_of(beside), place.substr(1));
        } else {
            path = trace::path_of(place);
            const std::size_t point = place.rfind('.');
            beside = place.substr(0, point == std::string_view::npos ? 0 : point);
        }
        // The list itself: its items are what is counted.
        if (items) path.node = nullptr;
        places.add(path, items);
    }
    return places;
}

}  // namespace opentraces::formats
