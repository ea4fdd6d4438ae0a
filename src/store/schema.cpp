#include "store/schema.hpp"

#include <array>

#include "opentraces/core/error.hpp"

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
};

constexpr auto k_version = static_cast<std::int64_t>(k_migrations.size());

void check_version(Database& database) {
    // One snapshot: between two readings another process may have made the tables.
    const ReadTransaction snapshot(database);
    const std::int64_t version = database.query_integer("PRAGMA user_version");
    if (version > k_version) {
        throw Error(ErrorCode::NewerSchema, database.path() + " has format " + std::to_string(version) +
                                                "; this opentraces knows up to " + std::to_string(k_version));
    }
    const std::int64_t application = database.query_integer("PRAGMA application_id");
    const bool foreign = version == 0 && database.query_integer("SELECT count(*) FROM sqlite_schema") != 0;
    if ((version != 0 && application != k_application_id) || foreign) {
        throw_corrupt_store(database.path(), "it is not an opentraces store");
    }
}

void migrate(Database& database) {
    if (database.query_integer("PRAGMA user_version") == k_version) return;
    Transaction transaction(database);
    // Read again under the lock: another process may have done it meanwhile.
    for (auto at = database.query_integer("PRAGMA user_version"); at < k_version; ++at) {
        database.execute(k_migrations[static_cast<std::size_t>(at)]);
        database.execute("PRAGMA user_version = " + std::to_string(at + 1));
    }
    database.execute("PRAGMA application_id = " + std::to_string(k_application_id));
    transaction.commit();
}

constexpr std::string_view k_magic("SQLite format 3\0", 16);
constexpr std::uint64_t k_smallest_database = 512;

bool starts_like_database(const std::string& path, fs::Disk& disk) {
    std::array<char, k_magic.size()> head{};
    const std::size_t got = disk.open(path)->read(head.data(), head.size());
    return std::string_view(head.data(), got) == k_magic;
}

// SQLite takes an empty or very short file for a new database, and everything in it would look like never
// captured.
void check_not_cut(const std::string& path, const std::string& folder, fs::Disk& disk) {
    const auto found = disk.info(path);
    if (!found) return;
    if (found->size == 0) {
        if (disk.list(fs::join(folder, "traces")).empty()) return;
        throw_corrupt_store(path, "the file is empty although there are traces");
    }
    if (found->size < k_smallest_database || !starts_like_database(path, disk)) {
        throw_corrupt_store(path, "the file is not a database");
    }
}

}  // namespace

Database open_database(const std::string& folder, fs::Disk& disk) {
    const std::string path = fs::join(folder, "store.db");
    check_not_cut(path, folder, disk);
    Database database(path);
    // Before anything is written: the log files take over the mode of this one.
    if (disk.info(path).value_or(fs::FileInfo{}).mode != 0600) disk.set_mode(path, 0600);
    check_version(database);
    database.keep_log();
    database.execute("PRAGMA synchronous = FULL");
    database.execute("PRAGMA foreign_keys = ON");
    migrate(database);
    return database;
}

}  // namespace opentraces::store
