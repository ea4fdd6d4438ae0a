// Every environment variable that the program reads, for docs/settings.md; net/limits.hpp has those of its
// own table.
#pragma once

#include <span>
#include <string_view>

namespace opentraces {

struct EnvironmentVariable {
    std::string_view name;
    std::string_view about;
};

std::span<const EnvironmentVariable> environment_variables();

}  // namespace opentraces
