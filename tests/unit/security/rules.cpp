// Every row finds its own hits and leaves its own misses alone.
#include "catch.hpp"
#include "opentraces/security/scrub.hpp"
#include "security/rules/rule.hpp"
#include "security/scan/scanner.hpp"

#include <algorithm>
#include <set>
#include <string>

using namespace opentraces::security;

namespace {

bool found_by(const Rule& rule, const std::string& text) {
    std::vector<Hit> hits;
    match_rules(text, Depth::Full, hits);
    return std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.rule->id == rule.id; });
}

}  // namespace

TEST_CASE("every rule hits and misses its own samples") {
    for (const CompiledRule& compiled : RuleSet::get().rules()) {
        const Rule& rule = compiled.rule;
        INFO("rule " << rule.id);
        CHECK_FALSE(rule.hits.empty());
        CHECK_FALSE(rule.misses.empty());
        CHECK_FALSE(rule.description.empty());
        CHECK_FALSE(rule.anchors.empty());
        for (std::size_t i = 0; i < rule.hits.size(); ++i) {
            INFO("hit sample " << i);
            CHECK(found_by(rule, expand_sample(rule.hits[i])));
        }
        for (std::size_t i = 0; i < rule.misses.size(); ++i) {
            INFO("miss sample " << i);
            CHECK_FALSE(found_by(rule, expand_sample(rule.misses[i])));
        }
    }
}

TEST_CASE("samples are gone after redaction and redacting again changes nothing") {
    for (const CompiledRule& compiled : RuleSet::get().rules()) {
        const Rule& rule = compiled.rule;
        for (std::size_t i = 0; i < rule.hits.size(); ++i) {
            INFO("rule " << rule.id << ", hit sample " << i);
            const RedactedText once = redact_text("before " + expand_sample(rule.hits[i]) + "\nafter");
            CHECK_FALSE(once.findings.empty());
            CHECK(once.text.find("[REDACTED]") != std::string::npos);
            const RedactedText twice = redact_text(once.text);
            CHECK(twice.findings.empty());
            CHECK(twice.text == once.text);
        }
    }
}

TEST_CASE("rule ids are unique") {
    std::set<std::string_view> ids;
    for (const CompiledRule& compiled : RuleSet::get().rules())
        CHECK(ids.insert(compiled.rule.id).second);
    CHECK(ids.size() >= 100);
    CHECK(rule_set_digest().size() == 64);
}

TEST_CASE("a token whose checksum fits is no placeholder") {
    const std::string body(30, 'x');
    const std::string fits = std::string("ghp_") + body + "13M0X2";
    CHECK(scan_text("key " + fits).size() == 1);
    CHECK(scan_text("key ghp_" + body + "xxxxxx").empty());
}

TEST_CASE("samples look alive only when they are put together") {
    for (const CompiledRule& compiled : RuleSet::get().rules()) {
        const Rule& rule = compiled.rule;
        if (rule.severity != Severity::Critical) continue;
        for (const std::string_view sample : rule.hits) {
            std::vector<Hit> hits;
            match_rules(sample, Depth::CriticalOnly, hits);
            INFO("rule " << rule.id << ": put {} between the characters that tell it");
            CHECK(hits.empty());
        }
    }
}
