// A file of rules as it says them, before anything is compiled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "opentraces/security/own_rules.hpp"
#include "opentraces/security/scrub.hpp"
#include "security/own/own_rules.hpp"
#include "security/own/section.hpp"

namespace opentraces::security {

struct PatternDraft {
    std::string source;  // empty: none
    std::string file;
    std::size_t line = 0;
    std::string what;  // "rule aws-key: regex"
};

struct AllowlistDraft {
    bool all = false;
    AllowTarget target = AllowTarget::Secret;
    std::vector<PatternDraft> regexes;
    std::vector<PatternDraft> paths;
    std::vector<std::string> stopwords;
    std::vector<std::string> commits;
    std::vector<std::string> target_rules;  // of a list for all: only for these
};

struct RequiredDraft {
    std::string id;
    std::optional<std::uint64_t> lines;
    std::optional<std::uint64_t> columns;
};

struct RuleDraft {
    std::string id;
    std::string description;
    std::string file;
    std::size_t line = 0;
    std::optional<Severity> severity;
    PatternDraft regex;
    PatternDraft path;
    std::size_t secret_group = 0;
    double entropy = 0;
    std::vector<std::string> keywords;  // lower case
    std::vector<std::string> tags;
    std::vector<AllowlistDraft> allowlists;
    std::vector<RequiredDraft> required;
    bool reported = true;
};

struct FileDraft {
    std::vector<RuleDraft> rules;  // no two of one id
    std::vector<AllowlistDraft> allowlists;
    bool extends_default = false;     // the rules that the other tools bring along
    std::vector<std::string> texts;   // of this file and those that it extends
    std::vector<std::string> absent;  // rules of theirs that it speaks of
};

// With what it extends. Errors as read_own_rules().
FileDraft draft_rules(const RuleFile& file, Section::Unknown& unknown);

}  // namespace opentraces::security
