// The rules of the scanner as values, for those who want to know what is looked for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/scrub.hpp"

namespace opentraces::security {

struct RuleFacts {
    std::string id;           // "github_token"
    std::string description;  // "GitHub token: classic, OAuth, app or refresh"
    std::string vendor;       // whose credential it is; empty where it is no one vendor's
    std::string source;       // the page or published list that tells its form; empty as above
    Severity severity = Severity::Critical;
    // One of them is in every match, letters in either case where `any_case` says so; '#' is a digit. None:
    // the rule looks at every text.
    std::vector<std::string> anchors;
    bool any_case = false;
    std::string before;  // patterns (docs/security.md) around the anchor; both may be empty
    std::string after;
    double min_entropy = 0;  // bits per character
    bool by_name = false;    // about the value of something with a telling name
    bool by_code = false;    // has a look of its own beside the patterns, such as a checksum
    std::size_t hits = 0;    // samples that must be found
    std::size_t misses = 0;  // and that must not
    // Of rules of the user's own, whose anchors are keywords that are somewhere in the same text.
    std::string regex{};
    std::string path{};   // a regular expression for the file's
    std::string where{};  // "rules.toml:12"; empty: one of the program's
};

// In the order of their tables; behind them those of the user's own.
std::vector<RuleFacts> rule_facts(const OwnRulesPtr& own = nullptr);
// Of two with one id, the user's own.
std::optional<RuleFacts> rule_facts(std::string_view id, const OwnRulesPtr& own = nullptr);

// A sample of a rule that does not do what it is there for.
struct BrokenSample {
    std::string rule;
    bool must_hit = true;
    std::size_t number = 0;  // from 1 on, in its list
};
std::vector<BrokenSample> broken_samples(std::string_view rule);

// What one rule finds in the bytes as they are, whatever other rules find there. The two rules that have no
// anchor find nothing alone.
std::vector<Finding> matches_of(std::string_view rule, std::string_view text,
                                const OwnRulesPtr& own = nullptr);

}  // namespace opentraces::security
