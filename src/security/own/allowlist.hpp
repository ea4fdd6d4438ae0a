// Whether a match is one that a file of rules lets pass.
#pragma once

#include <string_view>

#include "security/own/own_rules.hpp"

namespace opentraces::security {

struct Candidate {
    std::string_view text;
    Span match;
    Span secret;
    TextOrigin origin;
};

// Conditions on a path or a commit do not hold for a text of which that is not known.
bool is_allowed(const Allowlist& list, const Candidate& candidate);

}  // namespace opentraces::security
