// Credentials in headers, URLs, options and credential files.
#include <algorithm>
#include <string>

#include "opentraces/core/base64.hpp"
#include "opentraces/core/text.hpp"
#include "security/match/assigned_value.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

bool has_digit(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is<'d'>);
}

// "Authorization:" in one of its spellings shortly before.
bool in_header(std::string_view text, std::size_t at) {
    const std::string before =
        to_lower_ascii(text.substr(at < 40 ? 0 : at - 40, std::min<std::size_t>(at, 40)));
    return before.find("authorization") != std::string::npos || before.find("auth:") != std::string::npos;
}

struct UserInfo {
    std::size_t user = 0;      // first byte
    std::size_t password = 0;  // behind the colon; 0 if there is none
    std::size_t at_sign = 0;
};

// Passwords with '?' or '#' occur in practice although URLs forbid them: user:pa#ss@host, where what stands
// before the sign is no host with its port. Counted from `at`; npos if there is none.
std::size_t late_at_sign(std::string_view text, std::size_t at, std::size_t end) {
    if (end >= text.size() || (text[end] != '?' && text[end] != '#')) return std::string_view::npos;
    const std::string_view before = text.substr(at, end - at);
    const std::size_t colon = before.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::string_view::npos;
    const std::string_view user = before.substr(0, colon);
    if (user.find('.') != std::string_view::npos && user.find("%40") == std::string_view::npos)
        return std::string_view::npos;
    if (run_end<'d'>(before, colon + 1) == before.size()) return std::string_view::npos;
    std::size_t sign = end;
    while (sign < text.size() && is<'s'>(text[sign]) && text[sign] != '/' && text[sign] != '@' &&
           text[sign] != '=' && text[sign] != '&')
        ++sign;
    const bool host = sign + 1 < text.size() && text[sign] == '@' && is<'w'>(text[sign + 1]);
    return host ? sign - at : std::string_view::npos;
}

std::optional<UserInfo> read_user_info(std::string_view text, std::size_t at) {
    const std::size_t limit = std::min(text.size(), at + 512);
    std::size_t end = at;
    while (end < limit && is<'s'>(text[end]) && text[end] != '/' && text[end] != '?' && text[end] != '#')
        ++end;
    std::size_t at_sign = text.substr(at, end - at).rfind('@');
    if (at_sign == std::string_view::npos) {
        at_sign = late_at_sign(text.substr(0, limit), at, end);
        if (at_sign == std::string_view::npos) return std::nullopt;
    }
    UserInfo info{at, 0, at + at_sign};
    const std::size_t colon = text.substr(at, at_sign).find(':');
    if (colon != std::string_view::npos) info.password = at + colon + 1;
    return info;
}

}  // namespace

bool is_real_password(std::string_view password) {
    const std::string folded = to_lower_ascii(password);
    if (password.size() < 2 || password.find(k_marker) != std::string_view::npos || password == "REDACTED")
        return false;
    if (folded == "password" || folded == "pass" || folded == "secret" || folded == "token") return false;
    return !is_placeholder(password);
}

std::optional<Span> match_auth_scheme(const Rule& rule, std::string_view text, Span anchor) {
    if (anchor.begin > 0 && is<'v'>(text[anchor.begin - 1])) return std::nullopt;
    std::size_t at = anchor.end;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t'))
        ++at;
    std::size_t end = run_end<'t'>(text, at);
    while (end > at && text[end - 1] == '.')
        --end;
    const std::string_view value = text.substr(at, end - at);
    if (value.size() < 8 || is_placeholder(value)) return std::nullopt;
    if (rule.value == ValueKind::Account) {
        const std::string decoded = decode_base64_run(value);
        const bool account = decoded.find(':') != std::string::npos &&
                             std::all_of(decoded.begin(), decoded.end(), [](char c) { return c >= 0x20; });
        if (!account && !(in_header(text, anchor.begin) && value.size() >= 16 && has_digit(value)))
            return std::nullopt;
        return Span{at, end};
    }
    if (looks_like_code(value)) return std::nullopt;
    const bool generated = value.size() >= 16 && looks_generated(value);
    const bool header = in_header(text, anchor.begin) && has_digit(value);
    const bool scheme_is_word = text[anchor.begin] != 'B' && text[anchor.begin] != 'b';
    if (scheme_is_word
            ? (generated && in_header(text, anchor.begin)) || header
            : generated || header || (value.size() >= 20 && has_digit(value) && word_likeness(value) < 0.7))
        return Span{at, end};
    return std::nullopt;
}

std::optional<Span> match_url_credentials(const Rule&, std::string_view text, Span anchor) {
    if (anchor.begin == 0 || !is<'w'>(text[anchor.begin - 1])) return std::nullopt;
    const auto info = read_user_info(text, anchor.end);
    if (!info) return std::nullopt;
    if (info->password == 0) {
        const std::string_view user = text.substr(info->user, info->at_sign - info->user);
        if (user.size() < 16 || !looks_generated(user) || is_placeholder(user)) return std::nullopt;
        return Span{info->user, info->at_sign};
    }
    if (!is_real_password(text.substr(info->password, info->at_sign - info->password))) return std::nullopt;
    return Span{info->user, info->at_sign};
}

