// Plain text in, findings or redacted text out.
#include <algorithm>

#include "opentraces/core/digest.hpp"
#include "security/scan/finding.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::Low:
            return "low";
        case Severity::Medium:
            return "medium";
        case Severity::High:
            return "high";
        case Severity::Critical:
            break;
    }
    return "critical";
}

std::string_view name_of(Layer layer) {
    switch (layer) {
        case Layer::Escaped:
            return "escaped";
        case Layer::Encoded:
            return "encoded";
        case Layer::Dump:
            return "dump";
        case Layer::Joined:
            return "joined";
        case Layer::Elsewhere:
            return "elsewhere";
        case Layer::Plain:
            break;
    }
    return "plain";
}

std::string finding_fingerprint(std::string_view key, std::string_view found) {
    constexpr std::size_t k_digits = 32;
    // The words are those of the baselines that were there first.
    return hmac_sha256_hex(key, "opentraces baseline 1\n" + std::string(found)).substr(0, k_digits);
}

std::vector<Finding> findings_of(std::string_view text, const std::vector<Hit>& hits) {
    std::vector<Finding> findings;
    std::uint64_t line = 1;
    std::size_t counted = 0;
    for (const Hit& hit : hits) {
        line += static_cast<std::uint64_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                                      text.begin() + static_cast<std::ptrdiff_t>(hit.begin),
                                                      '\n'));
        counted = hit.begin;
        findings.push_back({std::string(hit.rule->id),
                            hit.rule->severity,
                            {},
                            hit.begin,
                            hit.end - hit.begin,
                            line,
                            false,
                            hit.layer,
                            {}});
    }
    return findings;
}

std::size_t redact_until_clean(std::string& text, const ScanContext& context, const RedactionSeen& seen) {
    // Each round leaves less to find; the bound is for texts that somebody builds against it.
    constexpr int k_max_rounds = 8;
    std::size_t replaced = 0;
    for (int round = 0; round < k_max_rounds; ++round) {
        const std::vector<Hit> hits = scan(text, context);
        if (hits.empty()) break;
        if (seen) seen(text, hits);
        text = replace_hits(text, hits);
        replaced += hits.size();
    }
    return replaced;
}

std::vector<Finding> scan_text(std::string_view text, const ScrubOptions& options) {
    return findings_of(text, scan(text, full_context(options)));
}

RedactedText redact_text(std::string_view text, const ScrubOptions& options) {
    RedactedText result{std::string(text), {}};
    redact_until_clean(result.text, full_context(options),
                       [&](std::string_view seen, const std::vector<Hit>& hits) {
                           // Later rounds find what the first one uncovered; their offsets mean nothing
                           // outside.
                           if (result.findings.empty()) result.findings = findings_of(seen, hits);
                       });
    for (Finding& finding : result.findings)
        finding.redacted = true;
    return result;
}

}  // namespace opentraces::security
