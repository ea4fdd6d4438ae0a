#include "opentraces/flow/redact.hpp"

#include <algorithm>

#include "flow/decided_texts.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

using security::HandRedaction;

constexpr std::size_t k_salt_digits = 32;

std::vector<HandRedaction> hidden(const RedactOptions& options, const std::string& key, IdSource& salts) {
    std::vector<HandRedaction> redactions;
    for (const std::string& text : options.texts)
        redactions.push_back(security::hide_text(text, key, salts.hex(k_salt_digits)));
    if (!options.regex.empty()) redactions.push_back(security::hide_matches(options.regex));
    for (HandRedaction& redaction : redactions) {
        redaction.step = options.step;
        redaction.field = options.field;
    }
    return redactions;
}

bool is_by_hand(const security::Finding& finding) {
    return finding.redacted && finding.rule == security::k_hidden_rule;
}

trace::TraceRecord stored_record(store::Store& store, const TraceId& id) {
    trace::Decoded decoded = trace::decode(store.read_line(id));
    if (!decoded.record)
        throw Error(ErrorCode::CorruptTrace,
                    "trace " + id.str() + " cannot be read: " + decoded.problem->words);
    return *std::move(decoded.record);
}

void need_changeable(const store::TraceRow& row) {
    if (row.stage == store::Stage::Inbox || row.stage == store::Stage::Rejected) return;
    const bool committed = row.stage == store::Stage::Committed;
    throw Error(
        ErrorCode::InvalidState,
        "trace " + row.id.str() + " is " + std::string(store::name_of(row.stage)) + ", and stays as it is",
        committed ? "Bring it back first: opentraces uncommit " + row.id.str()
                  : "What others have got cannot be changed here; replace the secret itself.");
}

// Which part of the redactions concerns the trace is what the scrubbed text says: what was found in it.
class Redaction {
public:
    Redaction(const ReviewTools& tools, const RedactOptions& options, IdSource& salts)
        : m_tools(tools),
          m_hidden(hidden(options, tools.options.scrub.pseudonym_key, salts)),
          m_options(tools.options.scrub) {
        if (!options.step && options.field.empty()) m_cut = options.texts;
    }

    void add(const TraceId& id) {
        const store::TraceRow row = m_tools.store.find(id.str());
        m_options.own_rules = security::with_decisions(
            m_tools.options.scrub.own_rules,
            {m_hidden, allowed_in(m_tools.store, row.agent, row.session_id), m_options.pseudonym_key});
        trace::TraceRecord record = stored_record(m_tools.store, id);
        Redacted redacted{id, 0, {}, {}};
        for (const std::string& text : m_cut)
            for (std::string& field : security::redact_cut(record, text))
                count(redacted, std::move(field));
        security::ScrubbedTrace scrubbed = security::scrub(std::move(record), m_options);
        for (const security::Finding& finding : scrubbed.findings()) {
            if (!is_by_hand(finding)) continue;
            count(redacted, finding.field);
        }
        if (redacted.redactions == 0) return;
        need_changeable(row);
        for (store::TraceRow& other : m_tools.store.revisions(id))
            if (other.id != id && other.stage != store::Stage::Inbox && has_them(other.id))
                redacted.kept_in.push_back(std::move(other));
        remember(row);
        m_texts.push_back({id, row.content_hash, std::move(scrubbed)});
        m_done.push_back(std::move(redacted));
    }

    std::vector<Redacted> take() {
        if (m_done.empty())
            throw Error(ErrorCode::NotFound, "the text is in none of these traces; nothing was changed",
                        "It is compared letter for letter, in what opentraces show prints.");
        store::decisions_of(m_tools.store).decide(store::DecisionKind::Redact, m_notes, std::move(m_texts));
        return std::move(m_done);
    }

private:
    static void count(Redacted& redacted, std::string field) {
        ++redacted.redactions;
        ++redacted.places[std::move(field)];
    }

    bool has_them(const TraceId& id) {
        const security::ScrubbedTrace scrubbed = security::scrub(stored_record(m_tools.store, id), m_options);
        return std::any_of(scrubbed.findings().begin(), scrubbed.findings().end(), is_by_hand);
    }

    void remember(const store::TraceRow& row) {
        const store::NoteKey key{row.agent, row.session_id, store::NoteKind::Redactions};
        const auto is_known = [&](const store::NoteChange& change) { return change.key == key; };
        if (std::any_of(m_notes.begin(), m_notes.end(), is_known)) return;
        const std::string before = store::decisions_of(m_tools.store).note(key);
        std::vector<HandRedaction> all = read_redactions(before);
        all.insert(all.end(), m_hidden.begin(), m_hidden.end());
        m_notes.push_back({key, before, written(all)});
    }

    const ReviewTools& m_tools;
    std::vector<HandRedaction> m_hidden;
    std::vector<std::string> m_cut;  // texts of which a beginning may stand at the end of others
    security::ScrubOptions m_options;
    std::vector<store::NoteChange> m_notes;
    std::vector<store::TextChange> m_texts;
    std::vector<Redacted> m_done;
};

}  // namespace

std::vector<Redacted> redact(const ReviewTools& tools, const std::vector<TraceId>& ids,
                             const RedactOptions& options, IdSource& salts) {
    const auto lock = tools.store.lock();
    Redaction redaction(tools, options, salts);
    std::size_t done = 0;
    for (const TraceId& id : ids) {
        tools.progress.working("redacting", done++, ids.size());
        redaction.add(id);
    }
    return redaction.take();
}

std::int64_t unredact(const ReviewTools& tools, const TraceId& id) {
    const auto lock = tools.store.lock();
    store::Decisions& decisions = store::decisions_of(tools.store);
    const store::TraceRow row = tools.store.find(id.str());
    const store::NoteKey key{row.agent, row.session_id, store::NoteKind::Redactions};
    const std::string before = decisions.note(key);
    if (before.empty())
        throw Error(ErrorCode::NotFound, "nothing was redacted by hand in trace " + id.str(),
                    "Rules have redacted the rest; opentraces allow is for what they get wrong.");
    need_changeable(row);
    const auto count = static_cast<std::int64_t>(read_redactions(before).size());
    std::vector<store::TextChange> texts;
    texts.push_back(
        {id, row.content_hash, rebuilt(tools, row, {{}, remembered(tools.store, row).allowances})});
    decisions.decide(store::DecisionKind::Unredact, {{key, before, {}}}, std::move(texts));
    return count;
}

}  // namespace opentraces::flow
