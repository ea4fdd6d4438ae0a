// What the rules find is what k_scanner_version says: shards carry it as the proof of their scan.
#include <fmt/format.h>

#include "catch.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/security/plain_text.hpp"
#include "opentraces/security/scrub.hpp"
#include "security/rules/rule.hpp"
#include "versioned_golden.hpp"

using namespace opentraces;
using namespace opentraces::security;
using namespace opentraces::testing;

namespace {

std::string places(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings)
        text += fmt::format("{}{}/{}@{}+{}", text.empty() ? "" : ",", finding.rule, name_of(finding.severity),
                            finding.offset, finding.length);
    return text.empty() ? "-" : text;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text)
        out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    return out;
}

std::string percent(const std::string& text) {
    std::string out;
    for (const char c : text)
        out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
}

std::string json_string(const std::string& text) {
    return json::to_compact(json::Value(text));
}

// In plain text, and a digest of the same text in everything else that the scanner looks through.
std::string outcome_of(const std::string& text) {
    const std::string hidden =
        places(residual_findings("{\"input\":{\"command\":" + json_string(text) + "}}")) + "|" +
        places(scan_text("x \"" + escaped(text) + "\"")) + "|" + places(scan_text("x " + percent(text))) +
        "|" + places(scan_text("x " + base64(text)));
    return places(scan_text(text)) + " " + sha256_hex(hidden).substr(0, 16);
}

// Texts that no row of the tables has: values by their name, random ones, flags' neighbours.
const std::string_view k_texts[] = {"password={l14}",
                                    "\"api_key\": \"{w20}\"",
                                    "export DB_SECRET={s18}",
                                    "--token {w24}",
                                    "{w32}",
                                    "{h40}",
                                    "{B44}",
                                    "user:{w16}@host.internal",
                                    "mail a.b@corp-mail.io now",
                                    "at 151.101.64.81 and 10.0.0.1",
                                    "call +49 30 901820 please",
                                    "id 6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5f",
                                    "Bearer {w40}",
                                    "ssn 078-05-1120"};

}  // namespace

TEST_CASE("what the rules find changes only with the scanner's version") {
    VersionedGolden now;
    now.version = k_scanner_version;
    const auto add = [&](std::string_view rule, std::string_view source) {
        const std::string key = fmt::format("{}/{}", rule, sha256_hex(source).substr(0, 12));
        now.outcomes[key] = outcome_of(expand_sample(source));
    };
    for (const CompiledRule& compiled : RuleSet::get().rules()) {
        for (const auto sample : compiled.rule.hits)
            add(compiled.rule.id, sample);
        for (const auto sample : compiled.rule.misses)
            add(compiled.rule.id, sample);
    }
    for (const std::string_view text : k_texts)
        add("-", text);
    ScrubOptions options;
    options.pseudonym_key = "key";
    options.user_name = "janedoe";
    for (const std::string_view text :
         {"/home/janedoe/x", "C:\\Users\\janedoe\\y", "-Users-janedoe-app", "~janedoe/z",
          "janedoe@host:~$ ls", "drwxr-xr-x 2 janedoe staff 64 Jan 1 10:00 a"})
        now.outcomes[fmt::format("path/{}", sha256_hex(text).substr(0, 12))] =
            json_string(scrub_text(text, "it", options).text);
    check_versioned_golden("rule-findings.txt", now, "k_scanner_version (opentraces/security/scrub.hpp)");
}

TEST_CASE("versioned golden: an outcome changes with its version only, new ones join") {
    const VersionedGolden before{"1", {{"a", "x"}, {"b", "y"}}};
    CHECK(parse_versioned_golden(before.text()).text() == before.text());
    CHECK(changed_under_version(before, {"1", {{"a", "x"}, {"c", "z"}}}).empty());
    CHECK(changed_under_version(before, {"2", {{"a", "other"}}}).empty());
    CHECK(changed_under_version(before, {"1", {{"a", "other"}}}).find("a\n  was x\n  is  other") == 0);
}
