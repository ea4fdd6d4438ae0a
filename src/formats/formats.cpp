#include <algorithm>
#include <array>

#include "exporters.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::formats {
namespace {

constexpr std::array<Format, 0> k_formats{};

}  // namespace

std::span<const Format> formats() {
    return k_formats;
}

const Format& format_named(std::string_view name) {
    const auto found = std::find_if(k_formats.begin(), k_formats.end(),
                                    [&](const Format& format) { return format.name == name; });
    if (found != k_formats.end()) return *found;
    std::string known;
    for (const Format& format : k_formats)
        known.append(known.empty() ? "" : ", ").append(format.name);
    throw Error(ErrorCode::UnknownFormat, "there is no format '" + std::string(name) + "'",
                "Choose one of " + known + ".");
}

}  // namespace opentraces::formats
