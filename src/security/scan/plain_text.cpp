#include "opentraces/security/plain_text.hpp"

#include <fmt/format.h>

#include "opentraces/core/error.hpp"
#include "security/scan/finding.hpp"
#include "security/scan/scanner.hpp"
#include "security/scrub/people.hpp"

namespace opentraces::security {
namespace {

// Replacing can bring something together that is found then; texts built against it end in the refusal.
constexpr int k_max_rounds = 4;

bool anonymise(std::string& text, const ScrubOptions& options) {
    People people(options.pseudonym_key, options.user_name, options.personal);
    people.learn(text);
    people.settle();
    return people.anonymise(text) > 0;
}

}  // namespace

ScrubbedText scrub_text(std::string_view text, std::string_view what, const ScrubOptions& options) {
    ScrubbedText scrubbed{std::string(text), {}};
    const ScanContext context = full_context(options);
    const auto count = [&](std::string_view, const std::vector<Hit>& hits) {
        for (const Hit& hit : hits)
            ++scrubbed.replaced[std::string(hit.rule->id)];
    };
    for (int round = 0; round < k_max_rounds; ++round) {
        const bool redacted = redact_until_clean(scrubbed.text, context, count) > 0;
        const bool anonymised = anonymise(scrubbed.text, options);
        if (anonymised) ++scrubbed.replaced[std::string(k_name_in_path)];
        if (!redacted && !anonymised) break;
    }
    refuse_findings(scrubbed.text, what, options);
    return scrubbed;
}

void refuse_findings(std::string_view text, std::string_view what, const ScrubOptions& options) {
    std::map<std::string, std::int64_t> counts;
    for (const Finding& finding : scan_text(text, options))
        ++counts[finding.rule];
    if (counts.empty()) return;
    throw Error(
        ErrorCode::SecretsFound,
        fmt::format("{} holds what must not leave ({}); nothing was sent", what, counted_rules(counts)),
        "Write it without that.");
}

std::string counted_rules(const std::map<std::string, std::int64_t>& counts) {
    std::string text;
    for (const auto& [rule, count] : counts)
        text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", count, rule);
    return text;
}

}  // namespace opentraces::security
