// Rules of the user's own: every key of the format, and what is refused.
#include "opentraces/security/own_rules.hpp"

#include "doubles/error_from.hpp"
#include "doubles/traces.hpp"
#include "opentraces/security/rules.hpp"
#include "opentraces/security/stream.hpp"

using namespace opentraces;
using namespace opentraces::security;
using testing::error_from;

namespace {

const std::string k_key = "acme_0f3Kq9Zt7Lw2Xb8Vn4Rm";

std::string rule(const std::string& more = "", const std::string& regex = "acme_[A-Za-z0-9]{20}") {
    return "[[rules]]\nid = \"acme-key\"\nregex = '''" + regex + "'''\n" + more;
}

ScrubOptions options(const std::string& toml) {
    ScrubOptions options;
    options.own_rules = read_own_rules({{"rules.toml", toml}});
    options.scope.program_rules = false;
    return options;
}

// "acme-key:4+25 "
std::string found(const std::string& toml, const std::string& text, const ScanScope& scope = {}) {
    ScrubOptions with = options(toml);
    with.scope = scope;
    with.scope.program_rules = false;
    std::string all;
    for (const Finding& finding : scan_text(text, with))
        all +=
            finding.rule + ":" + std::to_string(finding.offset) + "+" + std::to_string(finding.length) + " ";
    return all;
}

const std::string k_hit = "acme-key:4+25 ";
const std::string k_text = "key " + k_key + "\n";

std::string refusal(const std::string& toml) {
    const Error error = error_from([&] { read_own_rules({{"rules.toml", toml}}); });
    CHECK(error.code() == ErrorCode::ConfigInvalid);
    return std::string(error.message());
}

std::string remarks(const std::string& toml) {
    std::string all;
    for (const std::string& remark : remarks_of(*read_own_rules({{"rules.toml", toml}})))
        all += remark + "\n";
    return all;
}

}  // namespace

TEST_CASE("own rules: a regular expression finds, and its rule gives the name") {
    CHECK(found(rule(), k_text) == k_hit);
    CHECK(found(rule(), "nothing") == "");
    const std::vector<Finding> findings = scan_text(k_text, options(rule("severity = \"low\"\n")));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::Low);
    CHECK(scan_text(k_text, options(rule()))[0].severity == Severity::High);
    CHECK(read_own_rules({}) == nullptr);
}

TEST_CASE("own rules: keywords are looked for first, in any case") {
    CHECK(found(rule("keywords = [\"KEY\"]\n"), k_text) == k_hit);
    CHECK(found(rule("keywords = [\"other\", \"ACME_0\"]\n"), k_text) == k_hit);
    CHECK(found(rule("keywords = [\"other\"]\n"), k_text) == "");
    CHECK(found(rule("keywords = [\"other\"]\n"), "another\n" + k_text) != "");
}

TEST_CASE("own rules: the secret is its group, else the first that took part, else the match") {
    CHECK(found(rule("", "(key) (acme_\\w+)"), k_text) == "acme-key:0+3 ");
    CHECK(found(rule("secretGroup = 2\n", "(key) (acme_\\w+)"), k_text) == k_hit);
    CHECK(found(rule("", "(other)|(acme_\\w+)"), k_text) == k_hit);
    CHECK(found(rule("", "(?:key) acme_\\w+"), k_text) == "acme-key:0+29 ");
    CHECK(refusal(rule("secretGroup = 3\n", "(a)(b)")) ==
          "rules.toml:1: rule acme-key: secretGroup 3 is not in its regex, which has 2");
}

TEST_CASE("own rules: entropy is that of the secret") {
    CHECK(found(rule("entropy = 3.5\n"), k_text) == k_hit);
    CHECK(found(rule("entropy = 3.5\n"), "key acme_aaaaaaaaaaaaaaaaaaaa\n") == "");
    CHECK(found(rule("entropy = 0\n"), "key acme_aaaaaaaaaaaaaaaaaaaa\n") == k_hit);
}

TEST_CASE("own rules: a path is asked where it is known") {
    const std::string toml = rule("path = '''\\.env$'''\n");
    CHECK(found(toml, k_text, {.path = "app/.env"}) == k_hit);
    CHECK(found(toml, k_text, {.path = "app/main.py"}) == "");
    CHECK(found(toml, k_text) == k_hit);
    CHECK(remarks("[[rules]]\nid = \"p12\"\npath = '''\\.p12$'''\n") ==
          "rules.toml: rules that look at names of files alone are left out: p12\n");
}

