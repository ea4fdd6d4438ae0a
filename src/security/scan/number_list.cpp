// Bytes written as a list of numbers: [115, 107, 45], {0x73, 0x6b}, "115, 107".
#include <algorithm>

#include "opentraces/core/hex.hpp"
#include "security/rules/char_class.hpp"
#include "security/scan/encoded.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_min_bytes = 16;
constexpr std::size_t k_max_bytes = std::size_t{64} * 1024;
constexpr std::size_t k_max_gap = 80;  // indentation of the next line

bool is_hex_sign(std::string_view text, std::size_t at) {
    return at + 2 < text.size() && text[at] == '0' && (text[at + 1] == 'x' || text[at + 1] == 'X');
}

// The value of the number at `at`, which moves behind it; negative if it is no byte.
int read_byte(std::string_view text, std::size_t& at) {
    const bool hexadecimal = is_hex_sign(text, at);
    if (hexadecimal) at += 2;
    const std::size_t end = hexadecimal ? run_end<'x'>(text, at) : run_end<'d'>(text, at);
    const std::size_t digits = end - at;
    if (digits == 0 || digits > 3 || (hexadecimal && digits > 2)) return -1;
    int value = 0;
    for (; at < end; ++at)
        value = value * (hexadecimal ? 16 : 10) + hex_value(text, at, 1);
    return value;
}

std::size_t skip_gap(std::string_view text, std::size_t at) {
    const std::size_t limit = std::min(text.size(), at + k_max_gap);
    while (at < limit && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
        ++at;
    return at;
}

// Where the list begins whose comma it is.
std::size_t first_number(std::string_view text, std::size_t comma) {
    constexpr std::size_t k_reach = 64;  // so far before the place looked at
    std::size_t begin = run_begin<'w'>(text.substr(0, comma), comma);
    while (begin > 0 && comma - begin < k_reach) {
        std::size_t at = begin;
        while (at > 0 &&
               (text[at - 1] == ' ' || text[at - 1] == '\n' || text[at - 1] == '\r' || text[at - 1] == '\t'))
            --at;
        if (at == 0 || text[at - 1] != ',') break;
        const std::size_t before = run_begin<'w'>(text.substr(0, at - 1), at - 1);
        if (before == at - 1 || !is<'d'>(text[before])) break;
        begin = before;
    }
    return begin;
}

}  // namespace

std::size_t number_comma(std::string_view text, std::size_t at) {
    constexpr std::size_t k_near = 24;
    const std::size_t limit = at < k_near ? 0 : at - k_near;
    while (at > limit && (is<'x'>(text[at]) || text[at] == ' ' || text[at] == '\n' || text[at] == 'x'))
        --at;
    if (at == limit || text[at] != ',' || !is<'x'>(text[at - 1]) || at + 1 >= text.size())
        return std::string_view::npos;
    const char next = text[at + 1];
    return is<'d'>(next) || next == ' ' || next == '\n' ? at : std::string_view::npos;
}

NumberList read_number_list(std::string_view text, std::size_t comma) {
    NumberList list;
    list.end = comma + 1;
    std::size_t at = first_number(text, comma);
    list.begin = at;
    while (list.bytes.size() < k_max_bytes) {
        const int value = read_byte(text, at);
        const bool is_text =
            (value >= 0x20 && value < 0x7f) || value == '\n' || value == '\r' || value == '\t';
        if (!is_text || (at < text.size() && is<'v'>(text[at]))) break;
        list.bytes.push_back(static_cast<char>(value));
        list.end = std::max(list.end, at);
        if (at >= text.size() || text[at] != ',') break;
        at = skip_gap(text, at + 1);
    }
    if (list.bytes.size() < k_min_bytes) list.bytes.clear();
    return list;
}

}  // namespace opentraces::security
