// How much of what is planted goes, by carrier and family of rules.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "catch.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/security/scrub.hpp"
#include "random_text.hpp"
#include "security/rules/rule.hpp"
#include "security/scan/scanner.hpp"
#include "unit/security/carriers/carrier.hpp"

using namespace opentraces;
using namespace opentraces::security;
using namespace opentraces::testing;

namespace {

struct Tally {
    std::size_t planted = 0;
    std::size_t gone = 0;

    double per_cent() const {
        return planted == 0 ? 100 : 100.0 * static_cast<double>(gone) / static_cast<double>(planted);
    }
};

struct Secret {
    std::string_view family;
    std::string_view rule;
    std::string text;
};

bool has_form(const Rule& rule) {
    return rule.matcher == nullptr && rule.severity == Severity::Critical;
}

// Tokens of every rule that tells a secret by its form alone.
std::vector<Secret> secrets_of_known_form() {
    const std::pair<std::string_view, std::span<const Rule>> k_families[] = {{"ai", ai_rules()},
                                                                             {"cloud", cloud_rules()},
                                                                             {"service", service_rules()},
                                                                             {"platform", platform_rules()},
                                                                             {"developer", developer_rules()},
                                                                             {"vcs", vcs_rules()},
                                                                             {"chat", chat_rules()},
                                                                             {"payment", payment_rules()}};
    std::vector<Secret> secrets;
    for (const auto& [family, rules] : k_families) {
        for (const Rule& rule : rules) {
            if (!has_form(rule)) continue;
            const std::string text = expand_sample(rule.hits.front(), secrets.size());
            std::vector<Hit> hits;
            match_rules(text, Depth::Full, hits);
            for (const Hit& hit : hits)
                if (hit.rule->id == rule.id) {
                    secrets.push_back({family, rule.id, text.substr(hit.begin, hit.end - hit.begin)});
                    break;
                }
        }
    }
    return secrets;
}

// The text of a tool's result in a record, as it is kept.
std::string scrubbed(const std::string& text) {
    trace::TraceRecord record;
    record.trace_id = "6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5f";
    record.session_id = "s";
    record.agent.name = "a";
    record.steps.emplace_back();
    record.steps.back().observations.emplace_back();
    record.steps.back().observations.back().source_call_id = "c";
    record.steps.back().observations.back().content = text;
    ScrubOptions options;
    options.pseudonym_key = "key";
    return scrub(std::move(record), options).record().steps[0].observations[0].content.value_or("");
}

void print_row(std::string_view name, const Tally& all, const std::map<std::string_view, Tally>& parts) {
    std::string row = fmt::format("{:44} {:5.1f}", name, all.per_cent());
    for (const auto& [part, tally] : parts)
        row += fmt::format("  {} {:.0f}", part, tally.per_cent());
    std::puts(row.c_str());
}

void check_known_forms(std::span<const Carrier> carriers) {
    const std::vector<Secret> secrets = secrets_of_known_form();
    REQUIRE(secrets.size() >= 80);
    Tally total;
    for (const Carrier& carrier : carriers) {
        Tally all;
        std::map<std::string_view, Tally> families;
        std::string left;
        for (const Secret& secret : secrets) {
            const Carried carried = carrier.wrap(secret.text);
            const bool gone = is_gone(scrubbed(carried.text), carried);
            for (Tally* tally : {&all, &families[secret.family], &total}) {
                ++tally->planted;
                tally->gone += gone ? 1 : 0;
            }
            if (!gone) left += fmt::format(" {}", secret.rule);
        }
        print_row(carrier.name, all, families);
        INFO(carrier.name << " keeps" << left);
        CHECK(all.per_cent() >= carrier.at_least);
    }
    print_row("all", total, {});
}

std::string made_up(NamedValue kind, std::uint64_t seed) {
    constexpr std::string_view k_letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    switch (kind) {
        case NamedValue::Signs:
            return random_text("abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)", 50, seed);
        case NamedValue::Password:
            return random_text("abcdefghijkmnopqrstuvwxyz", 4, seed) + random_text("23456789", 2, seed) +
                   random_text("!#@+-_", 1, seed) + random_text(k_letters, 5, seed + 1);
        case NamedValue::Key:
            break;
    }
    return seed % 3 == 0 ? random_text("0123456789abcdef", 40, seed)
                         : random_text(k_letters, seed % 3 == 1 ? 32 : 43, seed);
}

Carried with_value(std::string_view text, const std::string& value) {
    Carried carried{std::string(text), {}};
    for (const auto& [sign, spelling] : {std::pair<std::string_view, std::string>{"{V}", value},
                                         {"{B}", base64(value)},
                                         {"{A}", base64("bob:" + value)},
                                         {"{1}", value.substr(0, value.size() / 2)},
                                         {"{2}", value.substr(value.size() / 2)}}) {
        const std::size_t at = carried.text.find(sign);
        if (at == std::string::npos) continue;
        carried.text.replace(at, sign.size(), spelling);
        carried.traces.push_back(spelling);
    }
    return carried;
}

void check_named_values(std::span<const NamedCarrier> carriers) {
    constexpr std::uint64_t k_values = 12;
    Tally total;
    for (const NamedCarrier& carrier : carriers) {
        Tally all;
        for (std::uint64_t seed = 0; seed < k_values; ++seed) {
            const std::string value = made_up(carrier.value, seed * 31 + 7);
            const Carried carried = with_value(carrier.text, value);
            const bool gone = is_gone(scrubbed(carried.text), carried);
            for (Tally* tally : {&all, &total}) {
                ++tally->planted;
                tally->gone += gone ? 1 : 0;
            }
        }
        print_row(carrier.name, all, {});
        INFO(carrier.name);
        CHECK(all.per_cent() >= carrier.at_least);
    }
    print_row("all", total, {});
}

}  // namespace

