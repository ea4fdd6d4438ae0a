// Several revisions of one session: which may stand beside each other, and what they say of each other.
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"
#include "store/sqlite_store.hpp"

namespace opentraces::store {

std::vector<TraceRow> SqliteStore::revisions(const TraceId& id) {
    const TraceRow row = need_row(id).row;
    std::vector<TraceRow> rows;
    for (StoredRow& stored : revisions_of(m_database, row.agent, row.session_id))
        rows.push_back(answered(std::move(stored.row)));
    return rows;
}

std::vector<TraceRow> SqliteStore::of_session(const std::string& agent, const std::string& session_id,
                                              const std::string& mark) {
    std::vector<TraceRow> rows;
    for (StoredRow& stored : revisions_named(m_database, agent, session_id, session_id + mark))
        rows.push_back(answered(std::move(stored.row)));
    return rows;
}

std::map<TraceId, LaterVersion> SqliteStore::later_versions() {
    // Gone on is what goes_further() in staging.cpp says.
    Statement statement(m_database,
                        "SELECT old.trace_id, new.trace_id,"
                        " CASE WHEN new.ended_at <> old.ended_at THEN new.ended_at > old.ended_at"
                        " ELSE new.steps > old.steps OR new.tool_calls > old.tool_calls END"
                        " FROM traces old JOIN traces new"
                        " ON new.agent = old.agent AND new.session_id = old.session_id"
                        " AND new.revision > old.revision"
                        " WHERE old.stage = 'committed' AND new.stage = 'inbox'");
    std::map<TraceId, LaterVersion> versions;
    while (statement.next()) {
        TraceId old = statement.trace_id();
        TraceId later = statement.trace_id();
        versions.insert_or_assign(std::move(old), LaterVersion{std::move(later), statement.integer() != 0});
    }
    return versions;
}

LaterCounts count_later(const std::map<TraceId, LaterVersion>& versions) {
    LaterCounts counts;
    for (const auto& [id, later] : versions)
        ++(later.grown ? counts.grown : counts.reread);
    return counts;
}

void SqliteStore::erase(const StoredRow& stored, Withdrawn& withdrawn) {
    const TraceId& id = stored.row.id;
    Statement(m_database, "DELETE FROM traces WHERE trace_id = ?").bind(id.str()).run();
    m_answered.erase(id);
    // Back again, by whoever opens the store next, unless the transaction commits.
    if (const auto file = m_bodies.withdraw(id, stored.file_digest)) withdrawn.push_back(*file);
}

void SqliteStore::finish_removal(const Withdrawn& withdrawn) {
    if (withdrawn.empty()) return;
    try {
        remove_undecided(withdrawn);
    } catch (const Error&) {
        // Their rows are gone; the next one to open removes the files.
    }
}

TraceId SqliteStore::pushed_before(const TraceRow& row) {
    Statement statement(m_database,
                        "SELECT trace_id FROM traces WHERE agent = ? AND session_id = ? AND revision < ?"
                        " AND stage = 'pushed' ORDER BY revision DESC LIMIT 1");
    statement.bind(row.agent).bind(row.session_id).bind(std::int64_t{row.revision});
    return statement.next() ? statement.trace_id() : TraceId();
}

void SqliteStore::keep_latest_in_inbox(const TraceRow& row, Withdrawn& withdrawn) {
    std::vector<StoredRow> waiting = revisions_of(m_database, row.agent, row.session_id);
    std::erase_if(waiting, [](const StoredRow& stored) { return stored.row.stage != Stage::Inbox; });
    for (std::size_t i = 0; i + 1 < waiting.size(); ++i)
        erase(waiting[i], withdrawn);
}

void SqliteStore::replace_committed(const TraceRow& row, std::vector<TraceId>& replaced,
                                    Withdrawn& withdrawn) {
    for (const StoredRow& other : revisions_of(m_database, row.agent, row.session_id)) {
        if (other.row.stage != Stage::Committed || other.row.id == row.id) continue;
        // It may come to be in that dataset at any time.
        if (other.row.revision < row.revision && open_offer_of(other.row.id)) continue;
        const std::string doing = "trace " + row.id.str() + " cannot be committed: ";
        if (other.row.revision > row.revision)
            throw Error(ErrorCode::InvalidState,
                        doing + "a later version of its session is, as " + other.row.id.str());
        if (in_open_push(other.row.id))
            throw Error(ErrorCode::InvalidState, doing + "a push of the version before it has not finished",
                        "Run: opentraces push, which finishes or undoes it.");
        leave_group(other.row.id);
        erase(other, withdrawn);
        replaced.push_back(other.row.id);
    }
}

// The text itself stays: only the mark is put in, taken out or changed. True if the file is a new one.
bool SqliteStore::settle_supersedes(const TraceId& id) {
    const StoredRow stored = need_row(id);
    const TraceId pushed = pushed_before(stored.row);
    if (pushed == stored.row.supersedes) return false;
    trace::Decoded decoded = trace::decode(read_line(id));
    if (!decoded.record)
        throw Error(ErrorCode::CorruptTrace,
                    "trace " + id.str() + " cannot be read: " + decoded.problem->words);
    const Body body = m_bodies.write_pending(id, stored.source_digest, *decoded.record, pushed);
    Statement statement(m_database,
                        "UPDATE traces SET supersedes = ?, content_hash = ?, file_digest = ?, bytes = ?"
                        " WHERE trace_id = ?");
    statement.bind(pushed.str()).bind(body.content_hash.str()).bind(body.digest);
    statement.bind(static_cast<std::int64_t>(body.bytes)).bind(id.str()).run();
    return true;
}

void SqliteStore::finish_rewrite(const std::vector<TraceId>& ids) {
    for (const TraceId& id : ids) {
        try {
            adopt(id);
        } catch (const Error&) {
            // Found in pending/ until the next one to open moves it.
        }
    }
}

}  // namespace opentraces::store
