#include "security/own/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "opentraces/core/text.hpp"

namespace opentraces::security {
namespace {

constexpr int k_most_extended = 2;  // files, one behind the other
constexpr std::size_t k_longest_id = 100;

std::vector<std::string> lower(std::vector<std::string> words) {
    for (std::string& word : words)
        word = to_lower_ascii(word);
    std::erase(words, std::string());
    return words;
}

class FileReader {
public:
    FileReader(const RuleFile& file, Section::Unknown& unknown, int depth)
        : m_file(file), m_unknown(unknown), m_depth(depth) {}

    FileDraft run() {
        if (m_file.text.size() > k_largest_rule_file) refuse_rules(m_file.name, 0, "is larger than 4 MiB");
        const toml::table root = parsed();
        Section section(m_file.name, root, m_unknown);
        for (const char* about : {"title", "description", "minVersion", "betterleaksMinVersion"})
            section.skip(about);
        for (const toml::table* table : section.tables("rules"))
            add_rule(*table);
        m_draft.allowlists = allowlists(section, "");
        m_draft.texts.push_back(m_file.text);
        const auto extend = section.tables("extend");
        section.done();
        if (!extend.empty()) extend_with(*extend.front());
        return std::move(m_draft);
    }

private:
    toml::table parsed() const {
        // The parser's own words quote the file, which may be one that holds keys.
        try {
            return toml::parse(m_file.text);
        } catch (const toml::parse_error& error) {
            refuse_rules(m_file.name, error.source().begin.line, "is not TOML");
        } catch (const std::logic_error&) {
            refuse_rules(m_file.name, 1, "is not TOML");
        }
    }

    PatternDraft pattern(const Section& section, const std::string& key, std::string source,
                         const std::string& rule) const {
        return {std::move(source), m_file.name, section.line(key), (rule.empty() ? "" : rule + ": ") + key};
    }

    void add_rule(const toml::table& table) {
        Section section(m_file.name, table, m_unknown);
        RuleDraft rule;
        rule.file = m_file.name;
        rule.line = table.source().begin.line;
        rule.id = section.text("id");
        check_id(section, rule.id);
        const std::string name = "rule " + rule.id;
        section.name(name);
        rule.description = section.text("description");
        rule.regex = pattern(section, "regex", section.text("regex"), name);
        rule.path = pattern(section, "path", section.text("path"), name);
        rule.secret_group = static_cast<std::size_t>(section.count("secretGroup").value_or(0));
        rule.entropy = section.number("entropy");
        rule.keywords = lower(section.texts("keywords"));
        rule.tags = section.texts("tags");
        rule.reported = !section.flag("skipReport");
        rule.severity = severity(section);
        rule.allowlists = allowlists(section, name);
        rule.required = required(section);
        section.done();
        m_draft.rules.push_back(std::move(rule));
    }

    void check_id(const Section& section, const std::string& id) const {
        if (id.empty()) section.refuse("id", "is missing or empty");
        const bool is_plain = std::all_of(id.begin(), id.end(), [](char c) {
            return static_cast<unsigned char>(c) > ' ' && c != '[' && c != ']' && c != '\x7f';
        });
        if (id.size() > k_longest_id || !is_plain || !is_valid_utf8(id))
            section.refuse("id", "has more than 100 bytes, blanks or brackets");
        for (const RuleDraft& other : m_draft.rules)
            if (other.id == id)
                section.refuse("id", fmt::format("{} is that of the rule in line {} too", id, other.line));
    }

    // A key of ours: the format has none.
    static std::optional<Severity> severity(Section& section) {
        const std::string name = section.text("severity");
        if (name.empty()) return std::nullopt;
        for (const Severity known : {Severity::Low, Severity::Medium, Severity::High, Severity::Critical})
            if (name_of(known) == name) return known;
        section.refuse("severity", "is none of low, medium, high, critical");
    }

    std::vector<AllowlistDraft> allowlists(Section& section, const std::string& rule) {
        std::vector<AllowlistDraft> lists;
        for (const char* key : {"allowlist", "allowlists"})
            for (const toml::table* table : section.tables(key))
                lists.push_back(allowlist(*table, rule));
        return lists;
    }

    AllowlistDraft allowlist(const toml::table& table, const std::string& rule) {
        Section section(m_file.name, table, m_unknown);
        const std::string name = (rule.empty() ? "" : rule + ": ") + "allowlist";
        section.name(name);
        section.skip("description");
        AllowlistDraft list;
        const std::string condition = to_lower_ascii(section.text("condition"));
        list.all = condition == "and" || condition == "&&";
        if (!list.all && !condition.empty() && condition != "or" && condition != "||")
            section.refuse("condition", "is neither AND nor OR");
        list.target = target(section);
        for (std::string& source : section.texts("regexes"))
            list.regexes.push_back(pattern(section, "regexes", std::move(source), name));
        for (std::string& source : section.texts("paths"))
            list.paths.push_back(pattern(section, "paths", std::move(source), name));
        list.stopwords = lower(section.texts("stopwords"));
        list.commits = section.texts("commits");
        if (rule.empty()) list.target_rules = section.texts("targetRules");
        section.done();
        if (list.regexes.empty() && list.paths.empty() && list.stopwords.empty() && list.commits.empty())
            section.refuse("regexes", "and paths, stopwords, commits are all missing");
        return list;
    }

