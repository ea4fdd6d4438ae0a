// Values of options that formats know.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "opentraces/core/error.hpp"

namespace opentraces::formats {

// The number of `given` in `known`; empty is the first. Error BadOption names the choices.
template <std::size_t N>
std::size_t choice(const std::array<std::string_view, N>& known, const std::string& given,
                   std::string_view option) {
    if (given.empty()) return 0;
    const auto found = std::find(known.begin(), known.end(), given);
    if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    std::string names;
    for (const std::string_view name : known)
        names.append(names.empty() ? "" : ", ").append(name);
    throw Error(ErrorCode::BadOption, std::string(option) + " does not know '" + given + "'",
                "Choose one of " + names + ".");
}

}  // namespace opentraces::formats
