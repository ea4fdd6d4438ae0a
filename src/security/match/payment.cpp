// Card and account numbers, and checksums of tokens.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "security/match/matchers.hpp"

namespace opentraces::security {

namespace {

int first_digits(std::string_view digits, std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value * 10 + (digits[i] - '0');
    return value;
}

bool issuer_accepts(std::string_view digits) {
    const std::size_t length = digits.size();
    const int two = first_digits(digits, 2);
    const int four = first_digits(digits, 4);
    if (digits[0] == '4') return length == 13 || length == 16 || length == 19;
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length == 16;
    if (two == 34 || two == 37) return length == 15;
    if (two == 36 || two == 38 || (four >= 3000 && four <= 3059)) return length == 14;
    if (four == 6011 || two == 65 || (four >= 6440 && four <= 6499)) return length == 16;
    if (four >= 3528 && four <= 3589) return length == 16;
    return two == 62 && (length == 16 || length == 19);
}

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

struct CountryLength {
    std::string_view country;
    std::size_t length;
};

constexpr std::array<CountryLength, 76> k_iban_lengths = {
    {{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
     {"BH", 22}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22},
     {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FO", 18}, {"FR", 27},
     {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28},
     {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20},
     {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27},
     {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NL", 18}, {"NO", 15},
     {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"SA", 24},
     {"SC", 31}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"ST", 25}, {"SV", 28}, {"TL", 23},
     {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VG", 24}}};

bool mod97_is_one(std::string_view iban) {
    int rest = 0;
    for (std::size_t i = 0; i < iban.size(); ++i) {
        const char c = iban[(i + 4) % iban.size()];
        if (is<'d'>(c)) {
            rest = (rest * 10 + (c - '0')) % 97;
        } else {
            rest = (rest * 100 + (c - 'A' + 10)) % 97;
        }
    }
    return rest == 1;
}

bool joins_number(char c) {
    return is<'v'>(c) || c == '.';
}

}  // namespace

bool luhn_valid(std::string_view digits) {
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        int digit = digits[digits.size() - 1 - i] - '0';
        if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}

bool has_valid_token_checksum(std::string_view token) {
    constexpr std::string_view k_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const std::size_t underscore = token.rfind('_');
    if (underscore == std::string_view::npos || token.size() - underscore < 12) return false;
    const std::string_view body = token.substr(underscore + 1);
    std::uint32_t crc = crc32(body.substr(0, body.size() - 6));
    std::string expected(6, '0');
    for (std::size_t i = 6; i > 0; --i, crc /= 62)
        expected[i - 1] = k_digits[crc % 62];
    return body.substr(body.size() - 6) == expected;
}

// Whole groups of digits, one space or hyphen between them; the longest series that an issuer accepts wins,
// so a check code or a date behind the number does not hide it.
std::optional<Span> match_card(const Rule&, std::string_view text, Span anchor) {
    std::size_t begin = anchor.begin;
    while (begin > 0 && is<'d'>(text[begin - 1])) {
        if (anchor.begin - begin > 19) return std::nullopt;
        --begin;
    }
    if (begin > 0 && joins_number(text[begin - 1])) return std::nullopt;
    if (begin > 1 && text[begin - 1] == '-' && is<'w'>(text[begin - 2])) return std::nullopt;
    std::string digits;
    std::size_t best = 0;
    char separator = 0;
    for (std::size_t at = begin; at < text.size() && digits.size() <= 19;) {
        const std::size_t end = run_end<'d'>(text.substr(0, std::min(text.size(), at + 20)), at);
        if (end == at || end - at > 19) break;
        digits.append(text.substr(at, end - at));
        const bool more = end + 1 < text.size() && is<'w'>(text[end + 1]);
        const bool joined = end < text.size() && (text[end] == '.' || text[end] == '-') && more;
        const bool open = joined || (end < text.size() && is<'v'>(text[end]));
        if (!open && digits.size() >= 13 && digits.size() <= 19 && issuer_accepts(digits) &&
            luhn_valid(digits) && digits.find_first_not_of(digits[0]) != std::string::npos)
            best = end;
        if (end >= text.size() || (text[end] != ' ' && text[end] != '-')) break;
        if (separator != 0 && separator != text[end]) break;
        // Printed on cards in groups of four to six digits.
        if (end - at < 4 || end - at > 6) break;
        separator = text[end];
        at = end + 1;
    }
    if (best == 0) return std::nullopt;
    return Span{begin, best};
}

std::optional<Span> match_iban(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin > 0 && is<'v'>(text[anchor.begin - 1])) return std::nullopt;
    const std::string_view country = text.substr(anchor.begin, 2);
    const auto row = std::find_if(k_iban_lengths.begin(), k_iban_lengths.end(),
                                  [&](const CountryLength& entry) { return entry.country == country; });
    if (row == k_iban_lengths.end()) return std::nullopt;
    std::string iban;
    std::size_t at = anchor.begin;
    while (at < text.size() && iban.size() < row->length) {
        const bool gap = text[at] == ' ' && iban.size() % 4 == 0;
        if (!gap && !is<'u'>(text[at])) return std::nullopt;
        if (!gap) iban.push_back(text[at]);
        ++at;
    }
    if (iban.size() != row->length || (at < text.size() && is<'v'>(text[at])) || !mod97_is_one(iban))
        return std::nullopt;
    return Span{anchor.begin, at};
}

}  // namespace opentraces::security
