// Values that are secret because of the name they are assigned to.
#include <algorithm>
#include <array>
#include <string>

#include "opentraces/core/text.hpp"
#include "security/match/assigned_value.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/scanner.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

constexpr std::size_t k_max_name = 80;
constexpr std::size_t k_max_value = 4096;
constexpr std::size_t k_max_bare_value = 1024;  // without quotes
constexpr std::size_t k_max_password = 256;

// What says of a name that it holds something about the secret, not the secret: TOKEN_COUNT, passwordFile.
constexpr std::array<std::string_view, 102> k_harmless_endings = {
    "id",        "ids",      "count",     "counts",   "limit",    "limits",   "type",       "types",
    "url",       "uri",      "urls",      "endpoint", "name",     "names",    "file",       "filename",
    "path",      "dir",      "folder",    "expiry",   "expires",  "expired",  "expiration", "size",
    "length",    "len",      "policy",    "hash",     "hashed",   "hasher",   "hashers",    "digest",
    "algorithm", "alg",      "provider",  "manager",  "service",  "store",    "storage",    "header",
    "prefix",    "suffix",   "format",    "pattern",  "regex",    "field",    "fields",     "label",
    "hint",      "error",    "errors",    "budget",   "usage",    "used",     "max",        "min",
    "ttl",       "timeout",  "age",       "index",    "info",     "status",   "state",      "version",
    "scope",     "scopes",   "issuer",    "audience", "param",    "params",   "parameter",  "column",
    "list",      "map",      "class",     "lifetime", "in",       "for",      "by",         "rotation",
    "required",  "enabled",  "validator", "reset",    "ref",      "arn",      "source",     "kind",
    "method",    "position", "positions", "estimate", "per",      "rate",     "cost",       "costs",
    "sha",       "commit",   "rev",       "revision", "checksum", "integrity"};

// Endings that are part of the word itself: secretkey, tokenvalue.
constexpr std::array<std::string_view, 8> k_glued_endings = {"key",     "value",  "text", "string",
                                                             "keybase", "phrase", "b64",  "base64"};

// "next_page_token", "max token" and other names that only sound secret.
constexpr std::array<std::string_view, 47> k_harmless_before = {
    "next",     "page",         "nextpage", "continuation", "pagination", "max",    "num",    "min",
    "cancel",   "cancellation", "eos",      "bos",          "pad",        "unk",    "mask",   "sep",
    "special",  "stop",         "total",    "per",          "input",      "output", "prompt", "completion",
    "sync",     "cls",          "end",      "start",        "current",    "each",   "every",  "no",
    "number",   "count",        "public",   "lex",          "syntax",     "ast",    "parse",  "word",
    "semantic", "design",       "theme",    "color",        "n",          "comma",  "fips"};

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

// May the secret word end where it does? "tokens" and "tokenizer" are other words than "token".
bool ends_word(std::string_view name, Span word) {
    if (word.end >= name.size()) return true;
    const char next = name[word.end];
    if (!is<'y'>(next) || (is<'A'>(next) && is<'a'>(name[word.end - 1]))) return true;
    return contains(k_glued_endings, to_lower_ascii(name.substr(word.end)));
}

bool is_harmless_word(std::string_view word) {
    static const auto k_sorted = [] {
        auto words = k_harmless_endings;
        std::sort(words.begin(), words.end());
        return words;
    }();
    return std::binary_search(k_sorted.begin(), k_sorted.end(), word);
}

// One of the words of an ending in any style: "_BOB_FILE", "ForGitHub", "-2".
bool is_harmless_ending(std::string_view ending) {
    for (std::size_t at = 0; at < ending.size();) {
        std::size_t end = at + 1;
        while (end < ending.size() && is<'y'>(ending[end]) &&
               !(is<'A'>(ending[end]) && is<'a'>(ending[end - 1])))
            ++end;
        if (is_harmless_word(letters_only(ending.substr(at, end - at)))) return true;
        at = end;
    }
    return false;
}

