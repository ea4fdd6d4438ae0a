// Values that are secret because of the name they are assigned to.
#include <algorithm>
#include <array>
#include <string>

#include "opentraces/core/text.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/scanner.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

constexpr std::size_t k_max_name = 80;
constexpr std::size_t k_max_value = 4096;
constexpr std::size_t k_max_bare_value = 1024;  // without quotes

// What may follow the secret word inside the name: DB_PASSWORD_PROD, secretAccessKey, token_value.
constexpr std::array<std::string_view, 42> k_allowed_endings = {
    "",          "key",     "value",      "val",     "text",     "string", "str",
    "env",       "base64",  "b64",        "hex",     "raw",      "plain",  "plaintext",
    "accesskey", "prod",    "production", "dev",     "staging",  "live",   "test",
    "default",   "old",     "new",        "current", "main",     "backup", "admin",
    "root",      "keybase", "keybase64",  "id",      "data",     "phrase", "primary",
    "secondary", "local",   "secret",     "token",   "password", "pass",   "api"};

// "next_page_token", "max token" and other names that only sound secret.
constexpr std::array<std::string_view, 46> k_harmless_before = {
    "next",     "page",         "nextpage", "continuation", "pagination", "max",    "num",    "min",
    "cancel",   "cancellation", "eos",      "bos",          "pad",        "unk",    "mask",   "sep",
    "special",  "stop",         "total",    "per",          "input",      "output", "prompt", "completion",
    "sync",     "cls",          "end",      "start",        "current",    "each",   "every",  "no",
    "number",   "count",        "public",   "lex",          "syntax",     "ast",    "parse",  "word",
    "semantic", "design",       "theme",    "color",        "n",          "comma"};

bool is_name_char(char c) {
    return is<'v'>(c) || c == '-' || c == '.';
}

std::string letters_only(std::string_view text) {
    std::string out;
    for (const char c : to_lower_ascii(text))
        if (is<'y'>(c)) out.push_back(c);
    return out;
}

// The last word before `end` in a name of any style: "maxToken" -> "max", "NEXT_PAGE_" -> "page".
std::string last_word(std::string_view name) {
    std::size_t end = name.size();
    while (end > 0 && !is<'w'>(name[end - 1]))
        --end;
    std::size_t begin = end;
    while (begin > 0 && is<'y'>(name[begin - 1])) {
        --begin;
        if (is<'A'>(name[begin]) && begin + 1 < end && is<'a'>(name[begin + 1])) break;
    }
    return to_lower_ascii(name.substr(begin, end - begin));
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool name_is_secret(const Rule& rule, std::string_view name, Span word) {
    if (rule.value == ValueKind::Exact) return true;
    const std::string_view ending = name.substr(word.end);
    if (!contains(k_allowed_endings, letters_only(ending))) return false;
    // "id" says secret only in access_key_id-like pairs, never in token_id.
    if (letters_only(ending) == "id") return false;
    const std::string_view before = name.substr(0, word.begin);
    if (rule.value == ValueKind::Password) {
        // Word boundary: "bypass=", "compass:" and "OLDPWD" are no passwords.
        const std::string folded = to_lower_ascii(name.substr(word.begin, word.end - word.begin));
        if (folded == "pwd" && (before.empty() || letters_only(before) == "old")) return false;
        return true;
    }
    return !contains(k_harmless_before, last_word(before));
}

bool is_all_caps(std::string_view name) {
    return std::none_of(name.begin(), name.end(), [](char c) { return is<'a'>(c); }) &&
           std::any_of(name.begin(), name.end(), [](char c) { return is<'A'>(c); });
}

bool plausible_password(std::string_view name, std::string_view value, bool quoted) {
    if (value.size() < 4 || value.size() > 256) return false;
    // Only environment variables hold phrases; elsewhere a text with blanks is a label.
    if (value.find(' ') != std::string_view::npos && !(quoted && is_all_caps(name))) return false;
    if (is_placeholder(value) || looks_like_code(value, quoted)) return false;
    const bool digit = std::any_of(value.begin(), value.end(), is<'d'>);
    const bool letter = std::any_of(value.begin(), value.end(), is<'y'>);
    const bool symbol =
        std::any_of(value.begin(), value.end(), [](char c) { return !is<'v'>(c) && c != '-' && c != '.'; });
    if (digit && !letter) return value.size() >= 6;
    if (digit || symbol) return value.size() >= 5 || is_all_caps(name);
    if (is_all_caps(name)) return value.size() >= 6 && !is_all_caps(value);
    // Letters only: a label such as "Passwort" or a variable, unless it is a quoted lower-case phrase.
    return quoted && value.size() >= 8 && is<'a'>(value.front()) && run_end<'a'>(value, 0) == value.size() &&
           letters_only(value).find("pass") == std::string::npos && value != letters_only(name);
}

bool plausible_key(std::string_view value) {
    if (value.size() < 8 || value.size() > k_max_value) return false;
    if (value.find(' ') != std::string_view::npos || is_placeholder(value) || looks_like_code(value))
        return false;
    return looks_generated(value);
}

bool plausible_cookie(std::string_view value) {
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos || equals == 0 || run_end<'t'>(value, 0) < equals) return false;
    const std::size_t end = std::min(value.find(';', equals), value.size());
    const std::string_view first = value.substr(equals + 1, end - equals - 1);
    return first.size() >= 8 && !is_placeholder(first) && !looks_like_code(first);
}

