#include "opentraces/capture/sources.hpp"

#include "capture/decoders.hpp"

#include <algorithm>
#include <memory>

namespace opentraces::capture {
namespace {

constexpr std::size_t k_head = std::size_t{256} << 10;
constexpr std::size_t k_most_kept = std::size_t{16} << 20;

std::string first_bytes(const json::ByteSource& source, std::size_t size) {
    constexpr std::size_t k_piece = std::size_t{32} << 10;
    std::string bytes;
    std::size_t length = 0;
    while (length < size) {
        bytes.resize(std::min(size, length + k_piece));
        const std::size_t count = source(bytes.data() + length, bytes.size() - length);
        if (count == 0) break;
        length += count;
    }
    bytes.resize(length);
    return bytes;
}

}  // namespace

json::ByteSource Sources::open(const std::string& path) {
    const std::shared_ptr<fs::ReadFile> file = m_disk.open(path);
    return decoded([file](char* buffer, std::size_t size) { return file->read(buffer, size); });
}

std::string_view Sources::kept_head(const std::string& path) const {
    const auto known = m_heads.find(path);
    return known == m_heads.end() ? std::string_view() : known->second;
}

std::string_view Sources::head(const std::string& path) {
    const auto known = m_heads.find(path);
    if (known != m_heads.end()) return known->second;
    m_head = first_bytes(open(path), k_head);
    if (m_kept + m_head.size() > k_most_kept) return m_head;
    m_kept += m_head.size();
    return m_heads.emplace(path, std::move(m_head)).first->second;
}

}  // namespace opentraces::capture
