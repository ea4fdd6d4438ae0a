#include "security/match/assigned_value.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_value = 4096;
constexpr std::size_t k_max_bare_value = 1024;
constexpr std::size_t k_max_type = 48;
constexpr std::size_t k_max_attributes = 200;

constexpr std::string_view k_bare_stops = " \t\r\n\"'`\\,;&)}]<>|";
constexpr std::string_view k_line_stops = " \t\r\n\"'`\\";

enum class Operator {
    None,
    Equals,
    Colon,
    Compared,  // ==, or a default behind ||, ??, or: only a literal is meant
    Option,    // blanks, because of what stands before the name
    Element,
    Comma,
    Call,
    Cell,  // the next cell of a table, or blanks that make columns
    Is,
};

struct Assignment {
    Operator op = Operator::None;
    std::size_t at = 0;  // where the value begins
};

bool is_quote(char c) {
    return c == '"' || c == '\'' || c == '`';
}

bool starts_at(std::string_view text, std::size_t at, std::string_view sign) {
    return at < text.size() && text[at] == sign.front() && text.compare(at, sign.size(), sign) == 0;
}

// Words that make the next one the name of a variable, and what follows it the value.
bool follows_setting_word(std::string_view text, std::size_t name) {
    constexpr std::array k_words = {
        "ENV ",        "setx ",   "setenv ",     "set -gx ",       "set -Ux ",
        "set -x ",     "set -U ", "config set ", "configure set ", "config --global ",
        "set_header ", "SetEnv ", "add_header ", "config "};
    const std::size_t from = name < 200 ? 0 : name - 200;
    const std::string_view before = text.substr(from, name - from);
    if (before.empty() || std::string_view(" /:").find(before.back()) == std::string_view::npos) return false;
    for (const std::string_view word : k_words)
        if (before.ends_with(word)) return true;
    // config set //registry/:_authToken, config set --secret name, config hub.token
    const std::size_t line = before.rfind('\n');
    const std::string_view command = line == std::string_view::npos ? before : before.substr(line + 1);
    const std::size_t word = command.find(" set ");
    return word != std::string_view::npos && command.find("config") < word &&
           command.find_first_of("=\"'", word) == std::string_view::npos;
}

// Behind "= " when a type stands between the name and it: ": &str = ", " string = ", "[] = ".
std::optional<std::size_t> behind_type(std::string_view text, std::size_t at) {
    const std::string_view window = text.substr(0, std::min(text.size(), at + k_max_type));
    std::size_t end = at;
    if (window.find('=', at) == std::string_view::npos) return std::nullopt;
    while (end < window.size() &&
           (is<'w'>(window[end]) ||
            std::string_view(" _:.<>[]&'?*|,{};").find(window[end]) != std::string_view::npos))
        ++end;
    if (end == at || end >= window.size() || window[end] != '=' || window[end - 1] != ' ' ||
        starts_at(text, end, "=="))
        return std::nullopt;
    if (starts_at(text, end, "=>")) return std::nullopt;
    const std::size_t value = skip_blanks(text, end + 1);
    if (!read_quoted(text, value)) return std::nullopt;
    return value;
}

Assignment read_sign(std::string_view text, std::size_t at) {
    if (at >= text.size() || std::string_view(":|?.+=-<!o").find(text[at]) == std::string_view::npos)
        return {};
    constexpr std::array k_assigning = {
        ":::=", "::=", "||=", "?\?=", ":=", "?=", ".=", "+=", "=>", "->", "<-"};
    for (const std::string_view sign : k_assigning)
        if (starts_at(text, at, sign)) return {Operator::Equals, skip_blanks(text, at + sign.size())};
    for (const std::string_view sign : {"===", "==", "!=", "||", "?\?", "?:", "or "})
        if (starts_at(text, at, sign)) return {Operator::Compared, skip_blanks(text, at + sign.size())};
    if (starts_at(text, at, "::") || at >= text.size()) return {};
    if (text[at] == '=') return {Operator::Equals, skip_blanks(text, at + 1)};
    if (starts_at(text, at, ":-")) return {Operator::Equals, at + 2};
    if (text[at] != ':') return {};
    if (const auto typed = behind_type(text, at + 1)) return {Operator::Equals, *typed};
    return {Operator::Colon, skip_blanks(text, at + 1)};
}