TEST_CASE("own rules: allow-lists of a rule") {
    const auto with = [](const std::string& list) { return rule("[[rules.allowlists]]\n" + list); };
    CHECK(found(with("regexes = ['''Kq9''']\n"), k_text) == "");
    CHECK(found(with("regexes = ['''^key''']\n"), k_text) == k_hit);
    CHECK(found(with("regexTarget = \"line\"\nregexes = ['''^key''']\n"), k_text) == "");
    CHECK(found(with("regexTarget = \"line\"\nregexes = ['''^key''']\n"), "key\n-- " + k_key) != "");
    CHECK(found(rule("[[rules.allowlists]]\nregexTarget = \"match\"\nregexes = ['''^key''']\n",
                     "key (acme_\\w+)"),
                k_text) == "");
    CHECK(found(with("stopwords = [\"LW2X\"]\n"), k_text) == "");
    CHECK(found(with("stopwords = [\"key\"]\n"), k_text) == k_hit);
    CHECK(found(with("paths = ['''^tests/''']\n"), k_text, {.path = "tests/a"}) == "");
    CHECK(found(with("paths = ['''^tests/''']\n"), k_text) == k_hit);
    CHECK(found(with("commits = [\"c0ffee\"]\n"), k_text, {.commit = "c0ffee"}) == "");
    CHECK(found(with("commits = [\"c0ffee\"]\n"), k_text, {.commit = "beef"}) == k_hit);
    // One table instead of a list, as before.
    CHECK(found(rule("[rules.allowlist]\nregexes = ['''Kq9''']\n"), k_text) == "");
}

TEST_CASE("own rules: conditions of an allow-list, one or all of them") {
    const std::string parts = "regexes = ['''Kq9''']\npaths = ['''^tests/''']\n";
    const std::string any = rule("[[rules.allowlists]]\n" + parts);
    const std::string all = rule("[[rules.allowlists]]\ncondition = \"AND\"\n" + parts);
    CHECK(found(any, k_text, {.path = "src/a"}) == "");
    CHECK(found(all, k_text, {.path = "src/a"}) == k_hit);
    CHECK(found(all, k_text, {.path = "tests/a"}) == "");
    CHECK(found(all, k_text) == k_hit);
    CHECK(refusal(rule("[[rules.allowlists]]\ncondition = \"XOR\"\n" + parts)) ==
          "rules.toml:5: rule acme-key: allowlist: condition is neither AND nor OR");
    CHECK(refusal(rule("[[rules.allowlists]]\ndescription = \"none\"\n")).find("are all missing") !=
          std::string::npos);
}

TEST_CASE("own rules: allow-lists for all rules of a file, and for some") {
    const std::string other = "[[rules]]\nid = \"other\"\nregex = '''beta_[a-z]+'''\n";
    CHECK(found("[allowlist]\nregexes = ['''Kq9''']\n" + rule(), k_text) == "");
    CHECK(found("[[allowlists]]\nstopwords = ['''kq9''']\n" + rule(), k_text) == "");
    const std::string some = "[[allowlists]]\ntargetRules = [\"other\"]\nregexes = ['''.''']\n";
    CHECK(found(some + rule() + other, k_text + "beta_x") == k_hit);
    CHECK(remarks("[[allowlists]]\ntargetRules = [\"none\"]\nregexes = ['''.''']\n" + rule()) ==
          "rules.toml: rules that are not in the file are spoken of: none\n");
    // They say nothing of another file's rules, nor of the program's.
    ScrubOptions two;
    two.own_rules =
        read_own_rules({{"a.toml", "[allowlist]\nregexes = ['''.''']\n" + other}, {"b.toml", rule()}});
    CHECK(scan_text(k_text + "beta_x", two).size() == 1);
    CHECK(scan_text(testing::text_with_token(), two).size() == 1);
}