bool plausible_account(std::string_view value) {
    if (value.size() < 8 || run_end<'e'>(value, 0) != value.size()) return false;
    const auto decoded = decode_base64_text(value);
    return decoded && decoded->find(':') != std::string::npos && decoded->find(' ') == std::string::npos;
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t'))
        ++at;
    return at;
}

bool is_quote(char c) {
    return c == '"' || c == '\'' || c == '`';
}

// A quote with any number of backslashes before it; `at` moves behind it.
bool skip_quote(std::string_view text, std::size_t& at) {
    std::size_t end = at;
    while (end < text.size() && text[end] == '\\')
        ++end;
    if (end >= text.size() || !is_quote(text[end])) return false;
    at = end + 1;
    return true;
}

struct Value {
    Span span;
    bool quoted = false;
    bool weak = false;  // the syntax before it is not an assignment for sure
};

enum class Operator { None, Equals, Colon, Option, Element, Comma, Is };

// "ENV NAME value" in container files.
bool follows_env_word(std::string_view text, std::size_t name) {
    return text.substr(0, name).ends_with("ENV ") || text.substr(0, name).ends_with("setx ");
}

// `at` is behind the name; moves to where the value begins.
Operator read_operator(std::string_view text, Span name, std::size_t& at) {
    const bool option = name.begin >= 2 && text[name.begin - 1] == '-' && text[name.begin - 2] == '-';
    if (at < text.size() && text[at] == '>' && name.begin > 0 && text[name.begin - 1] == '<')
        return ++at, Operator::Element;
    const std::size_t after_name = at;
    const bool quoted_name = skip_quote(text, at);
    if (at < text.size() && text[at] == ']') ++at;
    at = skip_blanks(text, at);
    if (at >= text.size()) return Operator::None;
    const std::string_view rest = text.substr(at);
    for (const std::string_view sign : {":=", "=>", "=", ":"}) {
        if (!rest.starts_with(sign)) continue;
        if (rest.starts_with("==") || rest.starts_with("::")) return Operator::None;
        at = skip_blanks(text, at + sign.size());
        return sign == ":" ? Operator::Colon : Operator::Equals;
    }
    if (quoted_name && rest.starts_with(",")) {
        at = skip_blanks(text, at + 1);
        // {"name": "X_TOKEN", "value": "…"}
        std::size_t key = at;
        if (skip_quote(text, key) && text.substr(key).starts_with("value")) {
            key += 5;
            if (skip_quote(text, key) && (key = skip_blanks(text, key)) < text.size() && text[key] == ':') {
                at = skip_blanks(text, key + 1);
                return Operator::Colon;
            }
        }
        return Operator::Comma;
    }
    if (!quoted_name && rest.starts_with("is ") && at > after_name)
        return at = skip_blanks(text, at + 3), Operator::Is;
    if ((option || follows_env_word(text, name.begin)) && at > after_name) return Operator::Option;
    return Operator::None;
}

