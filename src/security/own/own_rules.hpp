// Rules of the user's own as they are matched.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/own_rules.hpp"
#include "security/match/literal_set.hpp"
#include "security/own/regex.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {

// What a regular expression of an allow-list looks at.
enum class AllowTarget { Secret, Match, Line };

// What is not a finding. Of the kinds of conditions that are given, one or, with `all`, each must hold.
struct Allowlist {
    bool all = false;
    AllowTarget target = AllowTarget::Secret;
    std::vector<Regex> regexes;
    std::vector<Regex> paths;
    std::vector<std::string> stopwords;  // lower case, in the secret
    std::vector<std::string> commits;
};

// Another rule of the set that must match near by; no distance: anywhere in the text.
struct RequiredRule {
    std::size_t rule = 0;
    std::optional<std::uint64_t> lines;
    std::optional<std::uint64_t> columns;  // characters of the lines, as bytes
};

struct OwnRule {
    std::string id;
    std::string description;
    Rule rule;  // what findings point to; views of these two
    std::vector<std::string> keywords;
    std::optional<Regex> regex;
    std::optional<Regex> path;
    std::size_t secret_group = 0;  // 0: the first that took part, or the match
    double entropy = 0;            // that a secret must be above
    std::vector<std::string> tags;
    std::vector<std::shared_ptr<const Allowlist>> allowlists;  // those of its file for all rules too
    std::vector<RequiredRule> required;
    bool reported = true;  // false: there for other rules that require it
    std::string where;     // "rules.toml:12"
};

// Where a text is from, as far as that is known; all may be empty.
struct TextOrigin {
    std::string_view path;
    std::string_view commit;
    std::string_view place{};  // path in a record
};

class HiddenTexts;

// What stands in the place of something found is no finding, nor is a part of it; and none is cut by one.
std::optional<Span> around_markers(std::string_view text, Span span);

class OwnRules {
public:
    struct Parts {
        std::vector<OwnRule> rules;
        std::vector<std::string> remarks;
        std::string digest;
    };
    explicit OwnRules(Parts parts);
    // Those of `base` (may be null), and what a person has decided about one trace.
    OwnRules(OwnRulesPtr base, std::shared_ptr<const HiddenTexts> hidden);
    OwnRules(const OwnRules&) = delete;
    OwnRules& operator=(const OwnRules&) = delete;

    const std::vector<OwnRule>& rules() const { return parts().rules; }
    const std::vector<std::string>& remarks() const { return parts().remarks; }
    const std::string& digest() const { return parts().digest; }
    bool has(const Rule* rule) const;

    // Drops what a person has allowed.
    void keep_forbidden(std::string_view text, std::vector<Hit>& hits) const;
    // What they find in the bytes as they are.
    void find(std::string_view text, TextOrigin origin, Depth depth, std::vector<Hit>& hits) const;

private:
    struct Match {
        Span whole;
        Span secret;
        std::uint64_t line = 0;  // and column, of its begin
        std::uint64_t column = 0;
    };
    std::vector<std::uint32_t> awake(std::string_view text) const;
    std::vector<Match> matches(const OwnRule& rule, std::string_view text, TextOrigin origin) const;
    static bool is_met(const RequiredRule& required, const Match& match, const std::vector<Match>& others);
    // Drops what lacks another rule near by.
    void keep_complete(const OwnRule& rule, std::string_view text, TextOrigin origin,
                       std::vector<Match>& found) const;

    const Parts& parts() const { return m_base ? m_base->parts() : m_parts; }

    OwnRulesPtr m_base;
    std::shared_ptr<const HiddenTexts> m_hidden;
    Parts m_parts;
    std::vector<std::uint32_t> m_always;   // rules without keywords
    std::vector<std::uint32_t> m_rule_of;  // of keywords
    LiteralSet m_keywords;
};

}  // namespace opentraces::security
