// Edits that say which lines they change, and not where these are.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"

namespace opentraces::enrich {

// The text after all of them, as Codex finds the places (codex-rs/apply-patch, seek_sequence): lines that are
// equal, else equal without the blanks at their ends, else without those around them. nullopt when some are
// not there, or to find them takes too long. What was compared, in bytes, is added to `compared`.
std::optional<std::string> with_sought(std::string_view text, const std::vector<SoughtLines>& edits,
                                       std::size_t& compared);

}  // namespace opentraces::enrich
