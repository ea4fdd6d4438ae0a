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
#include "security/scrub/people.hpp"
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
        ScanContext context = context_of(place, text);
        context.place = place.path;
        return context;
    }

private:
    ScanContext context_of(const TextPlace& place, std::string_view text) {
        if (place.is_key) return key_context(place.kind, m_options);
        const std::string_view name = last_name(place.path);
        ScanContext context = value_context(place.kind, place.is_open, name, m_options);
        const auto parent =
            std::hash<std::string_view>{}(place.path.substr(0, place.path.size() - name.size()));
        context.name = m_names.name_for(parent, name, text);
        return context;
    }

    const ScrubOptions& m_options;
    FieldNames m_names;
};

struct State {
    const ScrubOptions& options;
    People people;
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
        if (!state.options.pseudonym_key.empty())
            finding.fingerprint =
                finding_fingerprint(state.options.pseudonym_key, text.substr(finding.offset, finding.length));
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

// What calls have asked is answered by results of the same step or of the next.
void learn_answers(People& people, const trace::TraceRecord& record) {
    std::map<std::string_view, std::string_view> commands;
    for (const trace::Step& step : record.steps) {
        for (const trace::ToolCall& call : step.tool_calls)
            for (const std::string_view name : {"command", "cmd"})
                if (const json::Value* const value = call.input.find(name); value != nullptr)
                    if (value->if_string() != nullptr) commands[call.tool_call_id] = *value->if_string();
        for (const trace::Observation& observation : step.observations) {
            const auto command = commands.find(observation.source_call_id);
            if (command != commands.end() && observation.content)
                people.learn_answer(command->second, *observation.content);
        }
    }
}

// What the record says of where the work belongs.
void learn_repository(People& people, const trace::TraceRecord& record) {
    for (const std::string& dependency : record.dependencies)
        people.spare(dependency);
    if (record.task.repository) people.learn_repository(*record.task.repository);
}

// Whoever has the repository finds its commits.
void forget_commits(trace::TraceRecord& record) {
    record.task.base_commit.reset();
    record.environment.vcs.base_commit.reset();
    record.outcome.commit_sha.reset();
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
        state.people.learn(text);
    });
    learn_answers(state.people, record);
    state.people.settle();
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
        if (state.people.anonymise(text) > 0) state.changed = true;
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
    State state{options, People(options.pseudonym_key, options.user_name, options.personal), {}, {}, 0,
                false};
    learn_repository(state.people, record);
    ScrubbedTrace scrubbed;
    scrubbed.m_knows_findings = !record.security.scanned;
    run(state, record);
    if (options.personal.repos) forget_commits(record);
    trace::walk_texts(std::as_const(record), [&](const TextPlace& place, std::string_view text) {
        flag_text(place, text, state.findings);
    });
    fill_metadata(state, record);
    for (const Finding& finding : state.findings)
        scrubbed.m_needs_review = scrubbed.m_needs_review || finding.severity >= Severity::Medium;
    scrubbed.m_record = std::move(record);
    scrubbed.m_findings = std::move(state.findings);
    scrubbed.m_redactions = state.replaced;
    return scrubbed;
}

}  // namespace opentraces::security
