// Folders as addresses, as editors and the agents that live in them write them.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/percent.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {

// "/home/me/an app" of "file:///home/me/an%20app"; empty for every other address.
inline std::string path_of_file_uri(std::string_view address) {
    constexpr std::string_view k_scheme = "file://";
    return address.starts_with(k_scheme) ? repair_utf8(percent_decoded(address.substr(k_scheme.size())))
                                         : std::string();
}

}  // namespace opentraces::capture
