#include <algorithm>

#include "opentraces/security/rules.hpp"
#include "security/own/own_rules.hpp"
#include "security/rules/rule.hpp"
#include "security/scan/finding.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {
namespace {

std::vector<std::string> split(std::string_view anchors) {
    std::vector<std::string> parts;
    while (!anchors.empty()) {
        const std::size_t bar = std::min(anchors.find('|'), anchors.size());
        if (bar > 0) parts.emplace_back(anchors.substr(0, bar));
        anchors.remove_prefix(std::min(bar + 1, anchors.size()));
    }
    return parts;
}

RuleFacts facts_of(const Rule& rule) {
    return {.id = std::string(rule.id),
            .description = std::string(rule.description),
            .vendor = std::string(rule.origin.vendor),
            .source = std::string(rule.origin.source),
            .severity = rule.severity,
            .anchors = split(rule.anchors),
            .any_case = rule.any_case,
            .before = std::string(rule.before),
            .after = std::string(rule.after),
            .min_entropy = rule.min_entropy,
            .by_name = rule.value != ValueKind::None,
            .by_code = rule.matcher != nullptr || rule.check != nullptr,
            .hits = rule.hits.size(),
            .misses = rule.misses.size()};
}

RuleFacts facts_of(const OwnRule& own) {
    RuleFacts facts = facts_of(own.rule);
    facts.anchors = own.keywords;
    facts.any_case = true;
    facts.min_entropy = own.entropy;
    facts.by_code = !own.required.empty();
    facts.regex = own.regex->source();
    facts.path = own.path ? own.path->source() : std::string();
    facts.where = own.where;
    return facts;
}

bool finds(const Rule& rule, std::string_view sample) {
    std::vector<Hit> hits;
    match_rules(expand_sample(sample), Depth::Full, hits);
    return std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.rule->id == rule.id; });
}

void check_samples(const Rule& rule, bool must_hit, std::vector<BrokenSample>& broken) {
    const std::vector<std::string_view>& samples = must_hit ? rule.hits : rule.misses;
    for (std::size_t i = 0; i < samples.size(); ++i)
        if (finds(rule, samples[i]) != must_hit) broken.push_back({std::string(rule.id), must_hit, i + 1});
}

}  // namespace

std::vector<RuleFacts> rule_facts(const OwnRulesPtr& own) {
    std::vector<RuleFacts> facts;
    for (const CompiledRule& compiled : RuleSet::get().rules())
        facts.push_back(facts_of(compiled.rule));
    for (const Rule* rule : {&entropy_rule(), &mnemonic_rule(), &custom_rule()})
        facts.push_back(facts_of(*rule));
    if (own)
        for (const OwnRule& rule : own->rules())
            facts.push_back(facts_of(rule));
    return facts;
}

std::optional<RuleFacts> rule_facts(std::string_view id, const OwnRulesPtr& own) {
    std::vector<RuleFacts> facts = rule_facts(own);
    const auto found =
        std::find_if(facts.rbegin(), facts.rend(), [&](const RuleFacts& rule) { return rule.id == id; });
    if (found == facts.rend()) return std::nullopt;
    return *std::move(found);
}

std::vector<BrokenSample> broken_samples(std::string_view rule) {
    std::vector<BrokenSample> broken;
    for (const CompiledRule& compiled : RuleSet::get().rules()) {
        if (compiled.rule.id != rule) continue;
        check_samples(compiled.rule, true, broken);
        check_samples(compiled.rule, false, broken);
    }
    return broken;
}

std::vector<Finding> matches_of(std::string_view rule, std::string_view text, const OwnRulesPtr& own) {
    std::vector<Hit> hits;
    if (own) own->find(text, {}, Depth::Full, hits);
    match_rules(text, Depth::Full, hits);
    std::erase_if(hits, [&](const Hit& hit) { return hit.rule->id != rule; });
    merge_hits(text, hits);
    return findings_of(text, hits);
}

}  // namespace opentraces::security