// Of <name>value</name>, also with attributes and a prefix.
Assignment read_element(std::string_view text, Span name) {
    std::size_t open = name.begin;
    if (open > 0 && text[open - 1] == ':') open = run_begin<'v'>(text, open - 1);
    if (open == 0 || text[open - 1] != '<') return {};
    const std::string_view window = text.substr(0, std::min(text.size(), name.end + k_max_attributes));
    const std::size_t close = window.find_first_of("<>", name.end);
    if (close == std::string_view::npos || text[close] == '<' || text[close - 1] == '/') return {};
    if (close > name.end && text[name.end] != ' ' && text[name.end] != '\n') return {};
    // No <Pass *, Pass *> and no <pwd.h>.
    const bool attributes = window.substr(name.end, close - name.end).find('=') != std::string_view::npos;
    if ((close > name.end && !attributes) || window.substr(0, name.end).ends_with(".h")) return {};
    std::size_t at = skip_space(text, close + 1, 2);
    if (starts_at(text, at, "<![CDATA[")) at += 9;
    return {Operator::Element, at};
}

Assignment read_comma(std::string_view text, std::size_t at) {
    at = skip_space(text, at + 1, 1);
    for (const std::string_view word : {"default=", "default: ", "default => ", "fallback="})
        if (starts_at(text, at, word)) return {Operator::Equals, skip_blanks(text, at + word.size())};
    if (starts_at(text, at, "- ")) at += 2;
    return {Operator::Comma, at};
}

bool is_separator(std::string_view text, std::size_t at) {
    return starts_at(text, at, "|") || starts_at(text, at, "\xe2\x94\x82");
}

