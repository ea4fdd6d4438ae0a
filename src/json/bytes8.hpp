// Eight bytes of text at a time: which of them a reader or writer of JSON strings has to look at.
// Method: "Determine if a word has a byte equal to n", Bit Twiddling Hacks; exact for the first byte found.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace opentraces::json {

inline constexpr std::uint64_t k_each_byte = 0x0101010101010101U;
inline constexpr std::uint64_t k_high_bits = 0x80 * k_each_byte;

// Byte 0 is the first one of the text on every machine.
inline std::uint64_t load8(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

constexpr std::uint64_t bytes_equal(std::uint64_t word, unsigned char byte) {
    const std::uint64_t difference = word ^ (byte * k_each_byte);
    return (difference - k_each_byte) & ~difference & k_high_bits;
}

constexpr std::uint64_t control_bytes(std::uint64_t word) {
    return (word - 0x20 * k_each_byte) & ~word & k_high_bits;
}

// Quotation marks, backslashes and control characters.
constexpr std::uint64_t string_specials(std::uint64_t word) {
    return bytes_equal(word, '"') | bytes_equal(word, '\\') | control_bytes(word);
}

constexpr std::size_t first_byte(std::uint64_t found) {
    return static_cast<std::size_t>(std::countr_zero(found)) / 8;
}

// Where the first special byte is, from `at`; the size of the text if there is none. `specials_of` answers
// for eight bytes, `is_special` for one.
template <class SpecialsOf, class IsSpecial>
std::size_t find_special(std::string_view text, std::size_t at, SpecialsOf specials_of,
                         IsSpecial is_special) {
    for (; at + 8 <= text.size(); at += 8) {
        const std::uint64_t found = specials_of(load8(text.data() + at));
        if (found != 0) return at + first_byte(found);
    }
    while (at < text.size() && !is_special(static_cast<unsigned char>(text[at])))
        ++at;
    return at;
}

}  // namespace opentraces::json
