// Decisions that are taken back.
#include "opentraces/core/error.hpp"
#include "store/journal.hpp"
#include "store/sqlite_store.hpp"

namespace opentraces::store {

namespace {

Error stands(std::int64_t id, const std::string& reason, const std::string& hint) {
    return Error(ErrorCode::InvalidState, "decision " + std::to_string(id) + " cannot be undone: " + reason,
                 hint);
}

constexpr std::string_view k_what_now = "Run: opentraces undo --list, or decide anew.";

}  // namespace

Decisions& decisions_of(Store& store) {
    return dynamic_cast<Decisions&>(store);
}

std::optional<Error> SqliteStore::objection_to(const Decision& decision) {
    if (decision.gone > 0)
        return stands(decision.id, "an older version of a session made room for it and is gone",
                      "Capture the session again: opentraces capture");
    for (const DecidedTrace& trace : read_decided(m_database, decision.id))
        if (const auto reason = reason_against(trace))
            return stands(decision.id, "trace " + trace.id.str() + " " + *reason, std::string(k_what_now));
    for (const NoteChange& note : decision.notes)
        if (read_note(m_database, note.key) != note.after)
            return stands(decision.id, "a later decision builds on it", std::string(k_what_now));
    return std::nullopt;
}

std::optional<std::string> SqliteStore::reason_against(const DecidedTrace& trace) {
    const TraceState now = state_of(m_database, trace.id);
    if (now.stage == Stage::Pushed) return "was pushed";
    if (in_open_push(trace.id)) return "is in a push that has not finished";
    if (const auto url = open_offer_of(trace.id)) return "is offered in " + *url;
    if (now != trace.after) return "was changed since";
    const TraceRow row = need_row(trace.id).row;
    for (const StoredRow& other : revisions_of(m_database, row.agent, row.session_id)) {
        const bool is_in_the_way =
            trace.before.stage != trace.after.stage &&
            (trace.before.stage == Stage::Inbox || trace.before.stage == Stage::Committed);
        if (is_in_the_way && other.row.id != row.id && other.row.stage == trace.before.stage)
            return "has another version of its session in its place";
    }
    return std::nullopt;
}

std::vector<Decision> SqliteStore::decisions(std::int64_t limit) {
    const ReadTransaction snapshot(m_database);
    std::vector<Decision> decisions = read_decisions(m_database, limit);
    for (Decision& decision : decisions)
        decision.objection = objection_to(decision);
    return decisions;
}

void SqliteStore::bring_back(const DecidedTrace& trace, std::vector<TraceId>& rewritten) {
    if (trace.before.stage != trace.after.stage) set_stage(trace.id, trace.before.stage);
    if (trace.before.commit != trace.after.commit) {
        leave_group(trace.id);
        if (!trace.before.commit.empty()) put_into_commit(m_database, trace);
    }
    if (trace.before.reviewed != trace.after.reviewed)
        set_reviewed(m_database, trace.id, trace.before.reviewed, m_clock.now());
    // What it supersedes may have been pushed meanwhile.
    if (trace.before.stage == Stage::Committed && settle_supersedes(trace.id)) rewritten.push_back(trace.id);
}

Decision SqliteStore::decision(std::int64_t id) {
    std::optional<Decision> decision = read_decision(m_database, id);
    if (!decision)
        throw Error(ErrorCode::NotFound, "there is no decision " + std::to_string(id),
                    "Run: opentraces undo --list");
    decision->objection = objection_to(*decision);
    return *std::move(decision);
}

Decision SqliteStore::undo(std::int64_t id, std::vector<TextChange> texts) {
    std::vector<TraceId> rewritten;
    Transaction transaction(m_database);
    Decision decision = this->decision(id);
    if (decision.objection) throw Error(*decision.objection);
    for (TextChange& change : texts)
        rewritten.push_back(change_text(change));
    for (const NoteChange& note : decision.notes)
        write_note(m_database, {note.key, note.before});
    for (const DecidedTrace& trace : read_decided(m_database, id))
        bring_back(trace, rewritten);
    drop_empty_groups();
    forget_decision(m_database, id);
    transaction.commit();
    finish_rewrite(rewritten);
    return decision;
}

}  // namespace opentraces::store
