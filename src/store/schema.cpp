#include "store/schema.hpp"

#include <array>
#include <filesystem>
#include <set>
#include <system_error>

#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"
#include "store/own_files.hpp"

namespace opentraces::store {

namespace {

constexpr std::int64_t k_application_id = 0x4f545243;  // "OTRC"

// Row n brings user_version n to n + 1. Rows are never changed once released; docs/on-disk-format.md shows
// the result.
constexpr std::array k_migrations{
    R"sql(
CREATE TABLE traces (
    trace_id         TEXT PRIMARY KEY,
    session_id       TEXT NOT NULL,
    agent            TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    supersedes       TEXT NOT NULL,
    model            TEXT NOT NULL,
    stage            TEXT NOT NULL CHECK (stage IN ('inbox', 'committed', 'pushed', 'rejected')),
    task             TEXT NOT NULL,
    steps            INTEGER NOT NULL,
    tool_calls       INTEGER NOT NULL,
    input_tokens     INTEGER NOT NULL,
    output_tokens    INTEGER NOT NULL,
    cost_usd         REAL,
    started_at       TEXT NOT NULL,
    ended_at         TEXT NOT NULL,
    findings         INTEGER NOT NULL,
    redactions       INTEGER NOT NULL,
    needs_review     INTEGER NOT NULL,
    content_hash     TEXT NOT NULL,
    source_digest    TEXT NOT NULL,
    file_digest      TEXT NOT NULL,
    bytes            INTEGER NOT NULL,
    source_path      TEXT NOT NULL,
    happened_at      INTEGER NOT NULL,
    captured_at      INTEGER NOT NULL,
    stage_changed_at INTEGER NOT NULL,
    last_error       TEXT NOT NULL,
    UNIQUE (agent, session_id, revision)
) STRICT;
CREATE INDEX traces_by_time ON traces (happened_at, captured_at);
CREATE INDEX traces_by_stage ON traces (stage, happened_at, captured_at);
CREATE INDEX traces_by_session ON traces (session_id);

CREATE TABLE commit_groups (
    commit_id TEXT PRIMARY KEY,
    message   TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE TABLE commit_group_traces (
    trace_id  TEXT PRIMARY KEY REFERENCES traces ON DELETE CASCADE,
    commit_id TEXT NOT NULL REFERENCES commit_groups ON DELETE CASCADE,
    position  INTEGER NOT NULL
) STRICT;
CREATE INDEX commit_group_traces_by_group ON commit_group_traces (commit_id);

CREATE TABLE seen_sessions (
    path           TEXT PRIMARY KEY,
    size           INTEGER NOT NULL,
    modified_ns    INTEGER NOT NULL,
    parser_version TEXT NOT NULL,
    verdict        TEXT NOT NULL
) STRICT;

CREATE TABLE push_intents (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    remote      TEXT NOT NULL,
    parent      TEXT NOT NULL,
    shard_paths TEXT NOT NULL,
    started_at  INTEGER NOT NULL
) STRICT;
CREATE TABLE push_intent_traces (
    intent_id INTEGER NOT NULL REFERENCES push_intents ON DELETE CASCADE,
    trace_id  TEXT NOT NULL REFERENCES traces,
    duplicate INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    PRIMARY KEY (intent_id, trace_id)
) STRICT;
CREATE INDEX push_intent_traces_by_trace ON push_intent_traces (trace_id);

CREATE TABLE pushes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    remote      TEXT NOT NULL,
    commit_oid  TEXT NOT NULL,
    commit_url  TEXT NOT NULL,
    shard_paths TEXT NOT NULL,
    traces      INTEGER NOT NULL,
    duplicates  INTEGER NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE TABLE pushed_traces (
    trace_id TEXT NOT NULL REFERENCES traces,
    remote   TEXT NOT NULL,
    push_id  INTEGER NOT NULL REFERENCES pushes,
    PRIMARY KEY (trace_id, remote)
) STRICT;

CREATE TABLE housekeeping (
    settled INTEGER NOT NULL
) STRICT;
INSERT INTO housekeeping VALUES (0);
)sql",
    // What was seen is only a saving: every session is read once more.
    R"sql(
DROP TABLE seen_sessions;
CREATE TABLE seen_sessions (
    agent       TEXT NOT NULL,
    locator     TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    version     TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    PRIMARY KEY (agent, locator)
) STRICT;
CREATE INDEX traces_by_source ON traces (agent, source_path);
)sql",
    // Of traces that were there before, what is missing is counted when it is asked for.
    R"sql(
CREATE TABLE cache_tokens (
    trace_id TEXT PRIMARY KEY REFERENCES traces ON DELETE CASCADE,
    read     INTEGER NOT NULL,
    written  INTEGER NOT NULL
) STRICT;
)sql",
    R"sql(
CREATE TABLE reviewed_texts (
    trace_id      TEXT PRIMARY KEY REFERENCES traces ON DELETE CASCADE,
    source_digest TEXT NOT NULL,
    at            INTEGER NOT NULL
) STRICT;
CREATE TABLE push_failures (
    remote  TEXT PRIMARY KEY,
    code    TEXT NOT NULL,
    message TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE TABLE offers (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    remote TEXT NOT NULL,
    number INTEGER NOT NULL,
    url    TEXT NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('open', 'merged', 'closed')),
    at     INTEGER NOT NULL
) STRICT;
CREATE TABLE offer_traces (
    offer_id INTEGER NOT NULL REFERENCES offers ON DELETE CASCADE,
    trace_id TEXT NOT NULL REFERENCES traces ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (offer_id, trace_id)
) STRICT;
CREATE INDEX offer_traces_by_trace ON offer_traces (trace_id);
)sql",
    // Of traces that were never counted they are null, until usage has read them once.
    R"sql(
