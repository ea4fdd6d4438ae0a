#include "cli/review/wrap.hpp"

#include <algorithm>

#include "cli/cells.hpp"
#include "cli/review/grid.hpp"
#include "opentraces/core/code_point.hpp"

namespace opentraces::cli::review {
namespace {

struct Letter {
    std::size_t bytes;
    std::size_t columns;
};

Letter letter_at(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7F) return {1, 1};
    std::size_t end = at;
    next_code_point(text, end);
    end = std::min(end, text.size());
    return {end - at, cells_of(shown(text.substr(at, end - at)))};
}

}  // namespace

std::vector<Range> wrapped(std::string_view text, std::size_t first, std::size_t rest) {
    std::vector<Range> parts;
    std::size_t begin = 0;
    std::size_t room = std::max<std::size_t>(first, 1);
    do {
        std::size_t end = begin;
        std::size_t columns = 0;
        std::size_t blank = begin;
        while (end < text.size()) {
            const Letter letter = letter_at(text, end);
            if (columns + letter.columns > room && end > begin) break;
            columns += letter.columns;
            end += letter.bytes;
            if (text[end - 1] == ' ' && columns > room / 2) blank = end;
        }
        if (end < text.size() && blank > begin) end = blank;
        parts.push_back({begin, end});
        begin = end;
        room = std::max<std::size_t>(rest, 1);
    } while (begin < text.size());
    return parts;
}

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Letter letter = letter_at(text, at);
        columns += letter.columns;
        at += letter.bytes;
    }
    return columns;
}

std::size_t bytes_within(std::string_view text, std::size_t columns) {
    std::size_t used = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const Letter letter = letter_at(text, at);
        used += letter.columns;
        if (used > columns) break;
        at += letter.bytes;
    }
    return at;
}

std::size_t letter_after(std::string_view text, std::size_t at) {
    if (at >= text.size()) return text.size();
    at += letter_at(text, at).bytes;
    while (at < text.size() && letter_at(text, at).columns == 0)
        at += letter_at(text, at).bytes;
    return at;
}

std::size_t letter_before(std::string_view text, std::size_t at) {
    std::size_t before = 0;
    for (std::size_t next = 0; next < at && next < text.size(); next = letter_after(text, next))
        before = next;
    return before;
}

}  // namespace opentraces::cli::review
