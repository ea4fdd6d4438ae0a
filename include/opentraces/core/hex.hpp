// Hexadecimal digits. Bytes to digits is hex() in core/digest.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace opentraces {

// What a digit of either case is worth; -1 for any other character.
constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The value of exactly `count` (at most 7) digits of either case at `at`; -1 if they are not there.
constexpr int hex_value(std::string_view text, std::size_t at, std::size_t count) {
    if (at > text.size() || text.size() - at < count) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

constexpr bool is_lower_hex_digit(char c) {
    return hex_digit(c) >= 0 && !(c >= 'A' && c <= 'F');
}

// Exactly so many digits, in lower case: the form of digests and of our own ids.
constexpr bool is_lower_hex(std::string_view text, std::size_t digits) {
    if (text.size() != digits) return false;
    for (const char c : text)
        if (!is_lower_hex_digit(c)) return false;
    return true;
}

// 8-4-4-4-12 digits of either case.
constexpr bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : hex_digit(text[i]) < 0) return false;
    }
    return true;
}

constexpr std::optional<std::array<std::uint8_t, 16>> uuid_bytes(std::string_view text) {
    if (!is_uuid(text)) return std::nullopt;
    std::array<std::uint8_t, 16> bytes{};
    std::size_t digits = 0;
    for (const char c : text) {
        if (c == '-') continue;
        std::uint8_t& byte = bytes[digits++ / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | hex_digit(c));
    }
    return bytes;
}

}  // namespace opentraces
