// From the files of rules to what is matched.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "security/own/draft.hpp"
#include "security/own/own_rules.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_memory = std::size_t{32} << 20;  // of all expressions together, as long as they fit
constexpr std::size_t k_least_memory = std::size_t{128} << 10;
constexpr std::size_t k_most_rules = 5000;
constexpr std::size_t k_most_named = 8;

// "a (3), b"
std::string counted(const Section::Unknown& keys) {
    std::string text;
    std::size_t named = 0;
    for (const auto& [key, count] : keys) {
        if (named++ == k_most_named) return text + fmt::format(" and {} more", keys.size() - k_most_named);
        text += (text.empty() ? "" : ", ") + key + (count > 1 ? fmt::format(" ({})", count) : "");
    }
    return text;
}

std::string listed(const std::vector<std::string>& words) {
    Section::Unknown once;
    for (const std::string& word : words)
        once[word] = 1;
    return counted(once);
}

class Compiler {
public:
    explicit Compiler(std::size_t regexes)
        : m_memory(std::max(k_least_memory, k_memory / std::max<std::size_t>(regexes, 1))) {}

    std::optional<Regex> regex(const PatternDraft& draft) const {
        if (draft.source.empty()) return std::nullopt;
        auto compiled = Regex::compile(draft.source, m_memory);
        if (const auto* why = std::get_if<std::string>(&compiled))
            refuse_rules(draft.file, draft.line,
                         draft.what + " is no regular expression of RE2's syntax: " + *why);
        return std::get<Regex>(std::move(compiled));
    }

    std::shared_ptr<const Allowlist> allowlist(const AllowlistDraft& draft) const {
        Allowlist list;
        list.all = draft.all;
        list.target = draft.target;
        list.stopwords = draft.stopwords;
        list.commits = draft.commits;
        for (const PatternDraft& one : draft.regexes)
            if (auto compiled = regex(one)) list.regexes.push_back(*std::move(compiled));
        for (const PatternDraft& one : draft.paths)
            if (auto compiled = regex(one)) list.paths.push_back(*std::move(compiled));
        return std::make_shared<const Allowlist>(std::move(list));
    }

    OwnRule rule(const RuleDraft& draft) const {
        OwnRule rule;
        rule.id = draft.id;
        rule.description = draft.description.empty() ? draft.id : draft.description;
        rule.rule.severity = draft.severity.value_or(Severity::High);
        rule.keywords = draft.keywords;
        rule.regex = regex(draft.regex);
        rule.path = regex(draft.path);
        rule.secret_group = draft.secret_group;
        if (rule.secret_group > rule.regex->groups())
            refuse_rules(draft.file, draft.line,
                         fmt::format("rule {}: secretGroup {} is not in its regex, which has {}", draft.id,
                                     rule.secret_group, rule.regex->groups()));
        rule.entropy = draft.entropy;
        rule.tags = draft.tags;
        for (const AllowlistDraft& list : draft.allowlists)
            rule.allowlists.push_back(allowlist(list));
        rule.reported = draft.reported;
        rule.where = fmt::format("{}:{}", draft.file, draft.line);
        return rule;
    }

private:
    std::size_t m_memory;
};

std::size_t regexes_of(const FileDraft& draft) {
    std::size_t count = 2 * draft.rules.size();
    const auto add = [&](const AllowlistDraft& list) { count += list.regexes.size() + list.paths.size(); };
    for (const AllowlistDraft& list : draft.allowlists)
        add(list);
    for (const RuleDraft& rule : draft.rules)
        std::for_each(rule.allowlists.begin(), rule.allowlists.end(), add);
    return count;
}

// Lists for some rules become theirs.
void give_out_allowlists(FileDraft& draft) {
    for (AllowlistDraft& list : draft.allowlists) {
        for (const std::string& id : list.target_rules) {
            const auto rule = std::find_if(draft.rules.begin(), draft.rules.end(),
                                           [&](const RuleDraft& one) { return one.id == id; });
            if (rule == draft.rules.end())
                draft.absent.push_back(id);
            else
                rule->allowlists.push_back(list);
        }
    }
    std::erase_if(draft.allowlists, [](const AllowlistDraft& list) { return !list.target_rules.empty(); });
}