std::optional<Value> read_value(std::string_view text, std::size_t at, Operator op, bool env_style) {
    const std::size_t open = at;
    const std::size_t limit = std::min(text.size(), at + k_max_value);
    if (op != Operator::Element && skip_quote(text, at)) {
        const char quote = text[at - 1];
        const bool escaped = at - open > 1;
        std::size_t end = at;
        while (end < limit && text[end] != '\n' && text[end] != quote) {
            if (text[end] == '\\' && !escaped && end + 1 < limit) ++end;
            ++end;
        }
        if (end >= limit && limit < text.size()) return std::nullopt;
        end = std::min(end, limit);
        while (escaped && end > at && text[end - 1] == '\\')
            --end;
        return Value{{at, end}, true, op == Operator::Comma};
    }
    std::string_view stops = " \t\r\n\"'`\\,;&)}]<>|";
    if (env_style && op == Operator::Equals) stops = " \t\r\n\"'`\\";
    if (op == Operator::Element) stops = "<\n";
    const std::size_t bare_limit = std::min(text.size(), at + k_max_bare_value);
    std::size_t end = std::min(text.substr(0, bare_limit).find_first_of(stops, at), bare_limit);
    // The end of a sentence is not part of the value.
    while (end > at && (text[end - 1] == '.' || text[end - 1] == ',' || text[end - 1] == ':'))
        --end;
    if (end == at) return std::nullopt;
    return Value{{at, end}, op == Operator::Element, op == Operator::Comma};
}

Span name_around(std::string_view text, Span word) {
    std::size_t begin = word.begin;
    while (begin > 0 && word.begin - begin < k_max_name && is_name_char(text[begin - 1]))
        --begin;
    while (begin < word.begin && !is<'v'>(text[begin]))
        ++begin;
    std::size_t end = word.end;
    while (end < text.size() && end - word.end < k_max_name && is_name_char(text[end]))
        ++end;
    return {begin, end};
}

}  // namespace

bool is_secret_value(const Rule& rule, std::string_view name, Span word, std::string_view value,
                     bool quoted) {
    if (value.empty() || value.find(k_marker) != std::string_view::npos) return false;
    if (!name_is_secret(rule, name, word)) return false;
    switch (rule.value) {
        case ValueKind::Password:
            return plausible_password(name, value, quoted);
        case ValueKind::Key:
            return plausible_key(value);
        case ValueKind::Cookie:
            return plausible_cookie(value);
        case ValueKind::Account:
            return plausible_account(value);
        case ValueKind::Exact: {
            const auto end = Pattern(rule.after).match_forward(value, 0);
            return end && *end == value.size() && !is_placeholder(value) &&
                   shannon_entropy(value) >= rule.min_entropy;
        }
        case ValueKind::None:
            break;
    }
    return false;
}

std::optional<Span> match_assignment(const Rule& rule, std::string_view text, Span anchor) {
    const Span name = name_around(text, anchor);
    const Span word{anchor.begin - name.begin, anchor.end - name.begin};
    const std::string_view name_text = text.substr(name.begin, name.end - name.begin);
    if (!name_is_secret(rule, name_text, word)) return std::nullopt;
    std::size_t at = name.end;
    const Operator op = read_operator(text, name, at);
    if (op == Operator::None || at >= text.size()) return std::nullopt;
    auto value = read_value(text, at, op, is_all_caps(name_text));
    if (!value) return std::nullopt;
    const std::string_view value_text = text.substr(value->span.begin, value->span.end - value->span.begin);
    if (value->weak && !looks_generated(value_text)) return std::nullopt;
    if (!is_secret_value(rule, name_text, word, value_text, value->quoted)) return std::nullopt;
    if (value->quoted) return value->span;
    // What was read was enough to judge; all of it must go, and of a header all the cookies.
    if (rule.value == ValueKind::Cookie) {
        value->span.end = std::min(text.find_first_of("\r\n\"'\\", value->span.begin), text.size());
    } else if (value_text.size() >= k_max_bare_value) {
        value->span.end = run_end<'t'>(text, value->span.end);
    }
    return value->span;
}

void match_named_value(std::string_view name, std::string_view text, std::vector<Hit>& hits) {
    const std::string_view value = trim(text);
    if (value.empty() || value.size() > k_max_value || name.size() > 2 * k_max_name) return;
    const RuleSet& set = RuleSet::get();
    set.literals().for_each(name, [&](std::size_t literal, std::size_t begin) {
        const RuleSet::Anchor& anchor = set.anchor(literal);
        const Rule& rule = set.rules()[anchor.rule].rule;
        if (rule.value == ValueKind::None) return;
        const Span around = name_around(name, {begin, begin + anchor.length});
        const Span word{begin - around.begin, begin + anchor.length - around.begin};
        if (!is_secret_value(rule, name.substr(around.begin, around.end - around.begin), word, value, true))
            return;
        const auto at = static_cast<std::size_t>(value.data() - text.data());
        hits.push_back({at, at + value.size(), &rule});
    });
}

}  // namespace opentraces::security