// "service.api.key v": a dotted name alone before one word, as files of properties have.
bool is_property(std::string_view text, Span name, std::size_t value) {
    if (text.substr(name.begin, name.end - name.begin).find('.') == std::string_view::npos) return false;
    constexpr std::size_t k_max_indent = 64;
    const std::size_t least = name.begin < k_max_indent ? 0 : name.begin - k_max_indent;
    std::size_t at = name.begin;
    while (at > least && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        --at;
    if (at > 0 && text[at - 1] != '\n') return false;
    const std::string_view window = text.substr(0, std::min(text.size(), value + k_max_bare_value));
    const std::size_t end = std::min(window.find_first_of(" \t\r\n", value), window.size());
    return end >= text.size() || text[end] == '\r' || text[end] == '\n';
}

// </name> follows, or the text has been cut.
bool ends_element(std::string_view text, std::size_t at) {
    at = skip_space(text, at, 1);
    return at >= text.size() || starts_at(text, at, "</");
}

// Is the name the first on its line, so that the rest of the line is the value?
bool begins_line(std::string_view text, std::size_t name) {
    // A line may be as long as the whole text, and hold a name at every few bytes.
    constexpr std::size_t k_max_indent = 256;
    const std::size_t least = name < k_max_indent ? 0 : name - k_max_indent;
    std::size_t at = name;
    while (at > least && (is<'v'>(text[at - 1]) || text[at - 1] == '.'))
        --at;
    while (at > least && std::string_view(" \t-").find(text[at - 1]) != std::string_view::npos)
        --at;
    return at == 0 || text[at - 1] == '\n';
}

bool fills_line(std::string_view text, std::size_t end) {
    return end >= text.size() || text[end] == '\n' || text[end] == '\r';
}

// storePassword 'v' of Groovy and Ruby: a name and a literal, alone on their line.
bool is_statement(std::string_view text, Span name, std::size_t at) {
    const auto value = read_quoted(text, at);
    return value && begins_line(text, name.begin) &&
           fills_line(text, skip_blanks(text, std::min(value->span.end + 1, text.size())));
}

// "AWS Secret Access Key [None]: v": the colon behind what a question offers.
std::size_t behind_default(std::string_view text, std::size_t at) {
    constexpr std::size_t k_longest = 32;
    const std::size_t close = text.substr(0, std::min(text.size(), at + k_longest)).find("]:", at);
    return close == std::string_view::npos ? at : close + 1;
}

// What stands between a name and its value; nothing for names that stand alone.
Assignment read_operator(std::string_view text, Span name) {
    if (const Assignment element = read_element(text, name); element.op != Operator::None) return element;
    const bool option = name.begin >= 2 && text[name.begin - 1] == '-' && text[name.begin - 2] == '-';
    std::size_t at = name.end;
    const bool quoted_name = skip_quote(text, at);
    const std::size_t after_quote = at;
    if (starts_at(text, at, "[]")) at += 2;
    while (at < text.size() && std::string_view("])}*").find(text[at]) != std::string_view::npos)
        ++at;
    if (at == after_quote && at < text.size() && (text[at] == '(' || text[at] == '{'))
        return {Operator::Call, at + 1};
    const std::size_t blanks = at;
    at = skip_blanks(text, at);
    if (at >= text.size()) return {};
    if (text[at] == '[') at = behind_default(text, at);
    if (const Assignment sign = read_sign(text, at); sign.op != Operator::None) return sign;
    if (text[at] == ',' && (quoted_name || at > after_quote)) return read_comma(text, at);
    if (is_separator(text, at) && at > blanks)
        return {Operator::Cell, skip_blanks(text, at + (text[at] == '|' ? 1 : 3))};
    // An item of its own in a list of arguments.
    if (option && (text[at] == '\n' || text[at] == '\r')) {
        const std::size_t item = skip_space(text, at, 1);
        return starts_at(text, item, "- ") ? Assignment{Operator::Option, item + 2} : Assignment{};
    }
    if (at == blanks) return {};
    if (starts_at(text, at, "is ")) return {Operator::Is, skip_blanks(text, at + 3)};
    const bool defined = text.substr(0, name.begin).ends_with("#define ");
    if (defined && !is_quote(text[at])) return {};
    if (option || follows_setting_word(text, name.begin)) return {Operator::Option, at};
    if (const auto typed = behind_type(text, at)) return {Operator::Equals, *typed};
    // (setq api-key "v"), {:api-key "v"}, NAME    value
    if (is_quote(text[at])) return {is_statement(text, name, at) ? Operator::Option : Operator::Comma, at};
    const bool columns = at >= blanks + 2 || text[blanks] == '\t';
    return {columns || is_property(text, name, at) ? Operator::Cell : Operator::None, at};
}

// A value that begins on the next line: of an operator at the end of its line, or a block of YAML.
std::optional<AssignedValue> read_below(std::string_view text, std::size_t at, Operator op) {
    if (at < text.size() && (text[at] == '|' || text[at] == '>') && op == Operator::Colon) {
        ++at;
        while (at < text.size() && (text[at] == '-' || text[at] == '+' || is<'d'>(text[at])))
            ++at;
    }
    if (skip_blanks(text, at) >= text.size() ||
        (text[skip_blanks(text, at)] != '\n' && text[skip_blanks(text, at)] != '\r'))
        return std::nullopt;
    const std::size_t below = skip_space(text, at, 2);
    auto value = read_value(text, below, k_line_stops);
    if (!value) return std::nullopt;
    // A value alone on its line, no member of what follows.
    const std::size_t end = value->span.end + (value->quoted ? 1 : 0);
    const std::size_t rest = skip_blanks(text, end);
    const bool alone = rest >= text.size() ||
                       std::string_view("\r\n,;\\").find(text[rest]) != std::string_view::npos ||
                       (value->quoted && (text[rest] == '+' || text[rest] == '.' || text[rest] == '&'));
    if (!alone || text[value->span.end - 1] == ':') return std::nullopt;
    value->weak = !value->quoted;
    return value;
}

std::optional<AssignedValue> read_bare(std::string_view text, std::size_t at, Operator op, Span name,
                                       bool caps) {
    if (op == Operator::Element) return read_value(text, at, "<\r\n");
    if (op == Operator::Cell) return read_value(text, at, " \t\r\n|");
    // ${NAME:-value}
    const bool inside = name.begin >= 2 && text[name.begin - 1] == '{' && text[name.begin - 2] == '$';
    if (inside) return read_value(text, at, "}\r\n");
    const bool query = name.begin > 0 && (text[name.begin - 1] == '?' || text[name.begin - 1] == '&');
    if (caps && op == Operator::Equals && !query) return read_value(text, at, " \t\r\n\"'`\\;");
    if (!query && (op == Operator::Equals || op == Operator::Colon) && begins_line(text, name.begin)) {
        auto value = read_value(text, at, k_line_stops);
        if (value && fills_line(text, value->span.end)) {
            while (value->span.end > value->span.begin &&
                   std::string_view(",;").find(text[value->span.end - 1]) != std::string_view::npos)
                --value->span.end;
            return value;
        }
    }
    return read_value(text, at, k_bare_stops);
}

}  // namespace

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t'))
        ++at;
    return at;
}

