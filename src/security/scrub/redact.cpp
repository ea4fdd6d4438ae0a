// Plain text in, findings or redacted text out.
#include <algorithm>

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

std::vector<Finding> findings_of(std::string_view text, const std::vector<Hit>& hits) {
    std::vector<Finding> findings;
    std::uint64_t line = 1;
    std::size_t counted = 0;
    for (const Hit& hit : hits) {
        line += static_cast<std::uint64_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                                      text.begin() + static_cast<std::ptrdiff_t>(hit.begin),
                                                      '\n'));
        counted = hit.begin;
        findings.push_back(
            {std::string(hit.rule->id), hit.rule->severity, {}, hit.begin, hit.end - hit.begin, line, false});
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