TEST_CASE("carriers: secrets of a known form that are encoded") {
    check_known_forms(encoded_carriers());
}

TEST_CASE("carriers: secrets of a known form that are in parts") {
    check_known_forms(joined_carriers());
}

TEST_CASE("carriers: secrets that are split over two texts of a record") {
    Tally tally;
    for (const Secret& secret : secrets_of_known_form()) {
        INFO(secret.rule);
        const std::size_t half = secret.text.size() / 2;
        const std::string first = "the key " + secret.text.substr(0, half);
        const std::string second = secret.text.substr(half) + " ends";
        trace::TraceRecord record;
        record.trace_id = "6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5f";
        record.session_id = "s";
        record.agent.name = "a";
        record.steps.emplace_back();
        for (const std::string& text : {first, second}) {
            record.steps.back().observations.emplace_back();
            record.steps.back().observations.back().source_call_id = "c";
            record.steps.back().observations.back().content = text;
        }
        ScrubOptions options;
        options.pseudonym_key = "key";
        const ScrubbedTrace scrubbed = scrub(std::move(record), options);
        const auto& results = scrubbed.record().steps[0].observations;
        const std::string both = results[0].content.value_or("") + results[1].content.value_or("");
        ++tally.planted;
        tally.gone += is_gone(both, {{}, {secret.text.substr(0, half), secret.text.substr(half)}}) ? 1 : 0;
        CHECK(both.find("the key ") == 0);
        CHECK(both.ends_with(" ends"));
    }
    print_row("two results of one call", tally, {});
    CHECK(tally.per_cent() >= 98);
}

TEST_CASE("carriers: values that programs declare") {
    check_named_values(declared_carriers());
}

TEST_CASE("carriers: values in files of configuration and tables") {
    check_named_values(configured_carriers());
}

TEST_CASE("carriers: values on command lines and in queries") {
    check_named_values(commanded_carriers());
}

TEST_CASE("carriers: values in files of credentials and in stores of secrets") {
    check_named_values(filed_carriers());
}

TEST_CASE("carriers: values that only their name tells, in parts") {
    check_named_values(parted_carriers());
}