    static AllowTarget target(Section& section) {
        const std::string name = section.text("regexTarget");
        if (name.empty() || name == "secret") return AllowTarget::Secret;
        if (name == "match") return AllowTarget::Match;
        if (name == "line") return AllowTarget::Line;
        section.refuse("regexTarget", "is none of secret, match, line");
    }

    std::vector<RequiredDraft> required(Section& section) {
        std::vector<RequiredDraft> all;
        for (const char* key : {"required", "components"}) {
            for (const toml::table* table : section.tables(key)) {
                Section part(m_file.name, *table, m_unknown);
                part.name(key);
                RequiredDraft one;
                one.id = part.text("id");
                if (one.id.empty()) part.refuse("id", "is missing or empty");
                one.lines = part.count("withinLines");
                one.columns = part.count("withinColumns");
                within(part, one);
                const bool optional = part.flag("optional");
                part.done();
                if (!optional) all.push_back(std::move(one));
            }
        }
        return all;
    }

    // "5L,100C"
    static void within(Section& section, RequiredDraft& one) {
        const std::string text = section.text("within");
        for (std::string_view rest = text; !rest.empty();) {
            std::string_view word = trim(rest.substr(0, rest.find(',')));
            rest.remove_prefix(
                std::min(rest.size(), rest.find(',') == rest.npos ? rest.size() : rest.find(',') + 1));
            std::uint64_t number = 0;
            const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), number);
            const std::string_view unit(stop, static_cast<std::size_t>(word.data() + word.size() - stop));
            if (error != std::errc() || (unit != "L" && unit != "C"))
                section.refuse("within", "is no distance such as 5L,100C");
            (unit == "L" ? one.lines : one.columns) = number;
        }
    }

    void extend_with(const toml::table& table) {
        Section section(m_file.name, table, m_unknown);
        section.name("extend");
        m_draft.extends_default = section.flag("useDefault");
        const std::string path = section.text("path");
        const std::vector<std::string> disabled = section.texts("disabledRules");
        if (!section.text("url").empty()) section.refuse("url", "is never fetched: give a path");
        section.done();
        if (path.empty()) {
            m_draft.absent.insert(m_draft.absent.end(), disabled.begin(), disabled.end());
            return;
        }
        if (m_draft.extends_default) section.refuse("path", "and useDefault contradict each other");
        if (m_depth == k_most_extended) section.refuse("path", "is one file too many behind another");
        if (!m_file.extended) section.refuse("path", "cannot be followed from here");
        merge(FileReader(m_file.extended(path), m_unknown, m_depth + 1).run(), disabled);
    }

    // What this file says goes before what it extends.
    void merge(FileDraft base, const std::vector<std::string>& disabled) {
        for (const std::string& id : disabled)
            if (std::erase_if(base.rules, [&](const RuleDraft& rule) { return rule.id == id; }) == 0)
                m_draft.absent.push_back(id);
        for (RuleDraft& rule : base.rules) {
            const auto own = std::find_if(m_draft.rules.begin(), m_draft.rules.end(),
                                          [&](const RuleDraft& one) { return one.id == rule.id; });
            if (own == m_draft.rules.end())
                m_draft.rules.push_back(std::move(rule));
            else
                complete(*own, std::move(rule));
        }
        const auto append = [](auto& to, auto& from) {
            to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
        };
        append(m_draft.allowlists, base.allowlists);
        append(m_draft.texts, base.texts);
        append(m_draft.absent, base.absent);
        m_draft.extends_default = base.extends_default;
    }

    static void complete(RuleDraft& own, RuleDraft base) {
        const auto append = [](auto& to, auto& from) {
            to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
        };
        if (own.description.empty()) own.description = std::move(base.description);
        if (own.regex.source.empty()) own.regex = std::move(base.regex);
        if (own.path.source.empty()) own.path = std::move(base.path);
        if (own.secret_group == 0) own.secret_group = base.secret_group;
        if (own.entropy == 0) own.entropy = base.entropy;
        if (!own.severity) own.severity = base.severity;
        append(own.keywords, base.keywords);
        append(own.tags, base.tags);
        append(own.allowlists, base.allowlists);
        append(own.required, base.required);
    }

    const RuleFile& m_file;
    Section::Unknown& m_unknown;
    int m_depth;
    FileDraft m_draft;
};

}  // namespace

FileDraft draft_rules(const RuleFile& file, Section::Unknown& unknown) {
    return FileReader(file, unknown, 0).run();
}

}  // namespace opentraces::security
