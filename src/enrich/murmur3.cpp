#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

std::uint32_t rotate(std::uint32_t value, int bits) {
    return (value << bits) | (value >> (32 - bits));
}

std::uint32_t mix(std::uint32_t block) {
    return rotate(block * 0xcc9e2d51U, 15) * 0x1b873593U;
}

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t at = bytes.size(); at-- > 0;)
        value = (value << 8) | static_cast<unsigned char>(bytes[at]);
    return value;
}

}  // namespace

// MurmurHash3_x86_32 (Austin Appleby, public domain).
std::uint32_t murmur3_32(std::string_view bytes, std::uint32_t seed) {
    std::uint32_t hash = seed;
    const auto length = static_cast<std::uint32_t>(bytes.size());
    for (; bytes.size() >= 4; bytes.remove_prefix(4))
        hash = rotate(hash ^ mix(little_endian(bytes.substr(0, 4))), 13) * 5 + 0xe6546b64U;
    hash ^= mix(little_endian(bytes));
    hash ^= length;
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
    return hash ^ (hash >> 16);
}

}  // namespace opentraces::enrich
