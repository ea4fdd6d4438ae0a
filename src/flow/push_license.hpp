// The licence under which traces leave.
#pragma once

#include <optional>
#include <string>

#include "opentraces/flow/push.hpp"

namespace opentraces::flow {

// What the card is to state: what it states already, else what was chosen, by option, by the settings, or
// when asked now. Empty, with a note: nobody has chosen one. `card` is README.md of the dataset, if it has
// one that stays. Errors InvalidState when --license contradicts it, CardMalformed, ConfigInvalid.
std::string license_for(const std::optional<std::string>& card, const std::string& dataset,
                        const PushOptions& options, Progress& progress);

}  // namespace opentraces::flow
