#include "opentraces/core/md5.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces {

std::string md5_hex(std::string_view bytes) {
    std::array<std::uint8_t, 16> digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_md5(), nullptr) != 1)
        throw Error(ErrorCode::Internal, "MD5 is not available");
    return hex(digest);
}

}  // namespace opentraces
