// Digests and their text forms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace opentraces {

// Streaming SHA-256 (FIPS 180-4).
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(std::string_view bytes);
    // Finishes; the object must not be used afterwards.
    std::array<std::uint8_t, 32> finish();
    std::string finish_hex();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

std::string hex(std::span<const std::uint8_t> bytes);  // lower case
std::string sha256_hex(std::string_view bytes);
// Keyed digest (RFC 2104), lower-case hex.
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);
std::array<std::uint8_t, 20> sha1(std::string_view bytes);
// The object id that git gives to a file with this content: SHA-1 of "blob <len>\0" + bytes.
std::string git_blob_id(std::string_view bytes);
std::string base64(std::string_view bytes);  // RFC 4648 section 4, padded

}  // namespace opentraces