TEST_CASE("own rules: a rule that requires others near by") {
    const auto toml = [](const std::string& near, const std::string& aux = "") {
        return rule("[[rules.required]]\nid = \"host\"\n" + near) +
               "[[rules]]\nid = \"host\"\nregex = '''h[0-9]+\\.acme'''\nskipReport = true\n" + aux;
    };
    CHECK(found(toml(""), k_text) == "");
    CHECK(found(toml(""), k_text + "\n\n\nh1.acme") == k_hit);
    CHECK(found(toml("withinLines = 2\n"), k_text + "\nh1.acme") == k_hit);
    CHECK(found(toml("withinLines = 1\n"), k_text + "\nh1.acme") == "");
    CHECK(found(toml("withinLines = 2\n"), "h1.acme\n\n" + k_text) != "");
    CHECK(found(toml("withinColumns = 4\n"), k_text + "h1.acme") == k_hit);
    CHECK(found(toml("withinColumns = 3\n"), k_text + "h1.acme") == "");
    // Reported itself unless it says otherwise.
    CHECK(found(rule("[[rules.required]]\nid = \"host\"\n") + "[[rules]]\nid = \"host\"\nregex = '''h1'''\n",
                k_text + "h1") == k_hit + "host:30+2 ");
    // As later versions write it.
    CHECK(found(rule("components = [{ id = \"host\", within = \"1L,3C\" }]\n") +
                    "[[rules]]\nid = \"host\"\nregex = '''h1'''\nskipReport = true\n",
                k_text + "   h1") == k_hit);
    CHECK(found(rule("components = [{ id = \"host\", within = \"1L\", optional = true }]\n") +
                    "[[rules]]\nid = \"host\"\nregex = '''h1'''\nskipReport = true\n",
                k_text) == k_hit);
    CHECK(refusal(rule("[[rules.required]]\nid = \"none\"\n")) ==
          "rules.toml:1: rule acme-key: required rule none is not in the file");
    CHECK(refusal(rule("components = [{ id = \"acme-key\", within = \"5X\" }]\n")).find("5L,100C") !=
          std::string::npos);
}

TEST_CASE("own rules: what a file extends goes behind what it says") {
    const auto extended = [](const std::string& path) {
        CHECK(path == "base.toml");
        return RuleFile{"base.toml",
                        rule("entropy = 9\n") + "[[rules]]\nid = \"beta\"\nregex = '''beta_[a-z]+'''\n"};
    };
    const std::string text = k_text + "beta_x";
    const auto scan = [&](const std::string& toml) {
        ScrubOptions options;
        options.scope.program_rules = false;
        options.own_rules = read_own_rules({{"rules.toml", toml, extended}});
        std::string all;
        for (const Finding& finding : scan_text(text, options))
            all += finding.rule + " ";
        return all;
    };
    const std::string extend = "[extend]\npath = \"base.toml\"\n";
    CHECK(scan(extend) == "beta ");
    CHECK(scan(extend + "[[rules]]\nid = \"acme-key\"\nentropy = 1.5\n") == "acme-key beta ");
    CHECK(scan(extend + "disabledRules = [\"beta\"]\n" + rule("entropy = 1.5\n")) == "acme-key ");
    CHECK(refusal("[extend]\nurl = \"https://example.com/r.toml\"\n") ==
          "rules.toml:2: extend: url is never fetched: give a path");
    CHECK(refusal("[extend]\nuseDefault = true\npath = \"base.toml\"\n").find("contradict") !=
          std::string::npos);
    RuleFile endless{"endless.toml", extend};
    endless.extended = [&](const std::string&) { return endless; };
    CHECK(error_from([&] { read_own_rules({endless}); }).code() == ErrorCode::ConfigInvalid);
    // The rules that the other tools bring along are not here: the program's own are.
    CHECK(remarks("[extend]\nuseDefault = true\ndisabledRules = [\"generic-api-key\"]\n" + rule() +
                  "[[rules]]\nid = \"gitlab-pat\"\n[[rules.allowlists]]\nregexes = ['''x''']\n") ==
          "rules.toml: rules that are not in the file are spoken of: generic-api-key, gitlab-pat\n");
}

TEST_CASE("own rules: what is not known is counted and named, never dropped in silence") {
    CHECK(remarks("title = \"t\"\nminVersion = \"v8\"\nprefilter = '''false'''\n" +
                  rule("tokenEfficiency = true\ntags = [\"a\"]\nvalidate = '''x'''\n") +
                  "[[rules]]\nid = \"b\"\nregex = '''b'''\ntokenEfficiency = true\n") ==
          "rules.toml: not followed, as opentraces does not know it: prefilter, tokenEfficiency (2), "
          "validate\n");
    CHECK(remarks(rule("SECRETGROUP = 0\nSkipReport = false\n")) == "");
}