std::optional<Span> match_database_url(const Rule&, std::string_view text, Span anchor) {
    const std::size_t scheme_end =
        text.substr(0, std::min(text.size(), anchor.end + 24)).find("://", anchor.begin);
    if (scheme_end == std::string_view::npos) return std::nullopt;
    const std::string_view driver = text.substr(anchor.end, scheme_end - anchor.end);
    if (!std::all_of(driver.begin(), driver.end(),
                     [](char c) { return is<'w'>(c) || c == '+' || c == ':' || c == '-'; }))
        return std::nullopt;
    if (anchor.begin > 0 && is<'w'>(text[anchor.begin - 1])) return std::nullopt;
    const auto info = read_user_info(text, scheme_end + 3);
    if (!info || info->password == 0) return std::nullopt;
    const std::string_view password = text.substr(info->password, info->at_sign - info->password);
    if (password.empty() || password == k_marker || password == "REDACTED") return std::nullopt;
    if (is_placeholder(password) && password.find_first_of("$<{[*%.") != std::string_view::npos)
        return std::nullopt;
    std::size_t end = run_end<'s'>(text, info->at_sign);
    while (end > info->at_sign && std::string_view(",;.)]}").find(text[end - 1]) != std::string_view::npos)
        --end;
    return Span{anchor.begin, end};
}

// Pairs of words behind "machine NAME" or "default":
// https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
std::optional<Span> match_netrc(const Rule&, std::string_view text, Span anchor) {
    constexpr std::size_t k_entry = 200;
    constexpr std::string_view k_white = " \t\r\n";
    const std::size_t from = anchor.begin < k_entry ? 0 : anchor.begin - k_entry;
    const std::string_view before = text.substr(from, anchor.begin - from);
    const std::size_t machine = before.rfind("machine");
    const std::size_t fallback = before.rfind("default");
    std::size_t at = 0;
    const auto word = [&] {
        at = std::min(before.find_first_not_of(k_white, at), before.size());
        const std::size_t begin = at;
        at = std::min(before.find_first_of(k_white, at), before.size());
        return before.substr(begin, at - begin);
    };
    bool is_host = false;
    if (machine != std::string_view::npos) {
        at = machine + 7;
        const std::string_view host = word();
        const bool name =
            std::all_of(host.begin(), host.end(), [](char c) { return is<'n'>(c) || c == '.' || c == '_'; });
        if (!name) return std::nullopt;
        is_host = host.find('.') != std::string_view::npos;
    } else if (fallback != std::string_view::npos) {
        at = fallback + 7;
    } else {
        return std::nullopt;
    }
    bool login = false;
    for (std::string_view key = word(); !key.empty(); key = word()) {
        if (key != "login" && key != "account" && key != "port") return std::nullopt;
        login = login || key == "login";
        if (word().empty()) return std::nullopt;
    }
    if (!login && !is_host) return std::nullopt;
    const std::size_t begin = skip_blanks(text, anchor.end);
    const std::size_t end = run_end<'s'>(text, begin);
    const std::string_view password = text.substr(begin, end - begin);
    if (!is_real_password(password) || (!login && !has_digit(password) && !looks_chosen(password)))
        return std::nullopt;
    return Span{begin, end};
}

// host:5432:database:user:password, alone on its line; ':' and '\\' have a backslash before them.
std::optional<Span> match_pgpass(const Rule&, std::string_view text, Span anchor) {
    std::size_t begin = anchor.begin;
    while (begin > 0 && (is<'n'>(text[begin - 1]) || text[begin - 1] == '.' || text[begin - 1] == '*'))
        --begin;
    const bool joined =
        begin > 0 &&
        (is<'v'>(text[begin - 1]) || std::string_view("/@:").find(text[begin - 1]) != std::string_view::npos);
    if (begin == anchor.begin || joined) return std::nullopt;
    std::size_t at = anchor.end;
    for (int field = 0; field < 2; ++field) {
        std::size_t end = at;
        while (end < text.size() &&
               (is<'n'>(text[end]) || text[end] == '_' || text[end] == '*' || text[end] == '.'))
            ++end;
        if (end == at || end >= text.size() || text[end] != ':') return std::nullopt;
        at = end + 1;
    }
    std::size_t end = at;
    while (end < text.size() && (is<'s'>(text[end]) || text[end] == '\\')) {
        const bool escape = text[end] == '\\';
        if (escape && (end + 1 == text.size() || (text[end + 1] != ':' && text[end + 1] != '\\'))) break;
        end += escape ? 2 : 1;
    }
    const std::string_view password = text.substr(at, end - at);
    if (!is_real_password(password)) return std::nullopt;
    // Any number may stand between colons in what compilers say.
    const std::string_view port = text.substr(anchor.begin, anchor.end - anchor.begin);
    const bool usual = port == ":5432:" || port == ":5433:" || port == ":6432:" || port == ":*:";
    const bool alone = (begin == 0 || text[begin - 1] == '\n') &&
                       (end == text.size() || text[end] == '\n' || text[end] == '\r' || text[end] == '\\');
    const bool chosen = looks_chosen(password) || (password.size() >= 7 && has_digit(password) &&
                                                   password.find(':') == std::string_view::npos);
    if (!usual && !(alone && chosen && run_end<'d'>(text, anchor.end) == anchor.end)) return std::nullopt;
    return Span{at, end};
}

}  // namespace opentraces::security
