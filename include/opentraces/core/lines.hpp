// Texts as lines, and what differs between two of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace opentraces {

// Each with its LF, the last one maybe without; a CR before the LF belongs to the line. Views into the text.
std::vector<std::string_view> lines_of(std::string_view text);

// Calls take(line) for each, without its end: LF, and a CR before it.
template <class Take>
void each_line(std::string_view text, Take take) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        take(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// Bytes of the equal whole lines at the beginning and, after those, at the end of two texts.
struct SharedEnds {
    std::size_t head = 0;
    std::size_t tail = 0;
};
SharedEnds shared_ends(std::string_view before, std::string_view after);

// A line of the difference: '-' of the text before, '+' of the one after, ' ' of both.
struct LineMark {
    char sign = ' ';
    std::string_view text;
};

// All lines of both texts in order, removed ones first where both change. The shortest difference (Myers, "An
// O(ND) Difference Algorithm and Its Variations", 1986) of up to 1,500 lines; what differs more is one change
// between the equal ends. The marks point into the texts.
std::vector<LineMark> line_marks(std::string_view before, std::string_view after);

}  // namespace opentraces
