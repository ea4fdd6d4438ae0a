// rules list, rules explain, rules test: what is looked for, and whether it is found.
#include "opentraces/security/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/command.hpp"
#include "cli/error_text.hpp"
#include "cli/project_context.hpp"
#include "cli/standard_input.hpp"
#include "cli/table.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

using security::RuleFacts;

constexpr std::size_t k_longest_text = std::size_t{64} << 20;

json::Object rule_object(const RuleFacts& rule) {
    json::Array anchors;
    for (const std::string& anchor : rule.anchors)
        anchors.emplace_back(anchor);
    json::Object object;
    object.append("rule", rule.id);
    object.append("description", rule.description);
    object.append("vendor", text_or_null(rule.vendor));
    object.append("source", text_or_null(rule.source));
    object.append("severity", std::string(security::name_of(rule.severity)));
    object.append("anchors", std::move(anchors));
    object.append("any_case", rule.any_case);
    object.append("pattern_before", text_or_null(rule.before));
    object.append("pattern_after", text_or_null(rule.after));
    object.append("min_entropy", rule.min_entropy > 0 ? json::Value(rule.min_entropy) : json::Value());
    object.append("by_name", rule.by_name);
    object.append("by_code", rule.by_code);
    object.append("hit_samples", static_cast<std::uint64_t>(rule.hits));
    object.append("miss_samples", static_cast<std::uint64_t>(rule.misses));
    object.append("regex", text_or_null(rule.regex));
    object.append("path", text_or_null(rule.path));
    object.append("file", text_or_null(rule.where));
    return object;
}

RuleFacts need_rule(const std::string& id, const security::OwnRulesPtr& own) {
    if (auto rule = security::rule_facts(id, own)) return *std::move(rule);
    std::vector<std::string> known;
    for (const RuleFacts& rule : security::rule_facts(own))
        known.push_back(rule.id);
    throw Error(ErrorCode::NotFound, "there is no rule " + id,
                did_you_mean(id, known, "Run: opentraces rules list"));
}

bool speaks_of(const RuleFacts& rule, const std::string& word) {
    return rule.id.find(word) != std::string::npos ||
           to_lower_ascii(rule.description).find(word) != std::string::npos;
}

Answer list(Context& context, const std::string& word, const std::vector<std::string>& files) {
    Table table({{"RULE"}, {"SEVERITY"}, {"FINDS"}},
                context.terminal.out_is_terminal() ? static_cast<std::size_t>(context.terminal.width()) : 0,
                context.terminal.colour());
    json::Array rules;
    for (const RuleFacts& rule : security::rule_facts(rules_of_files(context, files))) {
        if (!speaks_of(rule, to_lower_ascii(word))) continue;
        table.add({{rule.id}, {std::string(security::name_of(rule.severity))}, {rule.description}});
        rules.emplace_back(rule_object(rule));
    }
    Answer answer;
    answer.text = table.text();
    answer.fields.append("total", static_cast<std::uint64_t>(rules.size()));
    answer.fields.append("rules", std::move(rules));
    answer.fields.append("scanner", std::string(security::k_scanner_version));
    return answer;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : "  ") + word;
    return text;
}

// Classes that the patterns speak of, as security.md has them.
constexpr std::array<std::pair<char, std::string_view>, 18> k_classes{
    {{'d', "0-9"},
     {'h', "0-9a-f"},
     {'x', "0-9a-fA-F"},
     {'a', "a-z"},
     {'A', "A-Z"},
     {'u', "A-Z0-9"},
     {'l', "a-z0-9"},
     {'w', "A-Za-z0-9"},
     {'v', "A-Za-z0-9_"},
     {'n', "A-Za-z0-9-"},
     {'b', "A-Za-z0-9_-"},
     {'i', "A-Za-z0-9_-"},
     {'B', "A-Za-z0-9+/"},
     {'e', "A-Za-z0-9+/="},
     {'t', "A-Za-z0-9_.~+/=-"},
     {'r', "A-Za-z0-9_+/=-"},
     {'y', "A-Za-z"},
     {'s', "printable, no blank, quote, \\, <, >"}}};

std::string classes_of(const std::string& pattern) {
    std::string text;
    for (const auto& [letter, meaning] : k_classes)
        if (pattern.find(std::string("{") + letter) != std::string::npos)
            text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", letter, meaning);
    return text;
}

Answer explain(Context& context, const std::string& id, const std::vector<std::string>& files) {
    const RuleFacts rule = need_rule(id, rules_of_files(context, files));
    Answer answer;
    answer.fields = rule_object(rule);
    answer.text = fmt::format("{} ({})\n{}\n\n", rule.id, security::name_of(rule.severity), rule.description);
    const auto add = [&](std::string_view what, const std::string& how) {
        if (!how.empty()) answer.text += fmt::format("{:<16}{}\n", what, how);
    };
    add("form by", rule.source);
    add("regex", rule.regex);
    add("in files", rule.path);
    add("one of", joined(rule.anchors) + (rule.any_case && !rule.anchors.empty() ? "  (in any case)" : ""));
    add("before it", rule.before);
    add("behind it", rule.after);
    add("where", classes_of(rule.before + rule.after));
    if (rule.min_entropy > 0)
        add("entropy", fmt::format("at least {:.1f} bits per character", rule.min_entropy));
    if (rule.by_name) add("value", "of something with such a name; no placeholder, word of code or label");
    if (rule.by_code && !rule.regex.empty()) add("and", "other rules of its file match near by");
    if (rule.by_code && rule.regex.empty())
        add("and", "what a pattern cannot say, such as a checksum or what stands around it");
    if (rule.hits + rule.misses > 0)
        add("samples", fmt::format("{} that are found, {} that are left", rule.hits, rule.misses));
    add("from", rule.where);
    return answer;
}

