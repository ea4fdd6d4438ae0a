// The pipeline of one record: redact, spread what was found, anonymise, cut, and look once more.
#include "opentraces/security/scrub.hpp"

#include <functional>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/trace/limits.hpp"
#include "opentraces/trace/walk.hpp"
#include "security/scan/field_names.hpp"
#include "security/scan/finding.hpp"
#include "security/scrub/flags.hpp"
#include "security/scrub/neighbours.hpp"
#include "security/scrub/paths.hpp"
#include "security/scrub/safe_cut.hpp"
#include "security/scrub/secret_values.hpp"

namespace opentraces::security {

namespace {

using trace::TextKind;
using trace::TextPlace;

constexpr int k_max_rounds = 4;

// How each text of a record is scanned; the same when it is redacted and when the result is verified.
class Contexts {
public:
    explicit Contexts(const ScrubOptions& options) : m_options(options) {}

    ScanContext of(const TextPlace& place, std::string_view text) {
        if (place.is_key) return key_context(place.kind, m_options);
        const std::string_view name = last_name(place.path);
        ScanContext context = value_context(place.kind, place.is_open, name, m_options);
        const auto parent =
            std::hash<std::string_view>{}(place.path.substr(0, place.path.size() - name.size()));
        context.name = m_names.name_for(parent, name, text);
        return context;
    }

private:
    const ScrubOptions& m_options;
    FieldNames m_names;
};

struct State {
    const ScrubOptions& options;
    Pseudonyms pseudonyms;
    SecretValues secrets;
    std::vector<Finding> findings;
    std::uint64_t replaced = 0;
    bool changed = false;  // in this round
};

// Ids tie calls to results: the same id always becomes the same other id.
std::string replacement_id(const ScrubOptions& options, std::string_view id) {
    return std::string(k_replaced_id) + hmac_sha256_hex("id" + options.pseudonym_key, id).substr(0, 16);
}

void note(State& state, const TextPlace& place, std::string_view text, const std::vector<Hit>& hits) {
    for (Finding& finding : findings_of(text, hits)) {
        finding.field = place.path;
        finding.line = 0;
        finding.redacted = true;
        state.findings.push_back(std::move(finding));
    }
    state.replaced += hits.size();
    state.changed = true;
}

void redact(State& state, const TextPlace& place, const ScanContext& context, std::string& text) {
    const auto seen = [&](std::string_view scanned, const std::vector<Hit>& hits) {
        note(state, place, scanned, hits);
        state.secrets.add(scanned, hits);
    };
    if (place.kind != TextKind::Identifier) {
        redact_until_clean(text, context, seen);
        return;
    }
    const std::vector<Hit> hits = scan(text, context);
    if (hits.empty()) return;
    note(state, place, text, hits);
    text = replacement_id(state.options, text);
}

void redact_all(State& state, trace::TraceRecord& record) {
    Contexts contexts(state.options);
    Neighbours neighbours;
    trace::walk_texts(record, [&](const TextPlace& place, std::string& text) {
        const bool has_neighbours = !place.is_key && place.kind != TextKind::Identifier;
        Neighbours::Ends was = has_neighbours ? Neighbours::ends_of(text) : Neighbours::Ends();
        redact(state, place, contexts.of(place, text), text);
        if (has_neighbours)
            neighbours.redact(
                last_name(place.path), std::move(was), text,
                [&](std::string_view both, const std::vector<Hit>& hits) { note(state, place, both, hits); });
        state.pseudonyms.learn(text);
    });
    state.secrets.prepare();
}

void spread_and_anonymise(State& state, trace::TraceRecord& record) {
    trace::walk_texts(record, [&](const TextPlace& place, std::string& text) {
        if (place.kind == TextKind::Identifier) return;
        const std::vector<Hit> hits = state.secrets.find(text);
        if (!hits.empty()) {
            note(state, place, text, hits);
            text = replace_hits(text, hits);
        }
        if (state.pseudonyms.anonymise(text)) state.changed = true;
    });
}

// Scans the finished record. True if there is nothing left.
bool verify(const State& state, const trace::TraceRecord& record, bool last) {
    Contexts contexts(state.options);
    bool clean = true;
    trace::walk_texts(record, [&](const TextPlace& place, std::string_view text) {
        const std::vector<Hit> hits = scan(text, contexts.of(place, text));
        if (hits.empty()) return;
        clean = false;
        for (const Hit& hit : hits) {
            if (!last || hit.rule->severity != Severity::Critical) continue;
            throw Error(ErrorCode::SecretsFound,
                        std::string(hit.rule->id) + " is still present in " + std::string(place.path));
        }
    });
    return clean;
}

void run(State& state, trace::TraceRecord& record) {
    for (int round = 1; round <= k_max_rounds; ++round) {
        state.changed = false;
        redact_all(state, record);
        spread_and_anonymise(state, record);
        // After redaction, so that no cut hides half a secret.
        trace::note_limits(record, trace::apply_content_limits(record, safe_cut, state.options.limits));
        if (verify(state, record, round == k_max_rounds)) return;
    }
}

void fill_metadata(const State& state, trace::TraceRecord& record) {
    // A record that was scrubbed before keeps the count of what was taken out of it then.
    const std::int64_t before = record.security.scanned && record.security.redactions_applied.fits()
                                    ? record.security.redactions_applied.value()
                                    : 0;
    record.security.scanned = true;
    record.security.flags_reviewed = 0;
    record.security.redactions_applied = before + static_cast<std::int64_t>(state.replaced);
    record.security.classifier_version = std::string(k_scanner_version);
}

}  // namespace

std::map<std::string, std::uint64_t> ScrubbedTrace::counts() const {
    std::map<std::string, std::uint64_t> counts;
    for (const Finding& finding : m_findings)
        ++counts[finding.rule];
    return counts;
}

ScrubbedTrace scrub(trace::TraceRecord record, const ScrubOptions& options) {
    State state{options, Pseudonyms(options.pseudonym_key, options.user_name), {}, {}, 0, false};
    run(state, record);
    trace::walk_texts(std::as_const(record), [&](const TextPlace& place, std::string_view text) {
        flag_text(place, text, state.findings);
    });
    fill_metadata(state, record);
    ScrubbedTrace scrubbed;
    for (const Finding& finding : state.findings)
        scrubbed.m_needs_review = scrubbed.m_needs_review || finding.severity >= Severity::Medium;
    scrubbed.m_record = std::move(record);
    scrubbed.m_findings = std::move(state.findings);
    scrubbed.m_redactions = state.replaced;
    return scrubbed;
}

}  // namespace opentraces::security
