#include "opentraces/shard/hash_list.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"

namespace opentraces::shard {
namespace {

constexpr std::size_t k_digest_size = 32;

}  // namespace

bool is_content_hash(std::string_view text) {
    return text.size() == 2 * k_digest_size &&
           std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
}

void HashList::add(const ContentHash& hash) {
    const std::string& text = hash.str();
    if (!is_content_hash(text)) throw Error(ErrorCode::Internal, "a content hash must have 64 hex digits");
    for (std::size_t i = 0; i < text.size(); i += 2)
        m_bytes.push_back(static_cast<char>(hex_digit(text[i]) << 4 | hex_digit(text[i + 1])));
}

ContentHash HashList::at(std::size_t index) const {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(m_bytes.data()) + index * k_digest_size;
    return ContentHash(hex(std::span(begin, k_digest_size)));
}

std::size_t HashList::size() const {
    return m_bytes.size() / k_digest_size;
}

HashList HashList::from_bytes(std::string bytes) {
    if (bytes.size() % k_digest_size != 0) throw Error(ErrorCode::Internal, "not a list of 32-byte digests");
    HashList list;
    list.m_bytes = std::move(bytes);
    return list;
}

}  // namespace opentraces::shard
