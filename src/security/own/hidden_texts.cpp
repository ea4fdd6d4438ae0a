#include "security/own/hidden_texts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <variant>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "security/own/own_rules.hpp"

namespace opentraces::security {
namespace {

constexpr std::uint64_t k_prime = (std::uint64_t{1} << 61) - 1;
constexpr std::size_t k_fingerprint_digits = 32;
constexpr std::size_t k_check_digits = 16;
constexpr std::size_t k_shortest_digits = 8;  // of encoded forms: fewer stand anywhere by chance
constexpr std::size_t k_pattern_memory = std::size_t{8} << 20;

__extension__ using Wide = unsigned __int128;

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    const auto low = static_cast<std::uint64_t>(product & k_prime);
    const auto high = static_cast<std::uint64_t>(product >> 61);
    const std::uint64_t sum = low + high;
    return sum >= k_prime ? sum - k_prime : sum;
}

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t sum = a + b;
    return sum >= k_prime ? sum - k_prime : sum;
}

// 0 would make texts of zeros alike.
std::uint64_t value_of(char c) {
    return std::uint64_t{static_cast<unsigned char>(c)} + 1;
}

std::uint64_t hash_of(std::string_view text, std::uint64_t base) {
    std::uint64_t hash = 0;
    for (const char c : text)
        hash = plus(times(hash, base), value_of(c));
    return hash;
}

std::string key_of(std::string_view key, const std::string& salt) {
    return hmac_sha256_hex(key, "opentraces hidden text 1\n" + salt);
}

std::uint64_t base_of(const std::string& key) {
    const std::string digits = hmac_sha256_hex(key, "base").substr(0, 15);
    std::uint64_t base = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), base, 16);
    return base % (k_prime - 512) + 257;
}

std::string check_of(const std::string& key) {
    return hmac_sha256_hex(key, "check").substr(0, k_check_digits);
}

std::string fingerprint_of(const std::string& key, std::string_view text) {
    return hmac_sha256_hex(key, "text\n" + std::string(text)).substr(0, k_fingerprint_digits);
}

std::string hex_of(std::string_view text, std::string_view digits) {
    std::string out;
    for (const char c : text) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

// RFC 3986, section 2.3: everything but what is unreserved.
std::string percent_of(std::string_view text, std::string_view digits, std::string_view blank) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain)
            out += c;
        else if (c == ' ')
            out += blank;
        else
            out += "%" + hex_of(std::string_view(&c, 1), digits);
    }
    return out;
}

std::string escaped(std::string_view text, std::initializer_list<std::pair<char, std::string_view>> names) {
    std::string out;
    for (const char c : text) {
        const auto named =
            std::find_if(names.begin(), names.end(), [c](const auto& name) { return name.first == c; });
        if (named == names.end())
            out += c;
        else
            out += named->second;
    }
    return out;
}

// The digits that the text alone decides, whatever stands before and behind it.
std::string base64_at(std::string_view text, std::size_t before) {
    const std::string digits = base64(std::string(before, '\0') + std::string(text));
    const std::size_t first = (before * 8 + 5) / 6;
    const std::size_t end = (before + text.size()) * 8 / 6;
    return digits.substr(first, end - first);
}

std::set<std::string> forms_of(std::string_view text) {
    constexpr std::string_view k_lower = "0123456789abcdef";
    constexpr std::string_view k_upper = "0123456789ABCDEF";
    std::set<std::string> encoded;
    for (std::size_t before = 0; before < 3; ++before) {
        std::string digits = base64_at(text, before);
        encoded.insert(digits);
        std::replace(digits.begin(), digits.end(), '+', '-');
        std::replace(digits.begin(), digits.end(), '/', '_');
        encoded.insert(digits);
    }
    encoded.insert({hex_of(text, k_lower), hex_of(text, k_upper)});
    std::set<std::string> forms;
    for (const std::string& form : encoded)
        if (form.size() >= k_shortest_digits) forms.insert(form);
    forms.insert(std::string(text));
    forms.insert(
        {percent_of(text, k_upper, "%20"), percent_of(text, k_lower, "%20"), percent_of(text, k_upper, "+")});
    forms.insert(escaped(text, {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"}}));
    forms.insert(escaped(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}}));
    forms.insert(
        escaped(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}));
    return forms;
}

std::variant<Regex, std::string> compiled(const std::string& pattern) {
    return Regex::compile(pattern, k_pattern_memory);
}

void add_hit(std::string_view text, Span span, std::vector<Hit>& hits) {
    if (const auto whole = around_markers(text, span))
        hits.push_back({whole->begin, whole->end, &custom_rule()});
}

}  // namespace

HandRedaction hide_text(std::string_view text, std::string_view key, const std::string& salt) {
    if (text.size() < k_shortest_hidden)
        throw Error(ErrorCode::BadOption,
                    "a text to be redacted needs at least " + std::to_string(k_shortest_hidden) + " bytes",
                    "Give more of it.");
    HandRedaction redaction;
    redaction.salt = salt;
    const std::string own_key = key_of(key, salt);
    redaction.key_check = check_of(own_key);
    const std::uint64_t base = base_of(own_key);
    for (const std::string& form : forms_of(text))
        redaction.forms.push_back({form.size(), hash_of(form, base), fingerprint_of(own_key, form)});
    return redaction;
}

