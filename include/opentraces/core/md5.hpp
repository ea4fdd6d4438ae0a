// MD5 (RFC 1321) as other programs use it to name folders. It proves nothing.
#pragma once

#include <string>
#include <string_view>

namespace opentraces {

std::string md5_hex(std::string_view bytes);  // lower case

}  // namespace opentraces
