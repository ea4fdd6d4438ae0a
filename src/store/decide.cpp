// Decisions that change texts, and what is remembered of sessions for their later versions.
#include "opentraces/core/error.hpp"
#include "store/finding_reports.hpp"
#include "store/journal.hpp"
#include "store/sqlite_store.hpp"

namespace opentraces::store {

namespace {

[[noreturn]] void throw_overtaken(const std::string& what) {
    throw Error(ErrorCode::Locked, what + " was changed by another command at the same time",
                "Nothing was changed. Run the command again.");
}

}  // namespace

std::string SqliteStore::note(const NoteKey& key) {
    return read_note(m_database, key);
}

std::vector<Note> SqliteStore::notes_of(const std::string& agent, const std::string& session_id,
                                        const std::string& mark) {
    // ':' comes behind the digits.
    Statement statement(m_database,
                        "SELECT agent, session_id, kind, value FROM session_notes WHERE agent = ? AND"
                        " (session_id = ? OR (session_id >= ? AND session_id < ?))"
                        " ORDER BY session_id, kind");
    const std::string beginning = session_id + mark;
    statement.bind(agent).bind(session_id).bind(beginning).bind(beginning + ":");
    return read_notes(statement);
}

std::vector<Note> SqliteStore::notes(NoteKind kind) {
    Statement statement(m_database,
                        "SELECT agent, session_id, kind, value FROM session_notes WHERE kind = ?"
                        " ORDER BY agent, session_id");
    statement.bind(name_of(kind));
    return read_notes(statement);
}

TraceId SqliteStore::change_text(TextChange& change) {
    const StoredRow before = need_row(change.id);
    // What somebody has committed is what will be sent.
    if (before.row.stage == Stage::Committed)
        throw Error(ErrorCode::InvalidState, "trace " + change.id.str() + " is committed, and stays as it is",
                    "Bring it back first: opentraces uncommit " + change.id.str());
    need_move(change.id, Action::Redact, before.row);
    if (before.row.content_hash != change.read) throw_overtaken("trace " + change.id.str());
    Arrival arrival = arrival_of(std::move(change.trace), before.row.source_path);
    if (!arrival.report) {
        TraceRow& row = arrival.stored.row;
        row.needs_review = before.row.needs_review;
        row.redactions += before.row.redactions;
        row.findings = before.row.findings + row.redactions - before.row.redactions;
        arrival.report = extended_report(read_report(m_database, change.id), arrival.found);
    }
    rewrite(arrival, before);
    const bool was_reviewed = state_of(m_database, change.id).reviewed == before.source_digest;
    if (was_reviewed) set_reviewed(m_database, change.id, arrival.stored.source_digest, m_clock.now());
    return change.id;
}

void SqliteStore::decide(DecisionKind kind, const std::vector<NoteChange>& notes,
                         std::vector<TextChange> texts) {
    std::vector<TraceId> rewritten;
    Transaction transaction(m_database);
    Journal journal(m_database, kind, m_clock.now());
    for (const TextChange& change : texts)
        journal.note(change.id);
    for (TextChange& change : texts)
        rewritten.push_back(change_text(change));
    for (const NoteChange& note : notes) {
        if (read_note(m_database, note.key) != note.before) throw_overtaken("what was decided");
        write_note(m_database, {note.key, note.after});
    }
    journal.close(0, notes);
    transaction.commit();
    finish_rewrite(rewritten);
}

TimePoint SqliteStore::now() const {
    return m_clock.now();
}

void SqliteStore::distrust() {
    Transaction transaction(m_database);
    m_database.execute("DELETE FROM session_notes WHERE kind <> 'redactions'");
    m_database.execute("DELETE FROM decisions");
    transaction.commit();
}

}  // namespace opentraces::store