ALTER TABLE traces ADD COLUMN cache_read_tokens INTEGER;
ALTER TABLE traces ADD COLUMN cache_write_tokens INTEGER;
UPDATE traces SET
    cache_read_tokens = (SELECT read FROM cache_tokens c WHERE c.trace_id = traces.trace_id),
    cache_write_tokens = (SELECT written FROM cache_tokens c WHERE c.trace_id = traces.trace_id);
DROP TABLE cache_tokens;
CREATE TABLE folder_sizes (
    folder      TEXT PRIMARY KEY,
    modified_ns INTEGER NOT NULL,
    bytes       INTEGER NOT NULL
) STRICT;
)sql",
    // Null as the tokens of the cache are.
    R"sql(
ALTER TABLE traces ADD COLUMN cost_is_lower_bound INTEGER;
)sql",
    R"sql(
ALTER TABLE traces ADD COLUMN usage_is_unknown INTEGER;
)sql",
    // Traces without a report are those of which nobody knows what was found.
    R"sql(
CREATE TABLE finding_reports (
    trace_id TEXT PRIMARY KEY REFERENCES traces ON DELETE CASCADE,
    omitted  INTEGER NOT NULL
) STRICT;
CREATE TABLE found_places (
    trace_id    TEXT NOT NULL REFERENCES finding_reports ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    rule        TEXT NOT NULL,
    severity    INTEGER NOT NULL,
    step        INTEGER,
    field       TEXT NOT NULL,
    length      INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    layer       TEXT NOT NULL,
    redacted    INTEGER NOT NULL,
    times       INTEGER NOT NULL,
    PRIMARY KEY (trace_id, position)
) STRICT;
)sql",
    R"sql(
CREATE TABLE decisions (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    at   INTEGER NOT NULL,
    gone INTEGER NOT NULL
) STRICT;
CREATE TABLE decided_traces (
    decision_id     INTEGER NOT NULL REFERENCES decisions ON DELETE CASCADE,
    trace_id        TEXT NOT NULL REFERENCES traces ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    before_stage    TEXT NOT NULL,
    before_digest   TEXT NOT NULL,
    before_commit   TEXT NOT NULL,
    before_reviewed TEXT NOT NULL,
    before_position INTEGER NOT NULL,
    before_message  TEXT NOT NULL,
    before_at       INTEGER NOT NULL,
    after_stage     TEXT NOT NULL,
    after_digest    TEXT NOT NULL,
    after_commit    TEXT NOT NULL,
    after_reviewed  TEXT NOT NULL,
    PRIMARY KEY (decision_id, trace_id)
) STRICT;
CREATE INDEX decided_traces_by_trace ON decided_traces (trace_id);
)sql",
    R"sql(
