#include "card/text_lines.hpp"

#include <algorithm>

namespace opentraces::card {

std::string_view without_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view without_trailing_space(std::string_view line) {
    line = without_end(line);
    while (line.ends_with(' ') || line.ends_with('\t'))
        line.remove_suffix(1);
    return line;
}

bool is_blank(std::string_view line) {
    return without_trailing_space(line).find_first_not_of(" \t") == std::string_view::npos;
}

std::string_view line_end_of(std::string_view text) {
    const std::size_t feed = text.find('\n');
    return feed != std::string_view::npos && feed > 0 && text[feed - 1] == '\r' ? "\r\n" : "\n";
}

std::string with_line_ends(std::string_view text, std::string_view line_end) {
    std::string out;
    for (const std::string_view line : lines_of(text)) {
        out += without_end(line);
        if (line.ends_with('\n')) out += line_end;
    }
    return out;
}

std::size_t count_lines(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace opentraces::card
