// Dumps of bytes, line by line.
#include <algorithm>

#include "opentraces/core/hex.hpp"
#include "security/rules/char_class.hpp"
#include "security/scan/encoded.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_min_offset = 4;
constexpr std::size_t k_max_row = 65536;  // bytes
constexpr std::size_t k_max_group = 64;   // digits side by side
constexpr std::size_t k_min_bare = 12;    // bytes of a line without an offset
constexpr std::size_t k_max_bytes = std::size_t{1} << 20;

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] == ' ')
        ++at;
    return at;
}

// Behind "00000010: ", "00000010  " or "0000020 "; `at` if there is no offset.
std::size_t skip_offset(std::string_view line, std::size_t at) {
    const std::size_t end = run_end<'x'>(line, at);
    const bool sign = end < line.size() && line[end] == ':';
    const std::size_t digits = end - at;
    const std::size_t bytes = skip_blanks(line, end + (sign ? 1 : 0));
    const bool offset = digits >= k_min_offset && digits <= 16 && (sign || digits >= 6) && bytes > end;
    return offset ? bytes : at;
}

// Pairs of digits up to where the same stands as text: two blanks behind pairs that had one between them, or
// a sign that no digit is.
std::string read_bytes(std::string_view line, std::size_t at) {
    std::string bytes;
    const bool closed = line.find('|', at) != std::string_view::npos || line.ends_with('<');
    while (at < line.size() && bytes.size() < k_max_row) {
        const std::size_t end = run_end<'x'>(line, at);
        const std::size_t digits = end - at;
        if (digits == 0 || digits % 2 != 0 || digits > k_max_group) break;
        if (end < line.size() && line[end] != ' ' && line[end] != ':') break;
        for (; at < end; at += 2)
            bytes.push_back(static_cast<char>(hex_value(line, at, 2)));
        const std::size_t next = end < line.size() && line[end] == ':' ? end + 1 : skip_blanks(line, end);
        if (next > end + 1 && !(closed && next == end + 2)) break;
        at = next;
    }
    return bytes;
}

// Adds the line's bytes; false if it is no row.
bool read_row(std::string_view text, std::size_t line_begin, std::size_t line_end, Dump& dump) {
    std::string_view line = text.substr(0, line_end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t begin = skip_blanks(line, line_begin);
    const std::size_t digits = skip_offset(line, begin);
    const std::string bytes = read_bytes(line, digits);
    if (bytes.size() < (digits > begin ? 1 : k_min_bare)) return false;
    dump.bytes += bytes;
    dump.rows.push_back({digits, line.size(), dump.bytes.size()});
    return true;
}

}  // namespace

Span Dump::source(Span of_bytes) const {
    const auto row_of = [&](std::size_t byte) {
        return std::upper_bound(rows.begin(), rows.end(), byte,
                                [](std::size_t value, const Row& row) { return value < row.bytes_end; });
    };
    return {row_of(of_bytes.begin)->begin, row_of(of_bytes.end - 1)->end};
}

Dump read_dump(std::string_view text, std::size_t line) {
    Dump dump;
    while (line < text.size() && dump.bytes.size() < k_max_bytes) {
        const std::size_t end = std::min(text.find('\n', line), text.size());
        if (!read_row(text, line, end, dump)) break;
        line = end + 1;
    }
    return dump;
}

}  // namespace opentraces::security
