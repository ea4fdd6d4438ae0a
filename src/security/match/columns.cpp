// Tables whose header names a column: Markdown, what databases print, CSV and TSV.
#include <algorithm>

#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_rows = 1000;
constexpr std::size_t k_max_header = 2000;
constexpr std::string_view k_bar = "\xe2\x94\x82";  // U+2502

std::string_view line_at(std::string_view text, std::size_t begin) {
    std::string_view line = text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

// Names beside one another, from the beginning of the line on: no arguments, no list of a program.
bool is_list_of_names(std::string_view header, std::string_view sign) {
    if (header.empty() || header.front() == ' ' || header.ends_with(sign)) return false;
    return std::all_of(header.begin(), header.end(), [&](char c) {
        return is<'v'>(c) || c == sign.front() ||
               std::string_view(" \"'-.").find(c) != std::string_view::npos;
    });
}

// The separator beside the cell that holds [begin, end) of the header; "" if there is none.
std::string_view separator_of(std::string_view header, Span name) {
    constexpr std::string_view k_around = " \"'`*";
    std::size_t after = std::min(header.find_first_not_of(k_around, name.end), header.size());
    std::size_t before = name.begin;
    while (before > 0 && k_around.find(header[before - 1]) != std::string_view::npos)
        --before;
    if (name.begin > before && header[before] == '"') after = std::max(after, name.end + 1);
    for (const std::string_view sign : {k_bar, std::string_view("|"), std::string_view("\t"),
                                        std::string_view(","), std::string_view(";")}) {
        const bool left = before == 0 || header.substr(0, before).ends_with(sign);
        const bool right = after >= header.size() || header.substr(after).starts_with(sign);
        const bool listed = sign == "|" || sign == k_bar || is_list_of_names(header, sign);
        if (left && right && listed && header.find(sign) != std::string_view::npos) return sign;
    }
    return {};
}

std::size_t count_before(std::string_view line, std::size_t end, std::string_view sign) {
    std::size_t count = 0;
    for (std::size_t at = line.find(sign); at < end; at = line.find(sign, at + sign.size()))
        ++count;
    return count;
}

// The cell behind `index` separators, without blanks and quotes; empty if the line has fewer cells.
Span cell_at(std::string_view line, std::size_t index, std::string_view sign) {
    std::size_t begin = 0;
    for (; index > 0; --index) {
        const std::size_t at = line.find(sign, begin);
        if (at == std::string_view::npos) return {};
        begin = at + sign.size();
    }
    std::size_t end = std::min(line.find(sign, begin), line.size());
    constexpr std::string_view k_around = " \"'`\t";
    while (begin < end && k_around.find(line[begin]) != std::string_view::npos)
        ++begin;
    while (end > begin && k_around.find(line[end - 1]) != std::string_view::npos)
        --end;
    return {begin, end};
}

bool is_rule(std::string_view line) {
    return line.find_first_not_of("-+|=: ") == std::string_view::npos ||
           line.find("\xe2\x94\x80") != std::string_view::npos;
}

}  // namespace

bool may_be_header(std::string_view text, Span name) {
    const auto is_around = [](char c) { return c == ' ' || c == '"' || c == '\'' || c == '`' || c == '*'; };
    const auto is_sign = [](char c) { return c == '|' || c == ',' || c == ';' || c == '\t' || c == '\n'; };
    std::size_t after = name.end;
    while (after < text.size() && is_around(text[after]))
        ++after;
    if (after == text.size() ||
        !(is_sign(text[after]) || text[after] == '\r' || text[after] == k_bar.front()))
        return false;
    std::size_t before = name.begin;
    while (before > 0 && is_around(text[before - 1]))
        --before;
    return before == 0 || is_sign(text[before - 1]) || text[before - 1] == k_bar.back();
}

void match_column(const Rule& rule, std::string_view text, Span name, Span word, std::vector<Hit>& hits) {
    const std::size_t length = text.substr(name.end, k_max_header + 1).find('\n');
    if (length == std::string_view::npos) return;
    const std::size_t line_end = name.end + length;
    const std::size_t least = name.begin > k_max_header ? name.begin - k_max_header - 1 : 0;
    const std::size_t before = text.substr(least, name.begin - least).rfind('\n');
    if (before == std::string_view::npos && least != 0) return;
    const std::size_t begin = before == std::string_view::npos ? 0 : least + before + 1;
    const std::string_view header = line_at(text, begin);
    const Span cell{name.begin - begin, name.end - begin};
    const std::string_view sign = separator_of(header, cell);
    if (sign.empty()) return;
    const std::size_t index = count_before(header, cell.begin, sign);
    const std::size_t columns = count_before(header, header.size(), sign);
    std::size_t at = line_end + 1;
    for (std::size_t row = 0; row < k_max_rows && at < text.size(); ++row) {
        const std::string_view line = line_at(text, at);
        if (!is_rule(line)) {
            if (count_before(line, line.size(), sign) != columns) break;
            const Span found = cell_at(line, index, sign);
            const std::string_view value = line.substr(found.begin, found.end - found.begin);
            if (value == text.substr(name.begin, name.end - name.begin)) break;  // a header again
            if (looks_chosen(value) &&
                is_secret_value(rule, text.substr(name.begin, name.end - name.begin), word, value, false))
                hits.push_back({at + found.begin, at + found.end, &rule});
        }
        at += line.size() + 1;
        at += at <= text.size() && at > 0 && text[at - 1] == '\r' ? 1 : 0;
    }
}

}  // namespace opentraces::security
