#include "security/match/strength.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <cstddef>
#include <string>

#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"
#include "security/rules/char_class.hpp"

namespace opentraces::security {

namespace {

// The pairs that make up most of English text and identifiers.
constexpr std::string_view k_common_pairs =
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de "
    "hi ri "
    "ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc "
    "et ut "
    "ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia "
    "am fi "
    "ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu "
    "ei ov "
    "by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds "
    "lt pi "
    "rc rr eg au ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu "
    "dr hr "
    "cc tw ft wn nu af hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps lf nv je nk kn gs "
    "dy hy "
    "ze ks xt bs ik dd pt rp sk xi oe oy ws lv dl rf eu dg wr xa yi nm eb db js ui cs ts sq ql io md";

using PairSet = std::bitset<std::size_t{26} * 26>;

PairSet make_pairs() {
    PairSet pairs;
    for (std::size_t at = 0; at + 1 < k_common_pairs.size(); at += 3)
        pairs.set(static_cast<std::size_t>(k_common_pairs[at] - 'a') * 26 +
                  static_cast<std::size_t>(k_common_pairs[at + 1] - 'a'));
    return pairs;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr std::array<std::string_view, 62> k_placeholder_words = {
    "none",      "null",        "true",     "false",     "undefined",  "nil",      "string",   "str",
    "number",    "boolean",     "bool",     "int",       "any",        "object",   "required", "optional",
    "password",  "passwd",      "secret",   "token",     "test",       "testing",  "example",  "dummy",
    "fake",      "placeholder", "changeme", "change_me", "change-me",  "todo",     "tbd",      "unknown",
    "empty",     "default",     "hidden",   "masked",    "removed",    "bearer",   "basic",    "apikey",
    "api_key",   "api-key",     "key",      "value",     "text",       "redacted", "n/a",      "unset",
    "secretstr", "username",    "user",     "email",     "invalid",    "expired",  "missing",  "disabled",
    "enabled",   "yes",         "no",       "off",       "write-only", "varchar"};

constexpr std::array<std::string_view, 20> k_placeholder_starts = {
    "%s",        "your",     "my-",         "my_",     "the-",     "process.", "os.environ",
    "os.getenv", "getenv",   "env.",        "env:",    "secrets.", "vault:",   "op://",
    "example-",  "example_", "placeholder", "insert-", "insert_",  "enter "};

constexpr std::array<std::string_view, 10> k_placeholder_parts = {
    "redacted", "...",         "\xe2\x80\xa6", "***",      "your-",
    "your_",    "placeholder", "change-me",    "changeme", "<your"};

bool are_words(std::string_view text) {
    return std::none_of(text.begin(), text.end(), is<'d'>) && word_likeness(text) >= 0.5;
}

// "${NAME}", "{{ name }}", "$(command": a name or an expression inside.
bool has_template(std::string_view value) {
    for (const std::string_view sign : {"${", "{{", "#{", "%(", "$(", "%{"}) {
        for (std::size_t at = value.find(sign); at != std::string_view::npos; at = value.find(sign, at + 1)) {
            std::size_t name = at + sign.size();
            while (name < value.size() && value[name] == ' ')
                ++name;
            const std::size_t end = run_end<'v'>(value, name);
            if (end == name) continue;
            if (end == value.size() || std::string_view("}) :.|[").find(value[end]) != std::string_view::npos)
                return true;
        }
    }
    return false;
}

// Classes and groups, as no password has them.
bool is_expression(std::string_view value) {
    constexpr std::array<std::string_view, 7> k_signs = {"(?", "[a-z", "[A-Z", "[0-9", "\\d", "\\w", "\\s"};
    return std::any_of(k_signs.begin(), k_signs.end(),
                       [&](std::string_view sign) { return value.find(sign) != std::string_view::npos; });
}

// "<token>", "[key]", "{value}": in brackets as a whole.
bool in_brackets(std::string_view value) {
    constexpr std::string_view k_open = "<[{(";
    constexpr std::string_view k_close = ">]})";
    const std::size_t kind = k_open.find(value.front());
    if (kind == std::string_view::npos) return false;
    const std::size_t close = value.find(k_close[kind]);
    return close == value.size() - 1 || are_words(value.substr(0, std::min(close, value.size())));
}

// A body of nothing but x, in groups or behind a prefix: "xxxx-xxxx", "api03-xxxxxxxx".
bool is_filler(std::string_view folded) {
    const auto filled = static_cast<std::size_t>(std::count(folded.begin(), folded.end(), 'x'));
    return folded.find("xxxx") != std::string_view::npos && filled * 2 >= folded.size();
}

// "put-your-key-here": words up to the end.
bool ends_in_here(std::string_view folded) {
    return (folded.ends_with("-here") || folded.ends_with("_here")) && word_likeness(folded) >= 0.5;
}

bool one_character(std::string_view value) {
    return value.find_first_not_of(value.front()) == std::string_view::npos &&
           std::string_view("xX*.-_0?#").find(value.front()) != std::string_view::npos;
}

struct Shape {
    std::size_t lower = 0;
    std::size_t upper = 0;
    std::size_t digits = 0;
    std::size_t other = 0;
    std::size_t turns = 0;  // places where a digit meets a letter, or a lower-case letter an upper-case one
};

int kind_of(char c) {
    if (is<'a'>(c)) return 1;
    if (is<'A'>(c)) return 2;
    if (is<'d'>(c)) return 3;
    return 0;
}

Shape shape_of(std::string_view value) {
    Shape shape;
    int before = 0;
    for (const char c : value) {
        const int kind = kind_of(c);
        (kind == 1 ? shape.lower : kind == 2 ? shape.upper : kind == 3 ? shape.digits : shape.other) += 1;
        // Upper to lower is how words begin; it says nothing.
        if (before != 0 && kind != 0 && kind != before && !(before == 2 && kind == 1)) ++shape.turns;
        before = kind;
    }
    return shape;
}

}  // namespace

double shannon_entropy(std::string_view text) {
    if (text.empty()) return 0;
    std::array<std::size_t, 256> counts{};
    for (const char c : text)
        ++counts[static_cast<unsigned char>(c)];
    static const auto k_weights = [] {
        std::array<double, 256> weights{};
        for (std::size_t n = 1; n < weights.size(); ++n)
            weights[n] = static_cast<double>(n) * std::log2(static_cast<double>(n));
        return weights;
    }();
    double sum = 0;
    for (const std::size_t count : counts) {
        if (count < 2) continue;
        sum += count < k_weights.size() ? k_weights[count]
                                        : static_cast<double>(count) * std::log2(static_cast<double>(count));
    }
    const auto total = static_cast<double>(text.size());
    return std::log2(total) - sum / total;
}

double word_likeness(std::string_view text) {
    static const PairSet pairs = make_pairs();
    std::size_t seen = 0;
    std::size_t common = 0;
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        if (!is<'y'>(text[at]) || !is<'y'>(text[at + 1])) continue;
        ++seen;
        common += pairs[static_cast<std::size_t>(lower(text[at]) - 'a') * 26 +
                        static_cast<std::size_t>(lower(text[at + 1]) - 'a')]
                      ? 1
                      : 0;
    }
    return seen == 0 ? 1.0 : static_cast<double>(common) / static_cast<double>(seen);
}

bool is_placeholder(std::string_view value) {
    if (value.empty() || one_character(value)) return true;
    if (value.size() > 200) return value.find("REDACTED") != std::string_view::npos;
    const std::string folded = to_lower_ascii(value);
    if (std::find(k_placeholder_words.begin(), k_placeholder_words.end(), folded) !=
        k_placeholder_words.end())
        return true;
    // $NAME in shells and templates.
    if (folded.size() > 1 && folded[0] == '$' && run_end<'v'>(value, 1) == value.size() &&
        !is<'d'>(value[1]) && (word_likeness(value) >= 0.5 || run_end<'u'>(value, 1) == value.size()))
        return true;
    for (const auto start : k_placeholder_starts)
        if (folded.starts_with(start)) return true;
    if (has_template(value) || in_brackets(value) || is_filler(folded) || ends_in_here(folded)) return true;
    return std::any_of(k_placeholder_parts.begin(), k_placeholder_parts.end(),
                       [&](std::string_view part) { return folded.find(part) != std::string::npos; });
}

bool is_ciphertext(std::string_view value) {
    constexpr std::size_t k_sealed = 600;  // a key of RSA with 4096 bits comes first, behind its length
    if (value.starts_with("ENC[AES256_GCM,") || value.starts_with("$ANSIBLE_VAULT;")) return true;
    const bool sealed =
        value.size() >= k_sealed && value.starts_with("Ag") && value[2] >= 'A' && value[2] <= 'D';
    return sealed && run_end<'e'>(value, 0) == value.size();
}

bool looks_generated(std::string_view value) {
    static constexpr CharSet k_signs("!@#$%^&*()?~<>{}[]|;");
    const auto signs = static_cast<std::size_t>(
        std::count_if(value.begin(), value.end(), [](char c) { return k_signs.has(c); }));
    if (value.size() >= 16 && signs >= 3 && word_likeness(value) < 0.65 && shannon_entropy(value) >= 3.8)
        return true;
    const Shape shape = shape_of(value);
    const std::size_t letters = shape.lower + shape.upper;
    if (shape.digits == 0) {
        return value.size() >= 20 && shape.lower >= 3 && shape.upper >= 3 && word_likeness(value) < 0.55 &&
               shannon_entropy(value) >= 3.5;
    }
    if (letters == 0) return value.size() >= 20 && shannon_entropy(value) >= 2.5;
    if (value.size() >= 12 && shape.turns >= 3 && shannon_entropy(value) >= 2.8) return true;
    return value.size() >= 8 && shape.turns >= 2 && word_likeness(value) < 0.6 &&
           shannon_entropy(value) >= 2.5;
}

bool looks_chosen(std::string_view value) {
    if (looks_generated(value)) return true;
    const Shape shape = shape_of(value);
    const bool sign = std::any_of(value.begin(), value.end(), [](char c) {
        return !is<'w'>(c) && std::string_view(" _-./:,").find(c) == std::string_view::npos;
    });
    const bool mixed = shape.lower >= 2 && shape.upper >= 2 && shape.turns >= 3;
    return value.size() >= 8 && shape.digits > 0 && shape.lower + shape.upper > 0 && (sign || mixed);
}

bool looks_generated_token(std::string_view token) {
    std::string_view longest;
    for (std::size_t at = 0; at <= token.size();) {
        const std::size_t end = std::min(token.find_first_of("-_.", at), token.size());
        if (end - at > longest.size()) longest = token.substr(at, end - at);
        at = end + 1;
    }
    return looks_generated(longest);
}

bool looks_like_code(std::string_view value, bool quoted) {
    constexpr std::string_view k_brackets = "(){}[]|";
    // *flags.password, &config.token
    if (!quoted && value.size() > 1 && (value.front() == '*' || value.front() == '&') && is<'y'>(value[1]) &&
        value.find('.') != std::string_view::npos && std::all_of(value.begin() + 1, value.end(), [](char c) {
            return is<'y'>(c) || c == '.' || c == '_';
        }))
        return true;
    if (has_template(value) || is_expression(value) || value.starts_with("\\x")) return true;
    if (!quoted && (value.ends_with("(") || value.ends_with("()"))) return true;
    // name[1], call(x)
    const bool closed = value.ends_with(']') || value.ends_with(')');
    const std::size_t name_end = run_end<'v'>(value, 0);
    if (!quoted && closed && name_end > 0 && (value[name_end] == '[' || value[name_end] == '(')) return true;
    if (!quoted && k_brackets.find(value.front()) != std::string_view::npos && are_words(value)) return true;
    // A bracket behind a name calls it or takes a part of it.
    for (std::size_t at = value.find_first_of("([{|"); !quoted && at < value.size();
         at = value.find_first_of("([{|", at + 1)) {
        const std::string_view name = value.substr(0, at).substr(run_begin<'v'>(value, at));
        const bool dotted = at > name.size() && value[at - name.size() - 1] == '.';
        if (name.size() >= 2 && (dotted || are_words(name))) return true;
    }
    const bool path = value.starts_with("/") &&
                      (value.find('/', 1) != std::string_view::npos || word_likeness(value) >= 0.5);
    if (path || value.starts_with("./") || value.starts_with("../") || value.starts_with("~/") ||
        value.find("://") != std::string_view::npos)
        return true;
    // Dotted names such as self.token and config.api.key.
    const std::size_t dot = value.find('.');
    if (dot == std::string_view::npos || dot == 0) return false;
    return std::all_of(value.begin(), value.end(), [](char c) { return is<'v'>(c) || c == '.'; }) &&
           is<'y'>(value.front()) && word_likeness(value) >= 0.5;
}

bool is_digest_or_uuid(std::string_view value) {
    return is_uuid(value) || std::all_of(value.begin(), value.end(), [](char c) { return is<'x'>(c); });
}

}  // namespace opentraces::security
