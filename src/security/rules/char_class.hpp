// Named byte classes, one letter each, used by rule patterns and written matchers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace opentraces::security {

using ClassMask = std::uint32_t;

// d digits          h lower-case hex   x hex in either case     a lower case   A upper case
// u [A-Z0-9]        l [a-z0-9]         w letters and digits     v w and _      n w and -
// b base64url       B base64 without = e base64 with =          t b and .~+/=  i v and -
// r e and _-        y [A-Za-z]           c t and :?&%@#!        g = / - _ + and x, which may end a name
// s printable ASCII except space, quotes, backslash, <, > and backtick
inline constexpr std::string_view k_class_letters = "dhxaAulwvnbBetiysrcg";

constexpr bool class_holds(char letter, unsigned char c) {
    const bool digit = c >= '0' && c <= '9';
    const bool lower = c >= 'a' && c <= 'z';
    const bool upper = c >= 'A' && c <= 'Z';
    const bool word = digit || lower || upper;
    switch (letter) {
        case 'd':
            return digit;
        case 'h':
            return digit || (c >= 'a' && c <= 'f');
        case 'x':
            return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        case 'a':
            return lower;
        case 'A':
            return upper;
        case 'u':
            return digit || upper;
        case 'l':
            return digit || lower;
        case 'w':
            return word;
        case 'v':
            return word || c == '_';
        case 'n':
            return word || c == '-';
        case 'i':
        case 'b':
            return word || c == '_' || c == '-';
        case 'B':
            return word || c == '+' || c == '/';
        case 'e':
            return word || c == '+' || c == '/' || c == '=';
        case 't':
            return word || c == '_' || c == '-' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
        case 'c':
            return class_holds('t', c) || c == ':' || c == '?' || c == '&' || c == '%' || c == '@' ||
                   c == '#' || c == '!';
        case 'g':
            return c == '=' || c == '/' || c == '-' || c == '_' || c == '+' || c == 'x';
        case 'r':
            return word || c == '_' || c == '-' || c == '+' || c == '/' || c == '=';
        case 'y':
            return lower || upper;
        case 's':
            return c > 0x20 && c < 0x7f && c != '"' && c != '\'' && c != '\\' && c != '<' && c != '>' &&
                   c != '`';
        default:
            return false;
    }
}

constexpr ClassMask class_bit(char letter) {
    const std::size_t at = k_class_letters.find(letter);
    return at == std::string_view::npos ? 0 : ClassMask{1} << at;
}

constexpr std::array<ClassMask, 256> make_class_table() {
    std::array<ClassMask, 256> table{};
    for (std::size_t c = 0; c < 256; ++c)
        for (const char letter : k_class_letters)
            if (class_holds(letter, static_cast<unsigned char>(c))) table[c] |= class_bit(letter);
    return table;
}

inline constexpr std::array<ClassMask, 256> k_class_table = make_class_table();

inline bool has_class(char c, ClassMask mask) {
    return (k_class_table[static_cast<unsigned char>(c)] & mask) != 0;
}

template <char Letter>
inline bool is(char c) {
    constexpr ClassMask mask = class_bit(Letter);
    static_assert(mask != 0);
    return has_class(c, mask);
}

// Characters that are looked up one by one: find_first_of() calls a function for each byte.
class CharSet {
public:
    constexpr explicit CharSet(std::string_view characters) {
        for (const char c : characters)
            m_has[static_cast<unsigned char>(c)] = true;
    }
    constexpr bool has(char c) const { return m_has[static_cast<unsigned char>(c)]; }
    // The first of them from `at` on; the text's size if there is none.
    std::size_t find_in(std::string_view text, std::size_t at) const {
        while (at < text.size() && !has(text[at]))
            ++at;
        return at;
    }

private:
    std::array<bool, 256> m_has{};
};

// End of the run of class characters that starts at `at`.
template <char Letter>
inline std::size_t run_end(std::string_view text, std::size_t at) {
    while (at < text.size() && is<Letter>(text[at]))
        ++at;
    return at;
}

// Start of the run of class characters that ends before `at`.
template <char Letter>
inline std::size_t run_begin(std::string_view text, std::size_t at) {
    while (at > 0 && is<Letter>(text[at - 1]))
        --at;
    return at;
}

}  // namespace opentraces::security
