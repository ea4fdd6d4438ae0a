// Secrets that commands store, and those that they print on a line of their own.
#include <algorithm>

#include "security/match/assigned_value.hpp"
#include "security/match/declared.hpp"
#include "security/match/matchers.hpp"
#include "security/match/members.hpp"
#include "security/match/strength.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_longest_command = 600;
constexpr std::size_t k_longest_line = 512;

// The next word of a command, with name=value read as the value: quotes may stand around either.
struct Literal {
    Span name;
    Span value;
    std::size_t end = 0;
};

std::optional<Literal> read_literal(std::string_view command, std::size_t at) {
    Literal literal;
    const bool quoted = at < command.size() && (command[at] == '"' || command[at] == '\'');
    const char quote = quoted ? command[at++] : ' ';
    literal.name.begin = at;
    while (at < command.size() && (is<'n'>(command[at]) || command[at] == '_' || command[at] == '.'))
        ++at;
    literal.name.end = at;
    if (at == literal.name.begin || at >= command.size() || command[at] != '=') return std::nullopt;
    ++at;
    if (quoted) {
        literal.value = {at, std::min(command.find(quote, at), command.size())};
        literal.end = literal.value.end + 1;
        return literal;
    }
    const auto value = read_value(command, at, " \t\r\n\"'`\\");
    if (!value) return std::nullopt;
    literal.value = value->span;
    literal.end = value->span.end + (value->quoted ? 1 : 0);
    return literal;
}

// Behind the rest of the command, on the next line; nothing is printed elsewhere if it goes on or is kept.
std::optional<std::size_t> printed_line(std::string_view text, std::size_t at) {
    const std::string_view window = text.substr(0, std::min(text.size(), at + k_longest_command));
    const std::size_t end = window.find('\n', at);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view rest = window.substr(at, end - at);
    for (const std::string_view sign : {">", "<", "$(", "`", "| jq", "| pbcopy", "| xclip"})
        if (rest.find(sign) != std::string_view::npos) return std::nullopt;
    return end + 1;
}

// Commands that show a secret only when they are told to show nothing else.
struct Shown {
    std::string_view command;
    std::string_view when;  // one of these is said, apart by '|'
};
constexpr Shown k_shown[] = {{"get secret", "data|base64"},
                             {"find-generic", "-w"},
                             {"find-internet", "-w"},
                             {"get-secret-value", "text"},
                             {"get-parameter", "text"}};

bool says_one_of(std::string_view command, std::string_view words) {
    for (std::size_t at = 0; at <= words.size();) {
        const std::size_t bar = std::min(words.find('|', at), words.size());
        if (command.find(words.substr(at, bar - at)) != std::string_view::npos) return true;
        at = bar + 1;
    }
    return false;
}

bool shows_value(std::string_view text, Span anchor, std::size_t line_end) {
    const std::string_view command = text.substr(anchor.begin, line_end - anchor.begin);
    // A file must be read, not listed.
    constexpr std::size_t k_path = 80;
    if (command.starts_with(".vault") || command.starts_with("config/")) {
        const std::size_t from = anchor.begin < k_path ? 0 : anchor.begin - k_path;
        const std::string_view before = text.substr(from, anchor.begin - from);
        return before.substr(std::min(before.rfind('\n') + 1, before.size())).find("cat ") !=
               std::string_view::npos;
    }
    return std::all_of(std::begin(k_shown), std::end(k_shown), [&](const Shown& shown) {
        return !command.starts_with(shown.command) || says_one_of(command, shown.when);
    });
}

}  // namespace

std::size_t match_stored_literals(const Rule& rule, std::string_view text, Span anchor,
                                  std::vector<Hit>& hits) {
    const std::string_view command = text.substr(0, std::min(text.size(), anchor.end + k_longest_command));
    std::size_t at = anchor.end;
    const bool one = text[anchor.begin] == '-';  // an option has one
    for (int words = 0; words < 64 && at < command.size(); ++words) {
        at = skip_blanks(command, at);
        if (command.substr(at).starts_with("\\\n")) at = skip_blanks(command, at + 2);
        if (at >= command.size() || std::string_view("\n|;&<>#").find(command[at]) != std::string_view::npos)
            break;
        if (const auto literal = read_literal(command, at)) {
            const std::string_view value =
                command.substr(literal->value.begin, literal->value.end - literal->value.begin);
            const std::string_view name =
                command.substr(literal->name.begin, literal->name.end - literal->name.begin);
            if (is_declared_secret(name, value))
                hits.push_back({literal->value.begin, literal->value.end, &rule});
            at = literal->end;
        } else {
            at = std::min(command.find_first_of(" \n|;&<>", at), command.size());
        }
        if (one) break;
    }
    return at - anchor.begin;
}

// user/password of Oracle; an address must follow in a URL.
std::optional<Span> match_oracle_login(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin > 0 && is<'v'>(text[anchor.begin - 1])) return std::nullopt;
    const bool url = text[anchor.begin] == 'j';
    std::size_t at = anchor.end;
    while (!url && at < text.size() && text[at] == '-')
        at = skip_blanks(text, run_end<'n'>(text, at));
    const std::size_t slash = run_end<'v'>(text, at);
    if (slash == at || slash >= text.size() || text[slash] != '/') return std::nullopt;
    const std::size_t begin = slash + 1;
    std::size_t end = begin;
    while (end < text.size() && end - begin < k_longest_line && is<'s'>(text[end]) && text[end] != '@')
        ++end;
    const bool address = end < text.size() && text[end] == '@';
    if (end - begin < 4 || (!address && (url || !looks_chosen(text.substr(begin, end - begin)))))
        return std::nullopt;
    if (!is_real_password(text.substr(begin, end - begin))) return std::nullopt;
    return Span{begin, end};
}

std::optional<Span> match_odbc_password(const Rule&, std::string_view text, Span anchor) {
    std::size_t end = anchor.end;
    while (end < text.size() && end - anchor.end < k_longest_line && is<'s'>(text[end]) && text[end] != ';')
        ++end;
    const std::string_view password = text.substr(anchor.end, end - anchor.end);
    if (password.size() < 4 || !is_real_password(password) || looks_like_code(password)) return std::nullopt;
    return Span{anchor.end, end};
}

// The answer of a command that prints one secret: one word that may be one, alone on the line below.
std::optional<Span> match_printed_secret(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin > 0 && is<'v'>(text[anchor.begin - 1])) return std::nullopt;
    const auto begin = printed_line(text, anchor.end);
    if (!begin || !shows_value(text, anchor, *begin)) return std::nullopt;
    const std::string_view line = text.substr(0, std::min(text.size(), *begin + k_longest_line));
    const std::size_t end = std::min(line.find_first_of("\r\n", *begin), line.size());
    const std::string_view value = line.substr(*begin, end - *begin);
    if (value.find_first_of(" \t\"'`\\<>") != std::string_view::npos || value.ends_with(':'))
        return std::nullopt;
    if (!is_declared_secret({}, value) && !is_declared_base64({}, value)) return std::nullopt;
    return Span{*begin, end};
}

}  // namespace opentraces::security