// Rules that nothing here can be searched for with.
std::vector<std::string> drop_without_regex(FileDraft& draft) {
    std::vector<std::string> of_files;
    std::erase_if(draft.rules, [&](const RuleDraft& rule) {
        if (!rule.regex.source.empty()) return false;
        if (rule.path.source.empty() && !draft.extends_default)
            refuse_rules(rule.file, rule.line, "rule " + rule.id + ": regex and path are both missing");
        (rule.path.source.empty() ? draft.absent : of_files).push_back(rule.id);
        return true;
    });
    return of_files;
}

class Reader {
public:
    void add(const RuleFile& file) {
        Section::Unknown unknown;
        FileDraft draft = draft_rules(file, unknown);
        if (draft.rules.size() > k_most_rules) refuse_rules(file.name, 0, "has more than 5000 rules");
        give_out_allowlists(draft);
        const std::vector<std::string> of_files = drop_without_regex(draft);
        remark(file, "not followed, as opentraces does not know it", counted(unknown));
        remark(file, "rules that look at names of files alone are left out", listed(of_files));
        remark(file, "rules that are not in the file are spoken of", listed(draft.absent));
        compile(file, draft);
        for (const std::string& text : draft.texts)
            m_digest.update(sha256_hex(text));
    }

    OwnRules::Parts parts() {
        m_parts.digest = m_digest.finish_hex();
        return std::move(m_parts);
    }

private:
    void remark(const RuleFile& file, const char* what, const std::string& names) {
        if (!names.empty()) m_parts.remarks.push_back(fmt::format("{}: {}: {}", file.name, what, names));
    }

    void compile(const RuleFile& file, const FileDraft& draft) {
        const Compiler compiler(regexes_of(draft));
        std::vector<std::shared_ptr<const Allowlist>> shared;
        for (const AllowlistDraft& list : draft.allowlists)
            shared.push_back(compiler.allowlist(list));
        for (const RuleDraft& rule : draft.rules) {
            refuse_again(rule);
            OwnRule compiled = compiler.rule(rule);
            // Those of one file say nothing about another's.
            compiled.allowlists.insert(compiled.allowlists.end(), shared.begin(), shared.end());
            m_parts.rules.push_back(std::move(compiled));
        }
        const std::size_t first = m_parts.rules.size() - draft.rules.size();
        for (std::size_t i = 0; i < draft.rules.size(); ++i)
            for (const RequiredDraft& required : draft.rules[i].required)
                m_parts.rules[first + i].required.push_back(
                    {index_of(file, draft, draft.rules[i], required.id) + first, required.lines,
                     required.columns});
    }

    void refuse_again(const RuleDraft& rule) const {
        for (const OwnRule& other : m_parts.rules)
            if (other.id == rule.id)
                refuse_rules(rule.file, rule.line,
                             fmt::format("rule {}: {} has one of that name", rule.id, other.where));
    }

    static std::size_t index_of(const RuleFile& file, const FileDraft& draft, const RuleDraft& rule,
                                const std::string& id) {
        for (std::size_t i = 0; i < draft.rules.size(); ++i)
            if (draft.rules[i].id == id) return i;
        refuse_rules(file.name, rule.line,
                     "rule " + rule.id + ": required rule " + id + " is not in the file");
    }

    OwnRules::Parts m_parts;
    Sha256 m_digest;
};

}  // namespace

OwnRulesPtr read_own_rules(const std::vector<RuleFile>& files) {
    if (files.empty()) return nullptr;
    Reader reader;
    for (const RuleFile& file : files)
        reader.add(file);
    return std::make_shared<const OwnRules>(reader.parts());
}

std::vector<std::string> remarks_of(const OwnRules& rules) {
    return rules.remarks();
}

std::string digest_of(const OwnRules& rules) {
    return rules.digest();
}

}  // namespace opentraces::security