struct TestOptions {
    std::vector<std::string> files;
    std::vector<std::string> rules;
    std::string input;
};

std::vector<std::string> chosen_rules(const TestOptions& options, const security::OwnRulesPtr& own) {
    std::vector<std::string> chosen;
    for (const std::string& id : options.rules)
        chosen.push_back(need_rule(id, own).id);
    if (chosen.empty())
        for (const RuleFacts& rule : security::rule_facts(own))
            chosen.push_back(rule.id);
    return chosen;
}

Answer test_samples(const std::vector<std::string>& rules, const security::OwnRulesPtr& own) {
    std::size_t samples = 0;
    json::Array broken;
    Answer answer;
    for (const std::string& id : rules) {
        const RuleFacts rule = need_rule(id, own);
        samples += rule.hits + rule.misses;
        for (const security::BrokenSample& sample : security::broken_samples(id)) {
            const std::string words = fmt::format("{}: sample {} of those that must {}be found", sample.rule,
                                                  sample.number, sample.must_hit ? "" : "not ");
            answer.text += words + "\n";
            broken.emplace_back(words);
        }
    }
    if (!broken.empty())
        answer.error = Error(ErrorCode::CheckFailed,
                             counted(static_cast<std::int64_t>(broken.size()), "sample") + " do not hold");
    else
        answer.text = fmt::format("{} of {} hold\n", counted(static_cast<std::int64_t>(samples), "sample"),
                                  counted(static_cast<std::int64_t>(rules.size()), "rule"));
    answer.fields.append("rules_tested", static_cast<std::uint64_t>(rules.size()));
    answer.fields.append("samples", static_cast<std::uint64_t>(samples));
    answer.fields.append("broken_samples", std::move(broken));
    answer.fields.append("findings", json::Array{});
    return answer;
}

std::string text_of(Context& context, const std::string& path) {
    const json::ByteSource in = open_input(context, path);
    std::string text;
    std::array<char, 65536> buffer{};
    while (const std::size_t count = in(buffer.data(), buffer.size())) {
        text.append(buffer.data(), count);
        if (text.size() > k_longest_text)
            throw Error(ErrorCode::BadOption, path + " is too long for this command",
                        "opentraces scan reads any length.");
    }
    return text;
}

Answer test_input(Context& context, const TestOptions& options, const std::vector<std::string>& rules,
                  const security::OwnRulesPtr& own) {
    const std::string text = text_of(context, options.input);
    json::Array findings;
    Answer answer;
    for (const std::string& id : rules) {
        for (const security::Finding& finding : security::matches_of(id, text, own)) {
            json::Object object;
            object.append("rule", finding.rule);
            object.append("line", finding.line);
            object.append("offset", finding.offset);
            object.append("length", finding.length);
            findings.emplace_back(std::move(object));
            answer.text += fmt::format("{}:{}: {}, {} bytes\n", options.input, finding.line, finding.rule,
                                       finding.length);
        }
    }
    if (findings.empty())
        answer.error = Error(ErrorCode::CheckFailed, "nothing is found in " + options.input);
    answer.fields.append("rules_tested", static_cast<std::uint64_t>(rules.size()));
    answer.fields.append("samples", 0);
    answer.fields.append("broken_samples", json::Array{});
    answer.fields.append("findings", std::move(findings));
    return answer;
}

Answer test(Context& context, const TestOptions& options) {
    const security::OwnRulesPtr own = rules_of_files(context, options.files);
    const std::vector<std::string> rules = chosen_rules(options, own);
    Answer answer =
        options.input.empty() ? test_samples(rules, own) : test_input(context, options, rules, own);
    if (answer.error && !context.json) context.terminal.err(error_text(*answer.error));
    return answer;
}

void accept_files(OptionSet& accepted, std::vector<std::string>& files) {
    accepted.add_option("--rules", files, "Rules of a file too, as gitleaks and betterleaks have them")
        .type_name("FILE");
}

}  // namespace

Run declare_rules_list(OptionSet& accepted) {
    auto word = std::make_shared<std::string>();
    auto files = std::make_shared<std::vector<std::string>>();
    accepted.add_option("WORD", *word, "Only rules whose name or description has it");
    accept_files(accepted, *files);
    accepted.example("opentraces rules list", "What the scanner looks for");
    accepted.example("opentraces rules list github", "Of one vendor");
    return [word, files](Context& context) { return list(context, *word, *files); };
}

Run declare_rules_explain(OptionSet& accepted) {
    auto rule = std::make_shared<std::string>();
    auto files = std::make_shared<std::vector<std::string>>();
    accepted.add_option("RULE", *rule, "As scan names it").required();
    accept_files(accepted, *files);
    accepted.example("opentraces rules explain github_token", "What a finding of that name is");
    return [rule, files](Context& context) { return explain(context, *rule, *files); };
}

Run declare_rules_test(OptionSet& accepted) {
    auto options = std::make_shared<TestOptions>();
    accepted.add_option("RULE", options->rules, "Which rules (all)");
    accepted.add_option("--input", options->input, "Look for them in a text, or - for standard input")
        .type_name("FILE");
    accept_files(accepted, options->files);
    accepted.footer(
        "Without --input each rule is held against its own samples. Exit 8 when a sample does not hold, or "
        "when "
        "nothing is found in the text.");
    accepted.example("opentraces rules test", "All rules and all samples");
    accepted.example("opentraces rules test github_token --input build.log",
                     "Whether a rule finds something");
    return [options](Context& context) { return test(context, *options); };
}

}  // namespace opentraces::cli
