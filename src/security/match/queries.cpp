// Passwords in SQL, and in calls that log in.
#include <algorithm>

#include "security/match/assigned_value.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_gap = 48;

std::optional<Span> quoted_password(std::string_view text, std::size_t at) {
    const auto value = read_quoted(text, at);
    if (!value) return std::nullopt;
    const std::string_view password = text.substr(value->span.begin, value->span.end - value->span.begin);
    if (password.size() < 4 || password.find(' ') != std::string_view::npos || !is_real_password(password))
        return std::nullopt;
    return value->span;
}

}  // namespace

// IDENTIFIED BY 'v', IDENTIFIED WITH plugin BY 'v', PASSWORD 'v', PASSWORD = N'v', PASSWORD('v')
std::optional<Span> match_sql_password(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin > 0 && is<'v'>(text[anchor.begin - 1])) return std::nullopt;
    const std::string_view window = text.substr(0, std::min(text.size(), anchor.end + k_max_gap));
    const std::size_t quote = window.find_first_of("'\"", anchor.end - 1);
    if (quote == std::string_view::npos) return std::nullopt;
    const std::string_view between =
        window.substr(std::min(anchor.end, quote), quote - std::min(anchor.end, quote));
    const bool words = std::all_of(between.begin(), between.end(), [](char c) {
        return is<'v'>(c) || c == ' ' || c == '=' || c == '(' || c == '\n' || c == '\\';
    });
    if (!words) return std::nullopt;
    // "identified by the 'name'" is no statement.
    const bool prose = text[anchor.begin] == 'i' && text[anchor.end - 1] == 'y';
    if (prose && between.find_first_not_of(" \n\\") != std::string_view::npos) return std::nullopt;
    std::size_t at = quote;
    while (at > anchor.end && text[at - 1] == '\\')
        --at;
    const auto found = quoted_password(text, at);
    if (found && prose && !looks_chosen(text.substr(found->begin, found->end - found->begin)))
        return std::nullopt;
    return found;
}

// auth=("user", "v"), login('user', 'v'): the second of two literals.
std::optional<Span> match_login_call(const Rule&, std::string_view text, Span anchor) {
    const auto user = read_quoted(text, skip_space(text, anchor.end, 1));
    if (!user) return std::nullopt;
    std::size_t at = user->span.end;
    if (!skip_quote(text, at)) return std::nullopt;
    at = skip_blanks(text, at);
    if (at >= text.size() || text[at] != ',') return std::nullopt;
    return quoted_password(text, skip_space(text, at + 1, 1));
}

}  // namespace opentraces::security
