// The scanner on real sessions: planted secrets are all removed, and what is no secret stays.
#include "catch.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/security/stream.hpp"
#include "opentraces/trace/codec.hpp"
#include "security/match/strength.hpp"
#include "security/rules/rule.hpp"
#include "security/scan/scanner.hpp"
#include "where.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

using namespace opentraces;
using namespace opentraces::security;

namespace {

const std::filesystem::path k_corpus = opentraces::testing::source_folder() + "/../shared/corpus";

struct Sample {
    std::string rule;
    std::string text;
    std::string secret;  // what must be gone: the middle of what the rule finds
};

std::vector<Sample> samples(std::uint64_t variant = 0) {
    std::vector<Sample> all;
    for (const CompiledRule& compiled : RuleSet::get().rules()) {
        if (compiled.rule.severity < Severity::High) continue;
        for (const auto source : compiled.rule.hits) {
            const std::string text = expand_sample(source, variant);
            std::vector<Hit> hits;
            match_rules(text, Depth::Full, hits);
            for (const Hit& hit : hits) {
                if (hit.rule->id != compiled.rule.id) continue;
                const std::size_t length = hit.end - hit.begin;
                const std::size_t part = std::min<std::size_t>(length, 12);
                all.push_back({std::string(compiled.rule.id), text,
                               text.substr(hit.begin + (length - part) / 2, part)});
                break;
            }
        }
    }
    return all;
}

std::string json_escaped(const std::string& text) {
    std::string quoted;
    json::append_compact_string(quoted, text);
    return quoted.substr(1, quoted.size() - 2);
}

std::string hyphens_as_unicode(const std::string& text) {
    std::string out;
    for (const char c : json_escaped(text)) {
        if (c == '-' || c == '=' || c == ':') {
            out += c == '-' ? "\\u002d" : c == '=' ? "\\u003d" : "\\u003a";
        } else {
            out += c;
        }
    }
    return out;
}

std::string percent_encoded(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (is<'w'>(c)) {
            out += c;
        } else {
            constexpr std::string_view k_hex = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', k_hex[byte >> 4], k_hex[byte & 15]};
        }
    }
    return out;
}

// `spell` is how a part of the text looks inside; null: nothing but the frame may be left of it.
struct Carrier {
    const char* name;
    std::string (*wrap)(const std::string&);
    std::string (*spell)(const std::string&);
};

std::string as_it_is(const std::string& text) {
    return text;
}

// How text arrives in transcripts.
const std::vector<Carrier> k_carriers = {
    {"plain", as_it_is, as_it_is},
    {"sentence", [](const std::string& t) { return "It printed:\n\n" + t + "\n\nand then stopped."; },
     as_it_is},
    {"numbered line",
     [](const std::string& t) { return "    12\xe2\x86\x92" + t + "\n    13\xe2\x86\x92}\n"; }, as_it_is},
    {"diff", [](const std::string& t) { return "@@ -1 +1 @@\n-old\n+" + t + "\n"; }, as_it_is},
    {"code fence", [](const std::string& t) { return "```sh\n" + t + "\n```\n"; }, as_it_is},
    {"terminal colours", [](const std::string& t) { return "\x1b[32m" + t + "\x1b[0m\n"; }, as_it_is},
    {"JSON string",
     [](const std::string& t) { return "{\"output\":\"" + json_escaped("x\n" + t + "\ny") + "\"}"; },
     json_escaped},
    {"JSON in JSON",
     [](const std::string& t) { return json_escaped("{\"a\":\"" + json_escaped("x\n" + t + "\n") + "\"}"); },
     [](const std::string& t) { return json_escaped(json_escaped(t)); }},
    {"unicode escapes", [](const std::string& t) { return "{\"a\":\"" + hyphens_as_unicode(t) + "\"}"; },
     hyphens_as_unicode},
    {"percent", [](const std::string& t) { return "https://h/?q=" + percent_encoded(t) + "&x=1"; },
     percent_encoded},
    {"base64",
     [](const std::string& t) { return "data: " + base64("line one\n" + t + "\nline three\n") + " end"; },
     nullptr},
};

std::vector<std::string> corpus_lines() {
    std::vector<std::string> lines;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(k_corpus)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".jsonl" && extension != ".json" && extension != ".traj") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        if (extension == ".jsonl") {
            for (std::string line; std::getline(in, line);)
                if (is_json(line)) lines.push_back(line);
        } else {
            std::string text(std::istreambuf_iterator<char>(in), {});
            if (is_json(text)) lines.push_back(std::move(text));
        }
    }
    return lines;
}

bool skip_without_corpus() {
    if (std::filesystem::exists(k_corpus)) return false;
    std::puts("skipped: the corpus of sessions is not beside this source tree");
    return true;
}

}  // namespace

