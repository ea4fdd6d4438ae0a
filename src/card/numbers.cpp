#include "card/numbers.hpp"

#include <fmt/format.h>

#include <cctype>

#include "opentraces/core/text.hpp"

namespace opentraces::card {
namespace {

using Wide = __int128;

std::int64_t divide(Wide numerator, Wide denominator) {
    const bool negative = numerator < 0;
    const Wide magnitude = negative ? -numerator : numerator;
    Wide quotient = magnitude / denominator;
    const Wide twice = magnitude % denominator * 2;
    if (twice > denominator || (twice == denominator && quotient % 2 != 0)) ++quotient;
    return static_cast<std::int64_t>(negative ? -quotient : quotient);
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

// Inside a word an underscore is plain text, and escaping it would only hurt reading the source.
bool needs_backslash(std::string_view text, std::size_t at) {
    const char c = text[at];
    if (c == '_') return at == 0 || at + 1 == text.size() || !is_word(text[at - 1]) || !is_word(text[at + 1]);
    return std::string_view("|*`[]~").find(c) != std::string_view::npos;
}

}  // namespace

std::string with_commas(std::int64_t number) {
    std::string digits = fmt::format("{}", number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::int64_t rounded_ratio(std::int64_t numerator, std::int64_t denominator) {
    return divide(numerator, denominator);
}

std::string fixed(std::int64_t value, int places) {
    std::string digits = fmt::format("{:0{}}", value < 0 ? -value : value, places + 1);
    digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
    return (value < 0 ? "-" : "") + digits;
}

std::int64_t cents(shard::NanoDollars cost, std::int64_t divisor) {
    return divide(cost, Wide{10'000'000} * divisor);
}

std::int64_t permille(std::int64_t part, std::int64_t whole) {
    return divide(Wide{part} * 1000, whole);
}

std::string table_cell(std::string_view text) {
    const std::string line = printable_line(text);
    std::string cell;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '&') {
            cell += "&amp;";
        } else if (c == '<') {
            cell += "&lt;";
        } else if (c == '>') {
            cell += "&gt;";
        } else if (c == '\\') {
            cell += "&#92;";
        } else {
            if (needs_backslash(line, i)) cell += '\\';
            cell += c;
        }
    }
    return cell;
}

}  // namespace opentraces::card
