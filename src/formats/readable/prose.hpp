// The little Markdown that messages are read with: fenced code, code spans, strong text. What is not
// understood stays text; nothing here decides about safety.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace opentraces::formats {

struct ProseBlock {
    bool code = false;
    std::string_view language;  // of code; letters, digits and "+-#._" only
    std::string_view text;      // whole lines, without the last line end
};
// Fences open at any indentation; one that is never closed reaches to the end.
std::vector<ProseBlock> prose_blocks(std::string_view text);

enum class ProseKind { Text, Code, Strong };
struct ProseSpan {
    ProseKind kind = ProseKind::Text;
    std::string_view text;
};
std::vector<ProseSpan> prose_spans(std::string_view line);

// The text of a heading ("## Text"); empty: the line is none.
std::string_view prose_heading(std::string_view line);

// Calls visit(line) for each line, without its LF.
template <class Visit>
void for_each_line(std::string_view text, const Visit& visit) {
    for (;;) {
        const std::size_t end = text.find('\n');
        visit(text.substr(0, end));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

// Of equal characters in a row, the most.
std::size_t longest_run(std::string_view text, char of);

}  // namespace opentraces::formats
