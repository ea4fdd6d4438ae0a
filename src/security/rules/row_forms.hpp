// Rows that many formats share.
#pragma once

#include <vector>

#include "security/match/matchers.hpp"
#include "security/rules/rule.hpp"

namespace opentraces::security {

// A value that has a form but no beginning of its own: only what is assigned to a name with one of `names` in
// it, and only as a whole.
inline Rule by_name(std::string_view id, std::string_view description, Origin origin, std::string_view names,
                    std::string_view form, std::vector<std::string_view> hits,
                    std::vector<std::string_view> misses, double min_entropy = 3.0) {
    return {.id = id,
            .description = description,
            .origin = origin,
            .severity = Severity::High,
            .anchors = names,
            .any_case = true,
            .after = form,
            .min_entropy = min_entropy,
            .value = ValueKind::Exact,
            .matcher = match_assignment,
            .hits = std::move(hits),
            .misses = std::move(misses)};
}

}  // namespace opentraces::security
