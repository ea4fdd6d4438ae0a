// The version of this program.
#pragma once

#include <string_view>

namespace opentraces {

// "0.1.0"
std::string_view program_version();

}  // namespace opentraces