CREATE TABLE session_notes (
    agent      TEXT NOT NULL,
    session_id TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('redactions', 'annotation', 'allowances')),
    value      TEXT NOT NULL,
    PRIMARY KEY (agent, session_id, kind)
) STRICT;
CREATE TABLE decided_notes (
    decision_id INTEGER NOT NULL REFERENCES decisions ON DELETE CASCADE,
    agent       TEXT NOT NULL,
    session_id  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    before      TEXT NOT NULL,
    after       TEXT NOT NULL,
    PRIMARY KEY (decision_id, agent, session_id, kind)
) STRICT;
)sql",
};

constexpr auto k_version = static_cast<std::int64_t>(k_migrations.size());

std::int64_t user_version(Database& database) {
    return database.query_integer("PRAGMA user_version");
}

void apply(Database& database, std::int64_t from, std::int64_t to) {
    for (std::int64_t at = from; at < to; ++at) {
        database.execute(k_migrations[static_cast<std::size_t>(at)]);
        database.execute("PRAGMA user_version = " + std::to_string(at + 1));
    }
}

using SchemaRow = std::array<std::string, 4>;  // type, name, table, text

std::set<SchemaRow> schema_of(Database& database) {
    // More than there can be is wrong already.
    Statement statement(database,
                        "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema LIMIT 100");
    std::set<SchemaRow> rows;
    while (statement.next()) {
        SchemaRow row;
        for (std::string& text : row)
            text = statement.text();
        rows.insert(std::move(row));
    }
    return rows;
}

// Nothing but our tables and indexes, letter for letter: no trigger, view or virtual table of somebody else
// ever runs, no column has a default, a check or a generated value that is not ours.
void check_schema(Database& database, std::int64_t version) {
    Database expected(":memory:", Access::Memory);
    apply(expected, 0, version);
    if (schema_of(database) != schema_of(expected))
        throw_corrupt_store(database.path(), "its tables are not those of an opentraces store");
}

void check_version(Database& database) {
    // One snapshot: between two readings another process may have made the tables.
    const ReadTransaction snapshot(database);
    const std::int64_t version = user_version(database);
    if (version > k_version) {
        throw Error(ErrorCode::NewerSchema, database.path() + " has format " + std::to_string(version) +
                                                "; this opentraces knows up to " + std::to_string(k_version));
    }
    const std::int64_t application = database.query_integer("PRAGMA application_id");
    const bool foreign = version == 0 && database.query_integer("SELECT count(*) FROM sqlite_schema") != 0;
    if (version < 0 || (version != 0 && application != k_application_id) || foreign) {
        throw_corrupt_store(database.path(), "it is not an opentraces store");
    }
    check_schema(database, version);
}

void migrate(Database& database) {
    if (user_version(database) == k_version) return;
    Transaction transaction(database);
    // Read again under the lock: another process may have done it meanwhile.
    apply(database, user_version(database), k_version);
    database.execute("PRAGMA application_id = " + std::to_string(k_application_id));
    transaction.commit();
}

// Every page, and that rows and indexes fit; about 3 ms for each MB.
void check_pages(Database& database) {
    Statement statement(database, "PRAGMA quick_check(1)");
    if (!statement.next()) return;
    const std::string answer = statement.text();
    if (answer != "ok") throw_corrupt_store(database.path(), "it is damaged");
}

