// Rows of the traces table to and from values.
#pragma once

#include <string>

#include "opentraces/store/store.hpp"
#include "store/bodies.hpp"
#include "store/sqlite.hpp"

namespace opentraces::store {

// A row with what only the store itself needs.
struct StoredRow {
    TraceRow row;
    std::string source_digest;  // content hash of the record as it was given, without revision marks
    std::string file_digest;
};

// For a SELECT from the table `traces`, in the order that read_row() expects.
extern const std::string k_row_columns;
// A condition on `traces`: somebody has looked at this text.
extern const std::string k_is_reviewed;
StoredRow read_row(Statement& statement);

void insert_row(Database& database, const StoredRow& stored);
// Everything except the id, agent, session and revision.
void update_row(Database& database, const StoredRow& stored);

std::optional<StoredRow> row_of(Database& database, const TraceId& id);
// The latest revision of a session.
std::optional<StoredRow> latest_of(Database& database, std::string_view agent, std::string_view session_id);
// The first one first.
std::vector<StoredRow> revisions_of(Database& database, std::string_view agent, std::string_view session_id);
// And of the sessions whose names are `beginning` and a number.
std::vector<StoredRow> revisions_named(Database& database, const std::string& agent,
                                       const std::string& session_id, const std::string& beginning);
// What a listing shows about a record; ids, stage, digests and times are the caller's.
TraceRow summarise(const security::ScrubbedTrace& trace);

std::int64_t to_milliseconds(TimePoint at);

// The next column; CorruptStore when it is no stage, negative, or no time that has a text.
Stage read_stage(Statement& statement);
std::int64_t read_count(Statement& statement);
TimePoint read_time(Statement& statement);

}  // namespace opentraces::store
