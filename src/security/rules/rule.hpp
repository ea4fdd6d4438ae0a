// A detector as a row of data, and the set of all rows.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/scrub.hpp"
#include "security/match/literal_set.hpp"
#include "security/rules/pattern.hpp"

namespace opentraces::security {

inline constexpr std::string_view k_marker = "[REDACTED]";

struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct Rule;
struct Hit;
// Looks around one occurrence of an anchor and answers what to replace.
using Matcher = std::optional<Span> (*)(const Rule& rule, std::string_view text, Span anchor);
// Finds every value that one occurrence of an anchor says something of; answers how many bytes it has read.
using BlockMatcher = std::size_t (*)(const Rule& rule, std::string_view text, Span anchor,
                                     std::vector<Hit>& hits);
// A last look at a candidate: false means that it is not what it seems.
using Check = bool (*)(std::string_view candidate);

// What a value must look like when only the name it is assigned to says that it is secret.
enum class ValueKind {
    None,      // the rule is not about assignments
    Password,  // anything that is not a placeholder, a word of code or a label
    Key,       // must look generated
    Cookie,    // a list of name=value
    Account,   // base64 of user:password
    Exact,     // the value matches `after` as a whole
};

// Whose credential it is, and where its form is published: a page of the vendor's, or a list of patterns.
struct Origin {
    std::string_view vendor{};
    std::string_view source{};
};

struct Rule {
    std::string_view id{};
    std::string_view description{};
    Origin origin{};  // empty: no one vendor's
    Severity severity = Severity::Critical;
    // Literals separated by '|', at least one of which occurs in every match; '#' stands for a digit.
    std::string_view anchors{};
    bool any_case = false;
    bool glued = false;         // letters or digits may touch the start (the anchor is distinctive)
    std::string_view before{};  // pattern that ends where the anchor begins
    std::string_view after{};   // pattern that begins where the anchor ends
    double min_entropy = 0;     // bits per character of what follows the anchor
    Check check = nullptr;
    ValueKind value = ValueKind::None;
    Matcher matcher = nullptr;     // instead of before/after
    BlockMatcher block = nullptr;  // instead of all of them
    // Samples in the language of expand_sample().
    std::vector<std::string_view> hits{};
    std::vector<std::string_view> misses{};
};

std::span<const Rule> ai_rules();
std::span<const Rule> cloud_rules();
std::span<const Rule> service_rules();
std::span<const Rule> vcs_rules();
std::span<const Rule> platform_rules();
std::span<const Rule> developer_rules();
std::span<const Rule> chat_rules();
std::span<const Rule> payment_rules();
std::span<const Rule> models_rules();
std::span<const Rule> identity_rules();
std::span<const Rule> hosting_rules();
std::span<const Rule> delivery_rules();
std::span<const Rule> data_rules();
std::span<const Rule> business_rules();
std::span<const Rule> markets_rules();
std::span<const Rule> generic_rules();
std::span<const Rule> file_rules();
std::span<const Rule> key_rules();
std::span<const Rule> personal_rules();

struct CompiledRule {
    Rule rule;
    Pattern before;
    Pattern after;
};

// Every row, compiled once, with one automaton over all anchors.
class RuleSet {
public:
    static const RuleSet& get();
    std::span<const CompiledRule> rules() const { return m_rules; }
    const LiteralSet& literals() const { return m_literals; }
    struct Anchor {
        std::uint32_t rule;
        std::uint32_t length;
        std::string literal;  // empty: case and digits need no second look
    };
    const Anchor& anchor(std::size_t literal) const { return m_anchors[literal]; }
    // The last literals are no anchors: they begin what may stand between two parts of a value
    // (scan/joints.hpp).
    bool is_joint(std::size_t literal) const { return literal >= m_anchors.size(); }
    // May a part that ends in these two characters hold the beginning of an anchor of known form, and may
    // that go on behind `left` with `right`?
    bool may_end_part(char before, char left) const {
        return m_pairs[pair(before, left)] ||
               (!is<'w'>(before) && m_firsts[static_cast<unsigned char>(left)]);
    }
    bool may_cut(char left, char right) const { return m_pairs[pair(left, right)]; }
    // The same for four characters, between the second and the third.
    bool may_cut(char before, char left, char right, char next) const {
        return m_short[pair(left, right)] || m_triples[triple(before, left, right)] ||
               m_triples[triple(left, right, next)];
    }

private:
    RuleSet();
    std::vector<CompiledRule> m_rules;
    void note_pairs(const Rule& rule, std::string_view literal);
    std::vector<Anchor> m_anchors;
    LiteralSet m_literals;
    static std::size_t pair(char left, char right) {
        return static_cast<unsigned char>(left) % 128 * 128 + static_cast<unsigned char>(right) % 128;
    }
    std::bitset<std::size_t{128} * 128> m_pairs;  // side by side in anchors of known form
    std::bitset<256> m_firsts;                    // that such anchors begin with
    static std::size_t triple(char a, char b, char c) {
        const auto folded = [](char of) {
            return static_cast<std::size_t>(of >= '0' && of <= '9' ? '#' : of);
        };
        return ((folded(a) * 61 + folded(b)) * 61 + folded(c)) % k_triples;
    }
    static constexpr std::size_t k_triples = std::size_t{1} << 16;
    std::bitset<k_triples> m_triples;             // three characters of such anchors; some share a place
    std::bitset<std::size_t{128} * 128> m_short;  // anchors of two characters
};

// The form alone tells the secret, whatever stands around it.
bool has_known_form(const Rule& rule);

// The findings that have no anchor.
const Rule& entropy_rule();
const Rule& mnemonic_rule();
const Rule& custom_rule();

}  // namespace opentraces::security
