// What a person should look at although it is no secret: internal hosts, accounts, many identifiers.
#pragma once

#include <string_view>
#include <vector>

#include "opentraces/security/scrub.hpp"
#include "opentraces/trace/walk.hpp"

namespace opentraces::security {

// Appends findings that are never redacted.
void flag_text(const trace::TextPlace& place, std::string_view text, std::vector<Finding>& findings);

}  // namespace opentraces::security
