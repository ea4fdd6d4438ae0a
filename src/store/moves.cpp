// Moves between stages, and the commit groups they keep up to date.
#include <unordered_set>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "store/journal.hpp"
#include "store/sqlite_store.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_commit_id_digits = 12;
constexpr std::size_t k_shortest_commit_prefix = 4;

std::string_view past_form(Action action) {
    switch (action) {
        case Action::Commit:
            return "committed";
        case Action::Reject:
            return "rejected";
        case Action::Reset:
            return "reset";
        case Action::Discard:
            return "discarded";
        case Action::Push:
            return "pushed";
        case Action::Redact:
            return "redacted";
    }
    return "moved";
}

std::vector<TraceId> without_repeats(const std::vector<TraceId>& ids) {
    std::vector<TraceId> unique;
    std::unordered_set<TraceId> known;
    for (const TraceId& id : ids) {
        if (known.insert(id).second) unique.push_back(id);
    }
    return unique;
}

CommitId unused_commit_id(Database& database, IdSource& id_source) {
    while (true) {
        std::string id = id_source.hex(k_commit_id_digits);
        Statement statement(database, "SELECT 1 FROM commit_groups WHERE commit_id = ?");
        if (!statement.bind(id).next()) return CommitId(std::move(id));
    }
}

void insert_group(Database& database, const CommitGroup& group) {
    Statement statement(database, "INSERT INTO commit_groups (commit_id, message, at) VALUES (?, ?, ?)");
    statement.bind(group.id.str()).bind(group.message).bind(to_milliseconds(group.at)).run();
    std::int64_t position = 0;
    for (const TraceId& id : group.traces) {
        Statement member(database,
                         "INSERT INTO commit_group_traces (trace_id, commit_id, position) VALUES (?, ?, ?)");
        member.bind(id.str()).bind(group.id.str()).bind(position++).run();
    }
}

[[noreturn]] void throw_moved(const TraceId& id) {
    throw Error(ErrorCode::Locked, "trace " + id.str() + " was moved by another command at the same time",
                "Nothing was changed. Run the command again.");
}

}  // namespace

bool SqliteStore::in_open_push(const TraceId& id) {
    Statement statement(m_database, "SELECT 1 FROM push_intent_traces WHERE trace_id = ?");
    return statement.bind(id.str()).next();
}

void SqliteStore::need_move(const TraceId& id, Action action, const TraceRow& row) {
    const std::string doing = "trace " + id.str() + " cannot be " + std::string(past_form(action));
    if (!next_stage(row.stage, action)) {
        const auto seen = m_answered.find(id);
        if (seen != m_answered.end() && seen->second != row.stage) throw_moved(id);
        throw Error(ErrorCode::InvalidState, doing + ": it is " + std::string(name_of(row.stage)));
    }
    if (in_open_push(id)) {
        throw Error(ErrorCode::InvalidState, doing + ": a push of it has not finished",
                    "Run: opentraces push, which finishes or undoes it.");
    }
    if (const auto url = open_offer_of(id)) {
        throw Error(ErrorCode::InvalidState, doing + ": it is offered in " + *url,
                    "Close the pull request first; then run: opentraces status");
    }
}

std::vector<TraceRow> SqliteStore::need_moves(const std::vector<TraceId>& ids, Action action) {
    std::vector<TraceRow> rows;
    for (const TraceId& id : without_repeats(ids)) {
        std::optional<StoredRow> stored = row_of(m_database, id);
        if (!stored && m_answered.contains(id)) throw_moved(id);
        TraceRow row = stored ? std::move(stored->row) : need_row(id).row;
        need_move(id, action, row);
        rows.push_back(std::move(row));
    }
    return rows;
}

void SqliteStore::set_stage(const TraceId& id, Stage stage) {
    Statement statement(m_database, "UPDATE traces SET stage = ?, stage_changed_at = ? WHERE trace_id = ?");
    statement.bind(name_of(stage)).bind(to_milliseconds(m_clock.now())).bind(id.str()).run();
    m_answered.erase(id);
}

void SqliteStore::leave_group(const TraceId& id) {
    Statement(m_database, "DELETE FROM commit_group_traces WHERE trace_id = ?").bind(id.str()).run();
}

void SqliteStore::drop_empty_groups() {
    m_database.execute(
        "DELETE FROM commit_groups WHERE commit_id NOT IN (SELECT commit_id FROM commit_group_traces)");
}

