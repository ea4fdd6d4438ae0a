// Secrets that people write down: keys of wallets, and of wireless networks.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "opentraces/core/digest.hpp"
#include "security/match/matchers.hpp"

namespace opentraces::security {
namespace {

constexpr std::string_view k_base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t k_checksum = 4;

// The bytes of a number in base 58; empty if it is none, or has more than 40.
std::string decode_base58(std::string_view text) {
    std::array<std::uint8_t, 40> bytes{};
    std::size_t used = 0;
    for (const char c : text) {
        std::size_t carry = k_base58.find(c);
        if (carry == std::string_view::npos) return {};
        for (std::size_t i = 0; i < used || carry > 0; ++i) {
            if (i == bytes.size()) return {};
            carry += bytes[i] * std::size_t{58};
            bytes[i] = static_cast<std::uint8_t>(carry & 0xff);
            carry >>= 8;
            used = std::max(used, i + 1);
        }
    }
    return {bytes.rend() - static_cast<std::ptrdiff_t>(used), bytes.rend()};
}

std::string sha256(std::string_view bytes) {
    Sha256 digest;
    digest.update(bytes);
    const auto value = digest.finish();
    return {value.begin(), value.end()};
}

}  // namespace

bool is_wallet_import_key(std::string_view candidate) {
    const std::string bytes = decode_base58(candidate);
    // A version, 32 bytes, a mark of compressed keys, the checksum.
    if (bytes.size() != 37 && bytes.size() != 38) return false;
    const std::string_view body = std::string_view(bytes).substr(0, bytes.size() - k_checksum);
    return sha256(sha256(body)).starts_with(std::string_view(bytes).substr(body.size()));
}

bool has_wifi_password(std::string_view code) {
    const std::size_t at = code.find(";P:");
    return at != std::string_view::npos && at + 3 < code.size() && code[at + 3] != ';';
}

}  // namespace opentraces::security