HandRedaction hide_matches(const std::string& pattern) {
    const auto program = compiled(pattern);
    if (std::holds_alternative<std::string>(program))
        throw Error(ErrorCode::BadOption, "the regular expression cannot be read",
                    "It is one of Go's regexp (RE2), as in: key-[0-9]{6}");
    if (std::get<Regex>(program).matches(""))
        throw Error(ErrorCode::BadOption,
                    "the regular expression matches nothing at all, which is everywhere",
                    "Let it ask for at least one character.");
    HandRedaction redaction;
    redaction.pattern = pattern;
    return redaction;
}

HiddenTexts::HiddenTexts(const DecidedTexts& decided) : m_key(decided.key) {
    for (const Allowed& allowed : decided.allowed) {
        if (!allowed.fingerprint.empty()) m_allowed_fingerprints.insert(allowed.fingerprint);
        if (!allowed.rule.empty()) m_allowed_rules.insert(allowed.rule);
    }
    for (const HandRedaction& redaction : decided.redactions) {
        Sought sought;
        sought.step = redaction.step;
        sought.field = redaction.field;
        if (!redaction.pattern.empty()) {
            auto program = compiled(redaction.pattern);
            if (!std::holds_alternative<Regex>(program))
                throw Error(ErrorCode::ConfigInvalid, "a redaction by hand cannot be read",
                            "Take it back: opentraces unredact ID");
            sought.pattern = std::get<Regex>(std::move(program));
        } else {
            sought.key = key_of(decided.key, redaction.salt);
            if (check_of(sought.key) != redaction.key_check)
                throw Error(
                    ErrorCode::ConfigInvalid,
                    "what was redacted by hand was remembered under another key, and would not be found",
                    "Bring that key back (opentraces key import), or: opentraces unredact ID, then redact "
                    "again.");
            sought.base = base_of(sought.key);
            for (const HiddenForm& form : redaction.forms)
                sought.by_length[form.length].push_back(form);
        }
        m_sought.push_back(std::move(sought));
    }
}

bool HiddenTexts::is_meant(const Sought& sought, std::string_view place) {
    if (sought.step && !place.starts_with("steps[" + std::to_string(*sought.step) + "]")) return false;
    const std::string& field = sought.field;
    if (field.empty()) return true;
    if (place.starts_with(field)) {
        const std::string_view rest = place.substr(field.size());
        if (rest.empty() || rest.front() == '.' || rest.front() == '[') return true;
    }
    return place.size() > field.size() && place.ends_with(field) &&
           place[place.size() - field.size() - 1] == '.';
}

void HiddenTexts::find_forms(const Sought& sought, std::string_view text, std::vector<Hit>& hits) {
    for (const auto& [length, forms] : sought.by_length) {
        if (length == 0 || length > text.size()) continue;
        std::uint64_t highest = 1;  // what the byte that leaves counts
        for (std::uint64_t i = 1; i < length; ++i)
            highest = times(highest, sought.base);
        std::uint64_t hash = hash_of(text.substr(0, length), sought.base);
        for (std::size_t at = 0;; ++at) {
            const std::string_view window = text.substr(at, length);
            const bool is_form = std::any_of(forms.begin(), forms.end(), [&](const HiddenForm& form) {
                return form.hash == hash && form.fingerprint == fingerprint_of(sought.key, window);
            });
            if (is_form) add_hit(text, {at, at + length}, hits);
            if (at + length >= text.size()) break;
            hash = plus(hash, k_prime - times(value_of(text[at]), highest));
            hash = plus(times(hash, sought.base), value_of(text[at + length]));
        }
    }
}

void HiddenTexts::find_matches(const Regex& pattern, std::string_view text, std::vector<Hit>& hits) {
    std::vector<Span> spans;
    for (std::size_t at = 0; at <= text.size() && pattern.next(text, at, spans);) {
        const Span whole = spans.front();
        at = std::max(whole.end, whole.begin + 1);
        if (whole.end > whole.begin) add_hit(text, whole, hits);
    }
}

void HiddenTexts::find(std::string_view text, std::string_view place, std::vector<Hit>& hits) const {
    for (const Sought& sought : m_sought) {
        if (!is_meant(sought, place)) continue;
        if (sought.pattern)
            find_matches(*sought.pattern, text, hits);
        else
            find_forms(sought, text, hits);
    }
}

bool HiddenTexts::is_allowed(std::string_view rule, std::string_view found) const {
    // What a person has hidden is never what a person has allowed.
    if (rule == custom_rule().id) return false;
    if (m_allowed_rules.contains(rule)) return true;
    return !m_allowed_fingerprints.empty() &&
           m_allowed_fingerprints.contains(finding_fingerprint(m_key, found));
}

void HiddenTexts::keep_forbidden(std::string_view text, std::vector<Hit>& hits) const {
    std::erase_if(hits, [&](const Hit& hit) {
        return is_allowed(hit.rule->id, text.substr(hit.begin, hit.end - hit.begin));
    });
}

OwnRulesPtr with_decisions(OwnRulesPtr rules, const DecidedTexts& decided) {
    if (decided.redactions.empty() && decided.allowed.empty()) return rules;
    return std::make_shared<const OwnRules>(std::move(rules), std::make_shared<const HiddenTexts>(decided));
}

}  // namespace opentraces::security