std::size_t skip_space(std::string_view text, std::size_t at, int lines) {
    for (; at < text.size(); ++at) {
        if (text[at] == '\n' && lines-- == 0) break;
        if (text[at] != ' ' && text[at] != '\t' && text[at] != '\r' && text[at] != '\n') break;
    }
    return at;
}

bool skip_quote(std::string_view text, std::size_t& at) {
    std::size_t end = at;
    while (end < text.size() && text[end] == '\\')
        ++end;
    if (end >= text.size() || !is_quote(text[end])) return false;
    at = end + 1;
    return true;
}

std::optional<AssignedValue> read_quoted(std::string_view text, std::size_t at) {
    const std::size_t limit = std::min(text.size(), at + k_max_value);
    for (int letters = 0; letters < 2 && at < limit &&
                          std::string_view("rRbBfFuULN@$").find(text[at]) != std::string_view::npos;
         ++letters)
        ++at;
    const std::size_t open = at;
    if (!skip_quote(text, at)) return std::nullopt;
    const char quote = text[at - 1];
    const bool escaped = at - open > 1;
    if (!escaped && starts_at(text, at, std::string(2, quote))) at += 2;
    std::size_t end = at;
    while (end < limit && text[end] != '\n' && text[end] != quote) {
        if (text[end] == '\\' && !escaped && end + 1 < limit) ++end;
        ++end;
    }
    if (end >= limit && limit < text.size()) return std::nullopt;
    end = std::min(end, limit);
    while (escaped && end > at && text[end - 1] == '\\')
        --end;
    return AssignedValue{{at, end}, true, false};
}

std::optional<AssignedValue> read_value(std::string_view text, std::size_t at, std::string_view stops) {
    if (auto quoted = read_quoted(text, at)) return quoted;
    // ConvertTo-SecureString "v", Some("v"), !!str v, &anchor v
    static constexpr CharSet k_type_signs("_.:<>![]&");
    std::size_t call = at;
    while (call < text.size() && call - at < k_max_type &&
           (is<'n'>(text[call]) || k_type_signs.has(text[call])))
        ++call;
    if (call > at && call < text.size() && (text[call] == '(' || text[call] == ' ')) {
        if (auto inside = read_quoted(text, call + 1)) {
            inside->weak = true;
            return inside;
        }
        if (text[call] == ' ' && (text[at] == '!' || text[at] == '&')) at = call + 1;
    }
    const std::size_t limit = std::min(text.size(), at + k_max_bare_value);
    std::size_t end = CharSet(stops).find_in(text.substr(0, limit), at);
    // The end of a sentence is not part of the value.
    while (end > at &&
           (text[end - 1] == '.' || text[end - 1] == ',' || text[end - 1] == ':' || text[end - 1] == ' '))
        --end;
    if (end <= at) return std::nullopt;
    return AssignedValue{{at, end}, false, false};
}

std::optional<AssignedValue> assigned_value(std::string_view text, Span name, bool caps) {
    const Assignment assignment = read_operator(text, name);
    const Operator op = assignment.op;
    const std::size_t at = assignment.at;
    if (op == Operator::None || at > text.size()) return std::nullopt;
    if (op == Operator::Compared || op == Operator::Call) {
        auto value = read_quoted(text, at);
        if (value) value->weak = true;
        return value;
    }
    if (op == Operator::Equals || op == Operator::Colon) {
        if (auto below = read_below(text, at, op)) return below;
    }
    const std::size_t begin =
        op == Operator::Colon ? std::min(text.find_first_not_of("* ", at), text.size()) : at;
    auto value = read_bare(text, begin, op, name, caps);
    if (!value) return std::nullopt;
    if (op == Operator::Comma || op == Operator::Cell) value->weak = true;
    if (op == Operator::Element) {
        if (!ends_element(text, value->span.end)) return std::nullopt;
        value->quoted = true;
    }
    return value;
}

}  // namespace opentraces::security
