// From a scrubbed trace to a row and a file.
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"
#include "store/finding_reports.hpp"
#include "store/sqlite_store.hpp"

namespace opentraces::store {

namespace {

// Has the session gone on since `before` was taken? ISO 8601 times of one agent compare as text.
bool goes_further(const TraceRow& now, const TraceRow& before) {
    if (now.ended_at != before.ended_at) return now.ended_at > before.ended_at;
    return now.steps > before.steps || now.tool_calls > before.tool_calls;
}

}  // namespace

SqliteStore::Arrival SqliteStore::arrival_of(security::ScrubbedTrace trace, const std::string& source_path) {
    Arrival arrival;
    arrival.stored.row = summarise(trace);
    arrival.report = report_of(trace);
    if (!arrival.report) arrival.found = trace.findings();
    arrival.stored.row.source_path = source_path;
    arrival.record = std::move(trace).take_record();
    // A record read back from the store carries the mark; it is not part of what the session says.
    arrival.record.metadata.erase(k_supersedes);
    arrival.stored.source_digest = trace::content_hash(arrival.record).str();
    return arrival;
}

Staged SqliteStore::stage(security::ScrubbedTrace trace, const std::string& source_path) {
    std::vector<security::ScrubbedTrace> one;
    one.push_back(std::move(trace));
    return stage_instead(std::move(one), source_path, {}).front();
}

std::vector<Staged> SqliteStore::stage_instead(std::vector<security::ScrubbedTrace> traces,
                                               const std::string& source_path,
                                               const std::vector<TraceId>& replaced) {
    std::vector<Arrival> arrivals;
    for (security::ScrubbedTrace& trace : traces)
        arrivals.push_back(arrival_of(std::move(trace), source_path));
    std::vector<Staged> staged;
    std::vector<TraceId> rewritten;
    Withdrawn withdrawn;
    Transaction transaction(m_database);
    for (const TraceRow& row : need_moves(replaced, Action::Discard))
        erase(need_row(row.id), withdrawn);
    for (Arrival& arrival : arrivals) {
        staged.push_back(place(arrival));
        if (staged.back().outcome != StageOutcome::Unchanged) rewritten.push_back(staged.back().id);
        withdrawn.insert(withdrawn.end(), arrival.withdrawn.begin(), arrival.withdrawn.end());
    }
    transaction.commit();
    finish_removal(withdrawn);
    finish_rewrite(rewritten);
    return staged;
}

Staged SqliteStore::take_over(security::ScrubbedTrace trace, const std::string& source_path,
                              const TakenOver& state) {
    Arrival arrival = arrival_of(std::move(trace), source_path);
    Transaction transaction(m_database);
    const Staged staged = place(arrival);
    settle_stage(arrival, staged.id, state);
    transaction.commit();
    finish_removal(arrival.withdrawn);
    if (staged.outcome != StageOutcome::Unchanged) finish_rewrite({staged.id});
    return staged;
}

void SqliteStore::settle_stage(const Arrival& arrival, const TraceId& id, const TakenOver& state) {
    const StoredRow now = need_row(id);
    if (now.source_digest != arrival.stored.source_digest || is_under_way(id)) return;
    const bool to_pushed = state.stage == Stage::Pushed;
    const bool legal = now.row.stage == Stage::Inbox || (to_pushed && now.row.stage == Stage::Committed);
    if (!legal) return;
    set_stage(id, to_pushed ? Stage::Pushed : Stage::Rejected);
    if (to_pushed) mark_pushed(id, state.remote, push_taken_over(state.remote));
}

Staged SqliteStore::place(Arrival& arrival) {
    const TraceRow& row = arrival.stored.row;
    const std::optional<StoredRow> latest = latest_of(m_database, row.agent, row.session_id);
    if (!latest) return write_new(arrival, 0);
    if (latest->source_digest == arrival.stored.source_digest) {
        if (!m_bodies.has(latest->row.id, latest->file_digest)) return rewrite(arrival, *latest);
        // The same text has lost the same.
        if (arrival.report && !has_report(m_database, latest->row.id))
            write_report(m_database, latest->row.id, arrival.report);
        return {latest->row.id, StageOutcome::Unchanged};
    }
    const bool further = goes_further(row, latest->row);
    // A copy of the session in another file that says no more than what is stored.
    if (row.source_path != latest->row.source_path && !further)
        return {latest->row.id, StageOutcome::Unchanged};
    if (const auto staged = take_back(arrival, *latest)) return *staged;
    // What others have, or may have in a moment, stays what it is; only a session that went on becomes a
    // new revision, not one that a later parser or other settings read differently.
    if (latest->row.stage == Stage::Pushed || is_under_way(latest->row.id)) {
        if (!further) return {latest->row.id, StageOutcome::Unchanged};
        return write_new(arrival, latest->row.revision + 1);
    }
    // What somebody has committed is what will be sent. Here other settings count: they may be the reason
    // why it is captured again.
    if (latest->row.stage == Stage::Committed) return write_new(arrival, latest->row.revision + 1);
    return rewrite(arrival, *latest);
}

Staged SqliteStore::write_new(Arrival& arrival, int revision) {
    TraceRow& row = arrival.stored.row;
    row.revision = revision;
    row.id = trace_id_for(row.agent, row.session_id, revision);
    row.supersedes = pushed_before(row);
    row.stage_changed_at = m_clock.now();
    fill_from_body(arrival);
    insert_row(m_database, arrival.stored);
    write_report(m_database, row.id, arrival.report);
    keep_latest_in_inbox(row, arrival.withdrawn);
    return {row.id, StageOutcome::Captured};
}

Staged SqliteStore::rewrite(Arrival& arrival, const StoredRow& before) {
    TraceRow& row = arrival.stored.row;
    row.id = before.row.id;
    row.revision = before.row.revision;
    row.stage = before.row.stage;
    row.stage_changed_at = before.row.stage_changed_at;
    const bool frozen = row.stage == Stage::Committed || row.stage == Stage::Pushed;
    row.supersedes = frozen ? before.row.supersedes : pushed_before(row);
    fill_from_body(arrival);
    update_row(m_database, arrival.stored);
    write_report(m_database, row.id, arrival.report);
    m_answered.erase(row.id);
    return {row.id, StageOutcome::Updated};
}

// Growth that the session does not have any more, while the version before it is still there as it was.
std::optional<Staged> SqliteStore::take_back(Arrival& arrival, const StoredRow& latest) {
    const TraceRow& row = latest.row;
    if (row.stage != Stage::Inbox || row.revision == 0) return std::nullopt;
    const auto before = row_of(m_database, trace_id_for(row.agent, row.session_id, row.revision - 1));
    if (!before || before->source_digest != arrival.stored.source_digest) return std::nullopt;
    if (before->row.stage != Stage::Committed && before->row.stage != Stage::Pushed) return std::nullopt;
    erase(latest, arrival.withdrawn);
    if (m_bodies.has(before->row.id, before->file_digest))
        return Staged{before->row.id, StageOutcome::Unchanged};
    return rewrite(arrival, *before);
}

void SqliteStore::fill_from_body(Arrival& arrival) {
    TraceRow& row = arrival.stored.row;
    const Body body =
        m_bodies.write_pending(row.id, arrival.stored.source_digest, arrival.record, row.supersedes);
    row.content_hash = body.content_hash;
    row.bytes = static_cast<std::int64_t>(body.bytes);
    row.captured_at = m_clock.now();
    arrival.stored.file_digest = body.digest;
}

}  // namespace opentraces::store
