// INSERT INTO table (…, password, …) VALUES (…, 'v', …), (…)
#include <algorithm>

#include "opentraces/core/text.hpp"
#include "security/match/assigned_value.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_list = 1000;  // of columns, and the statement before them
constexpr std::size_t k_max_tuples = 1000;
constexpr std::size_t k_max_item = 4096;
constexpr std::string_view k_quotes = "\"'`[]";

// The column's place in its list, and where the list begins; nullopt if none of INSERT does.
struct Column {
    std::size_t index = 0;
    std::size_t open = 0;
};

std::optional<Column> column_of(std::string_view text, Span name) {
    const std::size_t from = name.begin < k_max_list ? 0 : name.begin - k_max_list;
    Column column;
    std::size_t at = name.begin;
    for (; at > from && text[at - 1] != '('; --at) {
        const char c = text[at - 1];
        if (c == ',') ++column.index;
        if (!is<'v'>(c) && std::string_view(" ,.\n\r\t\\").find(c) == std::string_view::npos &&
            k_quotes.find(c) == std::string_view::npos)
            return std::nullopt;
    }
    if (at == from) return std::nullopt;
    column.open = at;
    const std::size_t statement = at < 160 ? 0 : at - 160;
    const std::string before = to_lower_ascii(text.substr(statement, at - statement));
    const std::size_t verb = std::max(before.rfind("insert ") + 1, before.rfind("replace into ") + 1);
    if (verb == 0 || before.find_first_of(";()", verb) < before.size() - 1) return std::nullopt;
    return column;
}

// Behind the bracket that opens the first tuple.
std::optional<std::size_t> first_tuple(std::string_view text, std::size_t at) {
    const std::size_t close = text.substr(0, std::min(text.size(), at + k_max_list)).find(')', at);
    if (close == std::string_view::npos) return std::nullopt;
    std::size_t word = close + 1;
    while (word < text.size() && std::string_view(" \n\r\t\\").find(text[word]) != std::string_view::npos)
        ++word;
    if (to_lower_ascii(text.substr(word, 6)) != "values") return std::nullopt;
    const std::size_t open = text.substr(0, std::min(text.size(), word + 40)).find('(', word);
    if (open == std::string_view::npos) return std::nullopt;
    return open + 1;
}

// The end of the item at `at`: a comma or the bracket that closes the tuple, outside of literals and calls.
std::size_t item_end(std::string_view text, std::size_t at) {
    const std::size_t limit = std::min(text.size(), at + k_max_item);
    char quote = '\0';
    int depth = 0;
    for (; at < limit; ++at) {
        const char c = text[at];
        if (quote != '\0') {
            if (c == quote) quote = '\0';
            continue;
        }
        if (c == '\'' || c == '"') quote = c;
        if (c == '(') ++depth;
        if (depth == 0 && (c == ',' || c == ')')) break;
        if (c == ')') --depth;
    }
    return at;
}

}  // namespace

bool may_be_in_insert(std::string_view text, Span name) {
    std::size_t after = name.end;
    while (after < text.size() && k_quotes.find(text[after]) != std::string_view::npos)
        ++after;
    after = skip_space(text, after, 1);
    return after < text.size() && (text[after] == ',' || text[after] == ')');
}

void match_insert(const Rule& rule, std::string_view text, Span name, Span word, std::vector<Hit>& hits) {
    const auto first = first_tuple(text, name.end);
    const auto column = first ? column_of(text, name) : std::nullopt;
    if (!column) return;
    const std::string_view name_text = text.substr(name.begin, name.end - name.begin);
    std::size_t at = *first;
    for (std::size_t tuple = 0; tuple < k_max_tuples; ++tuple) {
        for (std::size_t item = 0;; ++item) {
            const std::size_t end = item_end(text, at);
            if (end >= text.size()) return;
            const std::size_t begin = skip_space(text, at, 2);
            if (item == column->index && begin < end) {
                const auto value = read_quoted(text, begin);
                if (value && value->span.end <= end &&
                    is_secret_value(rule, name_text, word,
                                    text.substr(value->span.begin, value->span.end - value->span.begin),
                                    true))
                    hits.push_back({value->span.begin, value->span.end, &rule});
            }
            at = end + 1;
            if (text[end] == ')') break;
        }
        at = skip_space(text, at, 2);
        if (at >= text.size() || text[at] != ',') return;
        at = skip_space(text, at + 1, 2);
        if (at >= text.size() || text[at] != '(') return;
        ++at;
    }
}

}  // namespace opentraces::security
