// Keys from passphrases.
#pragma once

#include <string>
#include <string_view>

namespace opentraces {

// 32 bytes as lower-case hex by scrypt (RFC 7914) with N = 2^17, r = 8, p = 1: some tenths of a second and
// 128 MiB, for whoever guesses too.
std::string scrypt_hex(std::string_view passphrase, std::string_view salt);

}  // namespace opentraces
