// Before <toml++/toml.h>, with NDEBUG undefined for it alone: version 3.3 takes some broken texts ("[[#") for
// what cannot be, and that must be an error in every build, not undefined. parse() then throws
// std::logic_error, too.
#pragma once

#include <stdexcept>

namespace opentraces {

constexpr void require_of_toml(bool holds) {
    if (!holds) throw std::logic_error("toml++ cannot read this");
}

}  // namespace opentraces

#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(condition) ::opentraces::require_of_toml(static_cast<bool>(condition))
