// Base64 (RFC 4648) to bytes. Bytes to base64 is base64() in core/digest.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace opentraces {

// Section 4, padded and canonical; nullopt for anything else.
std::optional<std::string> decode_base64(std::string_view text);
// The bytes of a run in either alphabet, up to the first character that does not belong.
std::string decode_base64_run(std::string_view run);

}  // namespace opentraces
