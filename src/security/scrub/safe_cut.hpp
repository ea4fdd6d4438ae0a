// Where a scrubbed text may be cut.
#pragma once

#include <cstddef>
#include <string_view>

namespace opentraces::security {

// The bytes of its first `limit` code points, less where needed: a cut goes through no marker and no
// pseudonym, and makes nothing that looks like a secret.
std::size_t safe_cut(std::string_view text, std::size_t limit);

}  // namespace opentraces::security
