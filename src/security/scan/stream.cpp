#include "opentraces/security/stream.hpp"

#include <algorithm>

#include "security/scan/finding.hpp"
#include "security/scan/json_text.hpp"

namespace opentraces::security {

namespace {

// What follows the cut is seen before deciding that nothing crosses it.
constexpr std::size_t k_lookahead = std::size_t{64} << 10;
constexpr int k_max_rounds = 8;

std::size_t cut_position(std::string_view window, std::size_t context, const std::vector<Hit>& hits) {
    if (window.size() <= context + k_lookahead) return context;
    std::size_t cut = window.size() - k_lookahead;
    const std::size_t newline = window.rfind('\n', cut - 1);
    if (newline != std::string_view::npos && newline + 1 > context) {
        cut = newline + 1;
    } else {
        // One long line: between words, else anywhere.
        const std::size_t blank = window.substr(0, cut).find_last_of(" \t,;");
        if (blank != std::string_view::npos && blank + 1 > context && cut - blank < k_lookahead)
            cut = blank + 1;
    }
    for (auto hit = hits.rbegin(); hit != hits.rend(); ++hit)
        if (hit->begin < cut && hit->end >= cut) cut = hit->begin;
    return std::max(cut, context);
}

std::string replace_findings(std::string_view text, const std::vector<Finding>& findings) {
    std::string out;
    std::size_t copied = 0;
    for (const Finding& finding : findings) {
        out.append(text.substr(copied, finding.offset - copied));
        out.append(k_marker);
        copied = finding.offset + finding.length;
    }
    out.append(text.substr(copied));
    return out;
}

}  // namespace

RedactedText redact_json(std::string_view text, const ScrubOptions& options) {
    RedactedText result{std::string(text), {}};
    for (int round = 0; round < k_max_rounds; ++round) {
        std::vector<Finding> found = json_findings(result.text, options, JsonReading::Any);
        if (found.empty()) break;
        result.text = replace_findings(result.text, found);
        if (result.findings.empty()) result.findings = std::move(found);
    }
    for (Finding& finding : result.findings)
        finding.redacted = true;
    return result;
}

RedactedWindow redact_window(std::string_view window, std::size_t context, bool last,
                             const ScrubOptions& options) {
    const ScanContext scan_context = full_context(options);
    std::vector<Hit> hits = scan(window, scan_context);
    // A match that began in the part already handed out only has its rest to lose.
    for (Hit& hit : hits)
        hit.begin = std::max(hit.begin, context);
    std::erase_if(hits, [&](const Hit& hit) { return hit.end <= context; });
    RedactedWindow result;
    result.consumed = last ? window.size() : cut_position(window, context, hits);
    std::erase_if(hits, [&](const Hit& hit) { return hit.begin >= result.consumed; });
    result.findings = findings_of(window, hits);
    for (Finding& finding : result.findings)
        finding.redacted = true;
    result.text = replace_findings(window.substr(0, result.consumed), result.findings).substr(context);
    if (!hits.empty()) redact_until_clean(result.text, scan_context);
    return result;
}

}  // namespace opentraces::security
