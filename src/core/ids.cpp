#include "opentraces/core/ids.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"

namespace opentraces {
namespace {

// The namespace of our trace ids; never changes, because published ids were derived from it.
constexpr std::string_view k_trace_namespace = "6f70656e-7472-5163-8573-2d7472616365";

using UuidBytes = std::array<std::uint8_t, 16>;

std::string uuid_text(UuidBytes bytes, int version) {
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | (version << 4));
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
    const std::string digits = hex(bytes);
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
           digits.substr(16, 4) + "-" + digits.substr(20);
}

}  // namespace

std::string IdSource::hex(std::size_t digits) {
    std::string text;
    while (text.size() < digits)
        text += fmt::format("{:016x}", next_u64());
    text.resize(digits);
    return text;
}

std::string IdSource::uuid4() {
    UuidBytes bytes{};
    for (std::size_t half = 0; half < 2; ++half) {
        std::uint64_t word = next_u64();
        for (std::size_t i = 0; i < 8; ++i, word >>= 8)
            bytes[half * 8 + i] = static_cast<std::uint8_t>(word);
    }
    return uuid_text(bytes, 4);
}

std::uint64_t RandomIds::next_u64() {
    std::uint64_t word = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&word), sizeof word) != 1) {
        throw Error(ErrorCode::Internal, "the system gave no random numbers");
    }
    return word;
}

std::uint64_t SeededIds::next_u64() {
    std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

std::string uuid5(std::string_view space, std::string_view name) {
    UuidBytes bytes = uuid_bytes(space).value();
    const auto digest = sha1(std::string(bytes.begin(), bytes.end()).append(name));
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    return uuid_text(bytes, 5);
}

TraceId trace_id_for(std::string_view agent, std::string_view session_id, int revision) {
    // U+001F separates the parts, so that no two pairs of agent and session give the same name.
    std::string name = fmt::format("{}\x1f{}", agent, session_id);
    if (revision > 0) name += fmt::format("\x1f{}", revision);
    return TraceId{uuid5(k_trace_namespace, name)};
}

}  // namespace opentraces
