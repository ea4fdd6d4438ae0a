// What was pushed where, and what may be on its way.
#include <algorithm>

#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"
#include "store/sqlite_store.hpp"

namespace opentraces::store {

namespace {

std::string to_text(const std::vector<std::string>& paths) {
    json::Array array(paths.begin(), paths.end());
    return json::write_document(json::Value(std::move(array)));
}

std::vector<std::string> to_paths(Database& database, const std::string& text) {
    json::Value parsed;
    try {
        parsed = json::read_document(text);
    } catch (const json::SyntaxError&) {
    }
    const json::Array* const array = parsed.if_array();
    const auto is_text = [](const json::Value& path) { return path.if_string() != nullptr; };
    if (array == nullptr || !std::all_of(array->begin(), array->end(), is_text))
        throw_corrupt_store(database.path(), "unreadable list of shards");
    std::vector<std::string> paths;
    for (const json::Value& path : *array)
        paths.push_back(*path.if_string());
    return paths;
}

void insert_intent_traces(Database& database, std::int64_t intent, const std::vector<TraceId>& ids,
                          bool duplicate) {
    std::int64_t position = 0;
    for (const TraceId& id : ids) {
        Statement statement(database,
                            "INSERT INTO push_intent_traces (intent_id, trace_id, duplicate, position)"
                            " VALUES (?, ?, ?, ?)");
        statement.bind(intent).bind(id.str()).bind(std::int64_t{duplicate}).bind(position++).run();
    }
}

std::int64_t insert_push(Database& database, const PushIntent& intent, const PushRecord& record,
                         TimePoint at) {
    Statement statement(
        database,
        "INSERT INTO pushes (remote, commit_oid, commit_url, shard_paths, traces, duplicates, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)");
    statement.bind(intent.remote).bind(record.commit_oid).bind(record.commit_url);
    statement.bind(to_text(record.shard_paths)).bind(static_cast<std::int64_t>(intent.traces.size()));
    statement.bind(static_cast<std::int64_t>(intent.duplicates.size())).bind(to_milliseconds(at)).run();
    return database.last_insert_id();
}

std::map<std::int64_t, std::vector<TraceId>> traces_of_pushes(Database& database) {
    Statement statement(database, "SELECT push_id, trace_id FROM pushed_traces ORDER BY push_id, rowid");
    std::map<std::int64_t, std::vector<TraceId>> traces;
    while (statement.next()) {
        const std::int64_t push = statement.integer();
        traces[push].push_back(statement.trace_id());
    }
    return traces;
}

void fill_intent_traces(Database& database, PushIntent& intent) {
    Statement statement(database,
                        "SELECT trace_id, duplicate FROM push_intent_traces WHERE intent_id = ?"
                        " ORDER BY duplicate, position");
    statement.bind(intent.id);
    while (statement.next()) {
        TraceId id = statement.trace_id();
        (statement.integer() != 0 ? intent.duplicates : intent.traces).push_back(std::move(id));
    }
}

}  // namespace

void SqliteStore::need_pushable(const TraceId& id, const std::string& remote) {
    const TraceRow row = need_row(id).row;
    const std::string doing = "trace " + row.id.str() + " cannot be pushed: ";
    // Pushed ones may go to a further remote.
    if (row.stage != Stage::Pushed && !next_stage(row.stage, Action::Push)) {
        throw Error(ErrorCode::InvalidState, doing + "it is " + std::string(name_of(row.stage)));
    }
    Statement statement(m_database,
                        "SELECT 1 FROM push_intent_traces t JOIN push_intents i ON i.id = t.intent_id"
                        " WHERE t.trace_id = ? AND i.remote = ?");
    if (statement.bind(id.str()).bind(remote).next()) {
        throw Error(ErrorCode::InvalidState, doing + "another push of it to " + remote + " has not finished");
    }
}

void SqliteStore::need_unchanged(const PushIntent& intent) {
    std::vector<TraceId> ids = intent.traces;
    ids.insert(ids.end(), intent.duplicates.begin(), intent.duplicates.end());
    for (std::size_t i = 0; i < intent.content_hashes.size() && i < ids.size(); ++i) {
        const std::optional<StoredRow> stored = row_of(m_database, ids[i]);
        if (stored && stored->row.content_hash == intent.content_hashes[i]) continue;
        throw Error(ErrorCode::CommitConflict, "trace " + ids[i].str() + " changed while it was read",
                    "Nothing was sent. Run: opentraces push again.");
    }
}

PushIntent SqliteStore::begin_push(const PushIntent& intent) {
    PushIntent begun = intent;
    Transaction transaction(m_database);
    need_unchanged(intent);
    for (const TraceId& id : intent.traces)
        need_pushable(id, intent.remote);
    for (const TraceId& id : intent.duplicates)
        need_pushable(id, intent.remote);
    if (begun.started_at == TimePoint{}) begun.started_at = m_clock.now();
    Statement statement(
        m_database, "INSERT INTO push_intents (remote, parent, shard_paths, started_at) VALUES (?, ?, ?, ?)");
    statement.bind(begun.remote).bind(begun.parent).bind(to_text(begun.shard_paths));
    statement.bind(to_milliseconds(begun.started_at)).run();
    begun.id = m_database.last_insert_id();
    insert_intent_traces(m_database, begun.id, begun.traces, false);
    insert_intent_traces(m_database, begun.id, begun.duplicates, true);
    transaction.commit();
    return begun;
}

std::vector<PushIntent> SqliteStore::open_pushes() {
    std::vector<PushIntent> intents;
    Statement statement(m_database,
                        "SELECT id, remote, parent, shard_paths, started_at FROM push_intents ORDER BY id");
    while (statement.next()) {
        PushIntent intent;
        intent.id = statement.integer();
        intent.remote = statement.text();
        intent.parent = statement.text();
        intent.shard_paths = to_paths(m_database, statement.text());
        intent.started_at = read_time(statement);
        fill_intent_traces(m_database, intent);
        intents.push_back(std::move(intent));
    }
    return intents;
}

void SqliteStore::close_intent(const PushIntent& intent) {
    Statement statement(m_database, "DELETE FROM push_intents WHERE id = ?");
    statement.bind(intent.id).run();
    if (statement.changes() == 0) {
        throw Error(ErrorCode::InvalidState, "push " + std::to_string(intent.id) + " is not open");
    }
}

void SqliteStore::finish_push(const PushIntent& intent, const PushRecord& record) {
    Transaction transaction(m_database);
    close_intent(intent);
    mark_all_pushed(intent, intent.remote, record);
    transaction.commit();
}

void SqliteStore::mark_all_pushed(const PushIntent& intent, const std::string& remote,
                                  const PushRecord& record) {
    const TimePoint at = record.at == TimePoint{} ? m_clock.now() : record.at;
    PushIntent done = intent;
    done.remote = remote;
    const std::int64_t push = insert_push(m_database, done, record, at);
    for (const auto* const ids : {&intent.traces, &intent.duplicates}) {
        for (const TraceId& id : *ids) {
            mark_pushed(id, remote, push);
            if (need_row(id).row.stage != Stage::Pushed) set_stage(id, Stage::Pushed);
            Statement(m_database, "UPDATE traces SET last_error = '' WHERE trace_id = ?")
                .bind(id.str())
                .run();
        }
    }
}

void SqliteStore::mark_pushed(const TraceId& id, const std::string& remote, std::int64_t push) {
    Statement mark(m_database,
                   "INSERT OR IGNORE INTO pushed_traces (trace_id, remote, push_id) VALUES (?, ?, ?)");
    mark.bind(id.str()).bind(remote).bind(push).run();
}

// One record for all traces that another tool has pushed there: which push it was is not known.
std::int64_t SqliteStore::push_taken_over(const std::string& remote) {
    Statement known(
        m_database,
        "SELECT id FROM pushes WHERE remote = ? AND commit_oid = '' AND traces = 0 AND shard_paths = '[]'"
        " ORDER BY id DESC LIMIT 1");
    if (known.bind(remote).next()) {
        const std::int64_t id = known.integer();
        Statement count(m_database, "UPDATE pushes SET duplicates = duplicates + 1 WHERE id = ?");
        count.bind(id).run();
        return id;
    }
    PushIntent intent;
    intent.remote = remote;
    intent.duplicates.resize(1);
    return insert_push(m_database, intent, {}, m_clock.now());
}

void SqliteStore::abandon_push(const PushIntent& intent, const std::string& reason) {
    Transaction transaction(m_database);
    close_intent(intent);
    for (const TraceId& id : intent.traces) {
        Statement statement(m_database, "UPDATE traces SET last_error = ? WHERE trace_id = ?");
        statement.bind(reason).bind(id.str()).run();
    }
    transaction.commit();
}

std::vector<PushRecord> SqliteStore::pushes() {
    std::vector<PushRecord> records;
    Statement statement(m_database,
                        "SELECT id, remote, commit_oid, commit_url, shard_paths, traces, duplicates, at"
                        " FROM pushes ORDER BY id DESC");
    while (statement.next()) {
        PushRecord record;
        record.id = statement.integer();
        record.remote = statement.text();
        record.commit_oid = statement.text();
        record.commit_url = statement.text();
        record.shard_paths = to_paths(m_database, statement.text());
        record.traces = read_count(statement);
        record.duplicates = read_count(statement);
        record.at = read_time(statement);
        records.push_back(std::move(record));
    }
    std::map<std::int64_t, std::vector<TraceId>> traces = traces_of_pushes(m_database);
    for (PushRecord& record : records)
        record.trace_ids = std::move(traces[record.id]);
    return records;
}

std::vector<TraceId> SqliteStore::pushed_to(const std::string& remote) {
    Statement statement(m_database,
                        "SELECT trace_id FROM pushed_traces WHERE remote = ? ORDER BY push_id, rowid");
    statement.bind(remote);
    std::vector<TraceId> ids;
    while (statement.next())
        ids.push_back(statement.trace_id());
    return ids;
}

void SqliteStore::note_push_failure(const PushFailure& failure) {
    Statement statement(
        m_database, "INSERT OR REPLACE INTO push_failures (remote, code, message, at) VALUES (?, ?, ?, ?)");
    const TimePoint at = failure.at == TimePoint{} ? m_clock.now() : failure.at;
    statement.bind(failure.remote).bind(failure.code).bind(failure.message).bind(to_milliseconds(at)).run();
}

void SqliteStore::clear_push_failure(const std::string& remote) {
    Statement(m_database, "DELETE FROM push_failures WHERE remote = ?").bind(remote).run();
}

std::vector<PushFailure> SqliteStore::push_failures() {
    Statement statement(m_database,
                        "SELECT remote, code, message, at FROM push_failures ORDER BY at DESC, remote");
    std::vector<PushFailure> failures;
    while (statement.next()) {
        PushFailure failure;
        failure.remote = statement.text();
        failure.code = statement.text();
        failure.message = statement.text();
        failure.at = read_time(statement);
        failures.push_back(std::move(failure));
    }
    return failures;
}

}  // namespace opentraces::store
