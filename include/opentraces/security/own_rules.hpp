// Rules of the user's own, from files in the format of gitleaks and betterleaks (TOML; regular expressions as
// Go has them). They run beside the program's and can only add findings.
// Format: github.com/gitleaks/gitleaks README "Configuration", github.com/betterleaks/betterleaks
// docs/config.md.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace opentraces::security {

inline constexpr std::size_t k_largest_rule_file = std::size_t{4} << 20;  // bytes

// Immutable and shared: what a scan uses is a value of its options.
class OwnRules;
using OwnRulesPtr = std::shared_ptr<const OwnRules>;

struct RuleFile {
    std::string name;  // for messages
    std::string text;
    // The file that this one extends, by its path relative to this one's folder.
    std::function<RuleFile(const std::string& path)> extended = {};
};

// The rules of all files together; nullptr for none. Error ConfigInvalid (file, line, rule, reason) for what
// cannot be meant: never a part of the rules.
OwnRulesPtr read_own_rules(const std::vector<RuleFile>& files);

// What the files say and opentraces does not follow, counted and by name.
std::vector<std::string> remarks_of(const OwnRules& rules);
// SHA-256 over the files.
std::string digest_of(const OwnRules& rules);

}  // namespace opentraces::security