// "pass", "pw" and "psk" are whole words, or the last of a name.
bool is_short_word(std::string_view word) {
    return word == "pass" || word == "pw" || word == "psk";
}

bool name_is_secret(const Rule& rule, std::string_view name, Span word) {
    if (rule.value == ValueKind::Exact) {
        if (word.end < name.size() && is_harmless_word(last_word(name))) return false;
        return name[word.begin] != '_' || word.end == name.size();
    }
    if (!ends_word(name, word) || is_harmless_ending(name.substr(word.end))) return false;
    const std::string_view before = name.substr(0, word.begin);
    if (rule.value != ValueKind::Password)
        return before.empty() || !contains(k_harmless_before, last_word(before));
    // "bypass=", "compass:" and "OLDPWD" are no passwords.
    const std::string folded = to_lower_ascii(name.substr(word.begin, word.end - word.begin));
    const bool folder = name == "PWD" || letters_only(before) == "old";
    if (folded == "pwd" && folder) return false;
    if (is_short_word(folded) && word.begin > 0 && is<'w'>(name[word.begin - 1])) return false;
    return !is_short_word(folded) || word.end == name.size();
}

bool is_all_caps(std::string_view name) {
    return std::none_of(name.begin(), name.end(), [](char c) { return is<'a'>(c); }) &&
           std::any_of(name.begin(), name.end(), [](char c) { return is<'A'>(c); });
}

bool plausible_password(std::string_view name, std::string_view value, bool quoted) {
    if (value.size() < 4 || value.size() > k_max_password) return false;
    // Only environment variables hold phrases; elsewhere a text with blanks is a label.
    if (value.find(' ') != std::string_view::npos && !(quoted && is_all_caps(name))) return false;
    if (is_placeholder(value) || looks_like_code(value, quoted)) return false;
    const bool digit = std::any_of(value.begin(), value.end(), is<'d'>);
    const bool letter = std::any_of(value.begin(), value.end(), is<'y'>);
    const bool symbol =
        std::any_of(value.begin(), value.end(), [](char c) { return !is<'v'>(c) && c != '-' && c != '.'; });
    // Numbers in dots name objects, hosts and versions.
    if (digit && !letter) return value.size() >= 6 && value.find('.') == std::string_view::npos;
    if (digit || symbol) return value.size() >= 5 || is_all_caps(name);
    if (is_all_caps(name)) return value.size() >= 6 && !is_all_caps(value);
    // Letters only: a label such as "Passwort" or a variable, unless it is a quoted lower-case phrase.
    return quoted && value.size() >= 8 && is<'a'>(value.front()) && run_end<'a'>(value, 0) == value.size() &&
           letters_only(value).find("pass") == std::string::npos && value != letters_only(name);
}