CommitGroup SqliteStore::commit(const std::vector<TraceId>& ids, const std::string& message,
                                IdSource& id_source) {
    if (ids.empty()) throw Error(ErrorCode::InvalidState, "there is nothing to commit");
    Withdrawn withdrawn;
    std::vector<TraceId> rewritten;
    Transaction transaction(m_database);
    CommitGroup group;
    group.message = message;
    group.at = m_clock.now();
    Journal journal(m_database, DecisionKind::Commit, group.at);
    for (const TraceRow& row : need_moves(ids, Action::Commit)) {
        journal.note(row.id);
        replace_committed(row, group.replaced, withdrawn);
        if (settle_supersedes(row.id)) rewritten.push_back(row.id);
        group.traces.push_back(row.id);
        set_stage(row.id, Stage::Committed);
    }
    drop_empty_groups();
    group.id = unused_commit_id(m_database, id_source);
    insert_group(m_database, group);
    journal.close(static_cast<std::int64_t>(group.replaced.size()));
    transaction.commit();
    finish_rewrite(rewritten);
    finish_removal(withdrawn);
    return group;
}

void SqliteStore::move_all(const std::vector<TraceId>& ids, Action action) {
    Withdrawn withdrawn;
    Transaction transaction(m_database);
    const std::vector<TraceRow> rows = need_moves(ids, action);
    Journal journal(m_database, action == Action::Reject ? DecisionKind::Reject : DecisionKind::Reset,
                    m_clock.now());
    for (const TraceRow& row : rows) {
        journal.note(row.id);
        set_stage(row.id, *next_stage(row.stage, action));
        leave_group(row.id);
    }
    if (action == Action::Reset)
        for (const TraceRow& row : rows)
            keep_latest_in_inbox(row, withdrawn);
    drop_empty_groups();
    journal.close(static_cast<std::int64_t>(withdrawn.size()));
    transaction.commit();
    finish_removal(withdrawn);
}

void SqliteStore::reject(const std::vector<TraceId>& ids) {
    move_all(ids, Action::Reject);
}

void SqliteStore::reset(const std::vector<TraceId>& ids) {
    move_all(ids, Action::Reset);
}

void SqliteStore::discard(const std::vector<TraceId>& ids) {
    Withdrawn withdrawn;
    Transaction transaction(m_database);
    for (const TraceRow& row : need_moves(ids, Action::Discard)) {
        Statement(m_database, "DELETE FROM seen_sessions WHERE agent = ? AND locator = ?")
            .bind(row.agent)
            .bind(row.source_path)
            .run();
        erase(need_row(row.id), withdrawn);
    }
    transaction.commit();
    finish_removal(withdrawn);
}

std::optional<CommitGroup> SqliteStore::find_commit(std::string_view id_or_prefix) {
    const std::string wanted = to_lower_ascii(trim(id_or_prefix));
    if (wanted.size() < k_shortest_commit_prefix) return std::nullopt;
    std::optional<CommitGroup> found;
    for (CommitGroup& group : commit_groups()) {
        if (!group.id.str().starts_with(wanted)) continue;
        if (found)
            throw Error(ErrorCode::BadOption,
                        printable_line(wanted) + " matches several commits: " + found->id.str() + " " +
                            group.id.str(),
                        "Give more digits of the id.");
        found = std::move(group);
    }
    return found;
}

CommitGroup SqliteStore::amend(const CommitId& id, const std::string& message) {
    Transaction transaction(m_database);
    std::optional<CommitGroup> group = find_commit(id.str());
    if (!group) throw Error(ErrorCode::NotFound, "no commit " + id.str(), "Run: opentraces log");
    for (const TraceId& trace : group->traces) {
        if (need_row(trace).row.stage != Stage::Committed || is_under_way(trace))
            throw Error(
                ErrorCode::InvalidState,
                "commit " + id.str() + " cannot be changed: some of its traces are pushed or on their way");
    }
    Statement statement(m_database, "UPDATE commit_groups SET message = ? WHERE commit_id = ?");
    statement.bind(message).bind(group->id.str()).run();
    transaction.commit();
    group->message = message;
    return *std::move(group);
}

void SqliteStore::mark_reviewed(const std::vector<TraceId>& ids) {
    Transaction transaction(m_database);
    Journal journal(m_database, DecisionKind::Review, m_clock.now());
    for (const TraceId& id : without_repeats(ids)) {
        const StoredRow stored = need_row(id);
        journal.note(id);
        set_reviewed(m_database, id, stored.source_digest, m_clock.now());
    }
    journal.close(0);
    transaction.commit();
}

std::vector<CommitGroup> SqliteStore::commit_groups() {
    Statement statement(
        m_database,
        "SELECT g.commit_id, g.message, g.at, t.trace_id FROM commit_groups g"
        " JOIN commit_group_traces t USING (commit_id) ORDER BY g.at DESC, g.rowid DESC, t.position");
    std::vector<CommitGroup> groups;
    while (statement.next()) {
        const CommitId id(statement.hex(k_commit_id_digits));
        std::string message = statement.text();
        const TimePoint at = read_time(statement);
        if (groups.empty() || groups.back().id != id) groups.push_back({id, std::move(message), at, {}, {}});
        groups.back().traces.push_back(statement.trace_id());
    }
    return groups;
}

}  // namespace opentraces::store