constexpr std::string_view k_magic("SQLite format 3\0", 16);
constexpr std::uint64_t k_smallest_database = 512;
// At the end of a rollback journal: the name of a further journal comes before it
// (https://www.sqlite.org/fileformat.html, "Rollback Journal Format"; src/pager.c, "aJournalMagic").
constexpr std::string_view k_journal_magic("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);

std::string piece(const std::string& path, std::uint64_t offset, std::size_t size, fs::Disk& disk) {
    std::string bytes(size, '\0');
    const std::unique_ptr<fs::ReadFile> file = disk.open(path);
    file->seek(offset);
    std::size_t filled = 0;
    while (const std::size_t got = file->read(bytes.data() + filled, size - filled)) {
        filled += got;
    }
    bytes.resize(filled);
    return bytes;
}

// SQLite takes an empty or very short file for a new database, and everything in it would look like never
// captured.
void check_not_cut(const std::string& path, const std::string& folder, fs::Disk& disk) {
    const auto found = disk.info(path);
    if (!found) return;
    if (found->size == 0) {
        if (disk.list(fs::join(folder, k_traces_folder)).empty()) return;
        throw_corrupt_store(path, "the file is empty although there are traces");
    }
    if (found->size < k_smallest_database || piece(path, 0, k_magic.size(), disk) != k_magic) {
        throw_corrupt_store(path, "the file is not a database");
    }
}

// A journal that belongs to a transaction over several files names a file that SQLite then deletes. Ours
// never do: they are left only when the very first change to a new store was interrupted.
void check_journal(const std::string& path, fs::Disk& disk) {
    const std::string journal = path + "-journal";
    const auto found = disk.info(journal);
    if (!found || found->size < k_journal_magic.size()) return;
    std::string end;
    try {
        end = piece(journal, found->size - k_journal_magic.size(), k_journal_magic.size(), disk);
    } catch (const Error& error) {
        // Another process has just made the store, and is done.
        if (error.code() != ErrorCode::NotFound) throw;
    }
    if (end == k_journal_magic) throw_corrupt_store(path, "store.db-journal names another file");
}

// SQLite opens files by itself, by name, and is told to follow no link: so the name must have none in it.
std::string without_links(const std::string& path) {
    std::error_code reason;
    const std::filesystem::path folder = std::filesystem::canonical(fs::parent(path), reason);
    return reason ? path : fs::join(folder.string(), fs::file_name(path));
}

void check_files(const std::string& path, const std::string& folder, fs::Disk& disk) {
    for (const char* const suffix : {"", "-wal", "-shm", "-journal"})
        need_own_file(path + suffix, disk);
    check_not_cut(path, folder, disk);
    check_journal(path, disk);
}

bool has_log(const std::string& path, fs::Disk& disk) {
    const auto log = disk.info(path + "-wal");
    return log && log->size > 0;
}

// Nobody closed it: a process was killed, or one is at work now.
void check_interrupted(Database& database, bool interrupted) {
    if (interrupted) check_pages(database);
}

Database empty_database() {
    Database database(":memory:", Access::Memory);
    migrate(database);
    return database;
}

Database open_readable(const std::string& path, fs::Disk& disk) {
    try {
        Database database(without_links(path), Access::Read);
        check_version(database);
        return database;
    } catch (const Error& error) {
        // No space or no permission for the files that SQLite keeps beside. Without a log the file alone says
        // all.
        if (error.code() != ErrorCode::DiskFailed || has_log(path, disk)) throw;
    }
    Database database(without_links(path), Access::Frozen);
    check_version(database);
    return database;
}

}  // namespace

Database open_database(const std::string& folder, fs::Disk& disk) {
    const std::string path = fs::join(folder, k_database_file);
    check_files(path, folder, disk);
    const bool interrupted = has_log(path, disk);
    Database database(without_links(path));
    // Before anything is written: the log files take over the mode of this one.
    if (disk.info(path).value_or(fs::FileInfo{}).mode != 0600) disk.set_mode(path, 0600);
    check_version(database);
    check_interrupted(database, interrupted);
    database.keep_log();
    database.execute("PRAGMA synchronous = FULL");
    database.execute("PRAGMA foreign_keys = ON");
    migrate(database);
    return database;
}

Database open_database_for_reading(const std::string& folder, fs::Disk& disk) {
    const std::string path = fs::join(folder, k_database_file);
    check_files(path, folder, disk);
    const auto found = disk.info(path);
    if (!found || found->size == 0) return empty_database();
    const bool interrupted = has_log(path, disk);
    {
        Database database = open_readable(path, disk);
        check_interrupted(database, interrupted);
        const std::int64_t version = user_version(database);
        if (version == k_version) return database;
        // The very first change was interrupted.
        if (version == 0) return empty_database();
    }
    return open_database(folder, disk);
}

void check_database(const std::string& folder, fs::Disk& disk) {
    Database database = open_database_for_reading(folder, disk);
    check_pages(database);
}

}  // namespace opentraces::store
