// What commands that ask for the user or the machine have answered.
#pragma once

#include <functional>
#include <string_view>

#include "security/scrub/sightings.hpp"

namespace opentraces::security {

// Nothing unless each command of the line is one that answers a single line, and all have.
void read_answer(std::string_view command, std::string_view answer,
                 const std::function<void(Subject, std::string_view name)>& seen);

}  // namespace opentraces::security