TEST_CASE("own rules: a file that cannot be meant is refused with file, line and rule") {
    CHECK(refusal("[[rules]\n") == "rules.toml:1: is not TOML");
    CHECK(refusal("[[rules]]\nregex = '''a'''\n") == "rules.toml:1: id is missing or empty");
    CHECK(refusal("[[rules]]\nid = \"a\"\n") == "rules.toml:1: rule a: regex and path are both missing");
    CHECK(refusal(rule("entropy = \"high\"\n")) == "rules.toml:4: rule acme-key: entropy is no number");
    CHECK(refusal(rule() + rule()).find("id acme-key is that of the rule in line 1 too") !=
          std::string::npos);
    const std::string lookahead = refusal(rule("", "(?=a)b"));
    CHECK(lookahead.find("rules.toml:3: rule acme-key: regex is no regular expression of RE2's syntax: ") ==
          0);
    CHECK(refusal(rule("severity = \"urgent\"\n")).find("severity is none of") != std::string::npos);
    CHECK(error_from([&] {
              read_own_rules({{"a.toml", rule()}, {"b.toml", rule()}});
          }).message() == std::string("b.toml:1: rule acme-key: a.toml:1 has one of that name"));
    CHECK(refusal(std::string(k_largest_rule_file + 1, '\n')) == "rules.toml: is larger than 4 MiB");
}

TEST_CASE("own rules: Go's names of groups are understood") {
    CHECK(found(rule("", "(?<name>acme_\\w+)"), k_text) == k_hit);
    CHECK(found(rule("", "(?P<name>acme_\\w+)"), k_text) == k_hit);
    CHECK(found(rule("", "[(?<]|\\(?<x>|acme_\\w+"), k_text) == k_hit);
    CHECK(refusal(rule("", "(?<=key )acme")).find("RE2") != std::string::npos);
}

TEST_CASE("own rules: they see decoded views and what a member's key says") {
    const std::string toml = rule("", "(?i)acme_token[^a-z0-9]{1,6}([a-z0-9]{12,})");
    CHECK(found(toml, "ACME_TOKEN%3D%220123456789abcdef%22") != "");
    ScrubOptions with = options(toml);
    const std::string json = R"({"acme_token":"0123456789abcdef","other":"0123456789abcdef"})";
    CHECK(redact_json(json, with).text == R"({"acme_token":"[REDACTED]","other":"0123456789abcdef"})");
    CHECK(residual_findings(json, with).size() == 1);
}

TEST_CASE("own rules: nothing of what stands for a secret is found again") {
    for (const char* regex : {"[A-Z]{4}", "REDACTED", "[\\w\\[\\]]+", ".", "key.*"}) {
        const ScrubOptions with = options(rule("", regex));
        const std::string once = redact_text(k_text, with).text;
        CHECK(redact_text(once, with).text == once);
        CHECK(scan_text(once, with).empty());
    }
}

TEST_CASE("own rules: time and memory are bounded whatever a file asks for") {
    std::string text;
    for (int i = 0; i < 4000; ++i)
        text += "a b ";
    CHECK(found(rule("", "(a+ ?b? ?)*c"), text) == "");
    CHECK(found(rule("", "(x+x+)+y"), std::string(20000, 'x')) == "");
    CHECK(refusal(rule("", "((a{1000}){1000}){1000}")).find("RE2") != std::string::npos);
    // Many of either, none near enough.
    const std::string near = rule("[[rules.required]]\nid = \"b\"\nwithinColumns = 0\n", "a") +
                             "[[rules]]\nid = \"b\"\nregex = '''b'''\nskipReport = true\n";
    CHECK(found(near, text).size() < 100000);
}

TEST_CASE("own rules: they are part of the rule set") {
    const OwnRulesPtr one = read_own_rules({{"a.toml", rule()}});
    const OwnRulesPtr same = read_own_rules({{"b.toml", rule()}});
    const OwnRulesPtr other = read_own_rules({{"a.toml", rule("entropy = 2\n")}});
    CHECK(rule_set_digest(one) != rule_set_digest());
    CHECK(rule_set_digest(one) == rule_set_digest(same));
    CHECK(rule_set_digest(one) != rule_set_digest(other));
    const auto facts = rule_facts("acme-key", one);
    REQUIRE(facts);
    CHECK(facts->where == "a.toml:1");
    CHECK(facts->regex == "acme_[A-Za-z0-9]{20}");
    CHECK(rule_facts().size() + 1 == rule_facts(one).size());
    CHECK(matches_of("acme-key", k_text, one).size() == 1);
}

TEST_CASE("own rules: what the TOML library itself trips over is refused") {
    for (const std::string text :
         {"[[# x\n", "[[", "[", "[[rules]]\nid = \"a\"\n[[#\n", "a = [[#", "[#]", "\xc9\xaf[[#"}) {
        CAPTURE(text);
        CHECK(testing::error_from([&] {
                  read_own_rules({{"rules.toml", text, {}}});
              }).code() == ErrorCode::ConfigInvalid);
    }
}