TEST_CASE("every credential format is found in every carrier") {
    std::vector<Sample> all;
    for (std::uint64_t variant = 0; variant < 5; ++variant)
        for (Sample& sample : samples(variant * 7919))
            all.push_back(std::move(sample));
    REQUIRE(all.size() >= 800);
    std::size_t tried = 0;
    std::size_t missed = 0;
    for (const Carrier& carrier : k_carriers) {
        std::size_t missed_here = 0;
        for (const Sample& sample : all) {
            const std::string wrapped = carrier.wrap(sample.text);
            RedactedText redacted = redact_text(wrapped);
            ++tried;
            const bool gone = carrier.spell == nullptr
                                  ? redacted.text == "data: [REDACTED] end"
                                  : redacted.text.find(carrier.spell(sample.secret)) == std::string::npos;
            if (gone && redacted.text != wrapped) continue;
            ++missed_here;
            std::printf("missed: %s in %s\n", sample.rule.c_str(), carrier.name);
        }
        missed += missed_here;
    }
    std::printf("recall: %zu of %zu (%zu samples, %zu carriers)\n", tried - missed, tried, all.size(),
                k_carriers.size());
    CHECK(static_cast<double>(missed) <= 0.02 * static_cast<double>(tried));
}

TEST_CASE("secrets planted in session lines are removed and the lines stay JSON") {
    if (skip_without_corpus()) return;
    const std::vector<Sample> all = samples();
    std::size_t planted = 0;
    std::size_t missed = 0;
    std::size_t index = 0;
    for (const std::string& line : corpus_lines()) {
        if (++index % 17 != 0 || line.size() > 200'000) continue;
        const Sample& sample = all[index / 17 % all.size()];
        // Behind the last line break inside a string of the line.
        const std::size_t at = line.rfind("\\n");
        if (at == std::string::npos || (at > 0 && line[at - 1] == '\\')) continue;
        std::string with = line;
        with.insert(at, "\\n" + json_escaped(sample.text));
        if (!is_json(with)) continue;
        ++planted;
        const RedactedText redacted = redact_json(with, {});
        const bool gone = redacted.text.find(json_escaped(sample.secret)) == std::string::npos;
        if (!gone) {
            ++missed;
            std::printf("missed: %s in a session line\n", sample.rule.c_str());
        }
        CHECK(is_json(redacted.text));
        CHECK(redact_json(redacted.text, {}).findings.empty());
    }
    std::printf("planted in sessions: %zu, missed: %zu\n", planted, missed);
    CHECK(planted > 200);
    CHECK(missed == 0);
}

TEST_CASE("nothing is left in scrubbed records, and scrubbing them again changes nothing") {
    if (skip_without_corpus()) return;
    ScrubOptions options;
    options.pseudonym_key = "key";
    std::size_t index = 0;
    std::size_t records = 0;
    for (const std::string& line : corpus_lines()) {
        if (++index % 23 != 0 || line.size() > 300'000) continue;
        trace::TraceRecord record;
        record.trace_id = "6f1c2f0e-8f6b-5e0a-9a3e-0b3a2c1d4e5f";
        record.session_id = "s";
        record.agent.name = "a";
        record.metadata.append("raw", json::parse(line));
        trace::Step step;
        step.content = line;
        step.observations.emplace_back();
        step.observations.back().source_call_id = "c";
        step.observations.back().content = line;
        step.snippets.emplace_back();
        step.snippets.back().file_path = "/home/jane/a.cpp";
        step.snippets.back().text = line;
        record.steps.push_back(std::move(step));
        const ScrubbedTrace once = scrub(std::move(record), options);
        const std::string encoded = trace::encode(once.record());
        CHECK(residual_findings(encoded).empty());
        const ScrubbedTrace twice = scrub(once.record(), options);
        CHECK(twice.redactions() == 0);
        CHECK(trace::encode(twice.record()) == encoded);
        ++records;
    }
    CHECK(records > 100);
}

TEST_CASE("ids, hashes and versions of real sessions stay") {
    if (skip_without_corpus()) return;
    std::map<std::string, std::size_t> counts;
    std::size_t bytes = 0;
    std::size_t harmless = 0;
    for (const std::string& line : corpus_lines()) {
        bytes += line.size();
        for (const Finding& finding : residual_findings(line)) {
            ++counts[finding.rule];
            const std::string_view found = std::string_view(line).substr(finding.offset, finding.length);
            if (is_digest_or_uuid(found) || found.starts_with("toolu_") || found.starts_with("call_") ||
                found.starts_with("msg_"))
                ++harmless;
        }
    }
    std::size_t total = 0;
    for (const auto& [rule, count] : counts) {
        std::printf("corpus findings: %-24s %zu\n", rule.c_str(), count);
        total += count;
    }
    std::printf("corpus: %zu findings in %zu MB, %zu of them on ids or digests\n", total, bytes >> 20,
                harmless);
    CHECK(harmless == 0);
    CHECK(counts["high_entropy_string"] <= 60);
    CHECK(counts["ipv4_address"] + counts["phone_number"] + counts["credit_card"] <= 20);
}
