#include "db/wal.hpp"

#include <bit>

namespace opentraces::db {
namespace {

constexpr std::uint32_t k_magic = 0x377f0682;  // the lowest bit: checksums over big-endian words
constexpr std::uint32_t k_format = 3'007'000;
constexpr std::size_t k_frame_header = 24;
constexpr std::uint32_t k_least_page = 512;
constexpr std::uint32_t k_largest_page = 65536;

std::uint32_t little_endian(const char* bytes) {
    const auto at = [bytes](int i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
    };
    return at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24;
}

class Checksum {
public:
    explicit Checksum(bool big) : m_big(big) {}
    // Eight bytes at a time.
    void add(std::string_view bytes) {
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            m_first += word(bytes.data() + at) + m_second;
            m_second += word(bytes.data() + at + 4) + m_first;
        }
    }
    bool is(const char* stored) const {
        return big_endian(stored) == m_first && big_endian(stored + 4) == m_second;
    }

private:
    std::uint32_t word(const char* bytes) const { return m_big ? big_endian(bytes) : little_endian(bytes); }

    bool m_big;
    std::uint32_t m_first = 0;
    std::uint32_t m_second = 0;
};

}  // namespace

std::uint32_t big_endian(const char* bytes) {
    const auto at = [bytes](int i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
    };
    return at(0) << 24 | at(1) << 16 | at(2) << 8 | at(3);
}

std::size_t read_fully(fs::ReadFile& file, char* buffer, std::size_t size) {
    std::size_t filled = 0;
    while (filled < size) {
        const std::size_t count = file.read(buffer + filled, size - filled);
        if (count == 0) break;
        filled += count;
    }
    return filled;
}

WalPages read_wal(fs::ReadFile& log) {
    WalPages pages;
    std::string header(k_wal_header, '\0');
    if (read_fully(log, header.data(), header.size()) < header.size()) return pages;
    const std::uint32_t magic = big_endian(header.data());
    if ((magic & ~1U) != k_magic || big_endian(header.data() + 4) != k_format) return pages;
    const std::uint32_t size = big_endian(header.data() + 8);
    if (size < k_least_page || size > k_largest_page || !std::has_single_bit(size)) return pages;
    Checksum checksum((magic & 1U) != 0);
    checksum.add(std::string_view(header).substr(0, 24));
    if (!checksum.is(header.data() + 24)) return pages;
    const std::string_view salts = std::string_view(header).substr(16, 8);
    pages.header = header;
    pages.page_size = size;
    std::unordered_map<std::uint32_t, std::uint64_t> pending;
    std::string frame(k_frame_header + size, '\0');
    for (std::uint64_t at = k_wal_header; read_fully(log, frame.data(), frame.size()) == frame.size();
         at += frame.size()) {
        const std::string_view bytes = frame;
        checksum.add(bytes.substr(0, 8));
        checksum.add(bytes.substr(k_frame_header));
        if (bytes.substr(8, 8) != salts || !checksum.is(frame.data() + 16)) break;
        pending.insert_or_assign(big_endian(frame.data()), at + k_frame_header);
        const std::uint32_t committed = big_endian(frame.data() + 4);
        if (committed == 0) continue;
        pages.pages = committed;
        for (const auto& [page, offset] : pending)
            pages.offsets.insert_or_assign(page, offset);
        pending.clear();
    }
    return pages;
}

}  // namespace opentraces::db
