#include "opentraces/core/key_derivation.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces {

std::string scrypt_hex(std::string_view passphrase, std::string_view salt) {
    constexpr std::uint64_t k_cost = std::uint64_t{1} << 17;
    constexpr std::uint64_t k_block = 8;
    constexpr std::uint64_t k_parallel = 1;
    constexpr std::uint64_t k_memory = std::uint64_t{192} << 20;
    std::array<std::uint8_t, 32> key{};
    if (EVP_PBE_scrypt(passphrase.data(), passphrase.size(),
                       reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), k_cost, k_block,
                       k_parallel, k_memory, key.data(), key.size()) != 1)
        throw Error(ErrorCode::Internal,
                    "no key can be derived here: scrypt is not available or has no memory");
    return hex(key);
}

}  // namespace opentraces