bool plausible_key(std::string_view value, bool quoted) {
    if (value.size() < 8 || value.size() > k_max_value) return false;
    if (value.find(' ') != std::string_view::npos || is_placeholder(value) || looks_like_code(value, quoted))
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

// Module.CONSTANT, SOME_CONSTANT
bool is_name(std::string_view value) {
    const bool words =
        std::all_of(value.begin(), value.end(), [](char c) { return is<'v'>(c) || c == '.'; }) &&
        word_likeness(value) >= 0.5 && is<'y'>(value.front());
    const bool digits = std::any_of(value.begin(), value.end(), is<'d'>);
    return words && ((!digits && value.find('.') != std::string_view::npos) ||
                     (is_all_caps(value) && value.find('_') != std::string_view::npos));
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
    if (value.empty() || value.find(k_marker) != std::string_view::npos || is_ciphertext(value)) return false;
    if (!name_is_secret(rule, name, word)) return false;
    switch (rule.value) {
        case ValueKind::Password:
            return plausible_password(name, value, quoted);
        case ValueKind::Key:
            return plausible_key(value, quoted);
        case ValueKind::Cookie:
            return plausible_cookie(value);
        case ValueKind::Account:
            return plausible_account(value);
        case ValueKind::Exact: {
            const auto end = Pattern(rule.after).match_forward(value, 0);
            return end && *end == value.size() && !is_placeholder(value) && !is_name(value) &&
                   shannon_entropy(value) >= rule.min_entropy;
        }
        case ValueKind::None:
            break;
    }
    return false;
}

// Pwd: "C:\\x" is a folder.
bool is_folder(std::string_view name, std::string_view value) {
    return to_lower_ascii(name) == "pwd" && value.find_first_of("/\\") != std::string_view::npos;
}

// "PASS: suite_1" and "pass 3" are what tests print.
bool is_outcome(std::string_view name, Span word, const AssignedValue& value, std::string_view text) {
    return is_short_word(to_lower_ascii(name.substr(word.begin, word.end - word.begin))) && !value.quoted &&
           value.span.begin > 0 && text[value.span.begin - 1] == ' ' && is<'A'>(name[word.begin]);
}

// The value judged; nullopt if it is none, or if a weak syntax leaves doubts.
std::optional<Span> secret_part(const Rule& rule, std::string_view text, std::string_view name, Span word,
                                const AssignedValue& value) {
    const std::string_view value_text = text.substr(value.span.begin, value.span.end - value.span.begin);
    const bool is_password = rule.value == ValueKind::Password;
    if (is_password && value_text.size() > k_max_password) return std::nullopt;
    if (value.weak && !(is_password ? looks_chosen(value_text) : looks_generated(value_text)))
        return std::nullopt;
    if (is_outcome(name, word, value, text) || is_folder(name, value_text)) return std::nullopt;
    if (!is_secret_value(rule, name, word, value_text, value.quoted)) return std::nullopt;
    if (value.quoted) return value.span;
    // What was read was enough to judge; all of it must go, and of a header all the cookies.
    Span span = value.span;
    if (rule.value == ValueKind::Cookie) {
        span.end = std::min(text.find_first_of("\r\n\"'\\", span.begin), text.size());
    } else if (value_text.size() >= k_max_bare_value) {
        span.end = run_end<'t'>(text, span.end);
    }
    return span;
}

std::optional<Span> match_assignment(const Rule& rule, std::string_view text, Span anchor) {
    std::size_t reached = 0;
    return match_assigned(rule, text, anchor, reached);
}

std::optional<Span> match_assigned(const Rule& rule, std::string_view text, Span anchor,
                                   std::size_t& reached) {
    reached = anchor.end;
    const Span name = name_around(text, anchor);
    const Span word{anchor.begin - name.begin, anchor.end - name.begin};
    const std::string_view name_text = text.substr(name.begin, name.end - name.begin);
    if (!name_is_secret(rule, name_text, word)) return std::nullopt;
    if (const auto value = assigned_value(text, name, is_all_caps(name_text))) {
        reached = value->span.end;
        if (const auto found = secret_part(rule, text, name_text, word, *value)) return found;
    }
    if (const auto value = paired_value(text, name)) return secret_part(rule, text, name_text, word, *value);
    return std::nullopt;
}

void match_columns(const Rule& rule, std::string_view text, Span anchor, std::vector<Hit>& hits) {
    const Span name = name_around(text, anchor);
    const bool header = may_be_header(text, name);
    const bool insert = may_be_in_insert(text, name);
    if (!header && !insert) return;
    const Span word{anchor.begin - name.begin, anchor.end - name.begin};
    if (!name_is_secret(rule, text.substr(name.begin, name.end - name.begin), word)) return;
    if (header) match_column(rule, text, name, word, hits);
    if (insert) match_insert(rule, text, name, word, hits);
}

void match_named_value(std::string_view name, std::string_view text, std::vector<Hit>& hits) {
    const std::string_view value = trim(text);
    if (value.empty() || value.size() > k_max_value || name.size() > 2 * k_max_name) return;
    const RuleSet& set = RuleSet::get();
    set.literals().for_each(name, [&](std::size_t literal, std::size_t begin) {
        if (set.is_joint(literal)) return;
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
