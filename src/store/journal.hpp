// Rows of the journal: what traces were before and after a decision.
#pragma once

#include <string>
#include <vector>

#include "opentraces/store/decisions.hpp"
#include "store/sqlite.hpp"

namespace opentraces::store {

// What a decision changes of one trace.
struct TraceState {
    Stage stage = Stage::Inbox;
    std::string digest;    // of its text: source_digest
    std::string commit;    // id, or empty
    std::string reviewed;  // digest of the text that somebody has looked at, or empty
    bool operator==(const TraceState&) const = default;
};
TraceState state_of(Database& database, const TraceId& id);

// Where a trace stood in its commit.
struct CommitPlace {
    std::int64_t position = 0;
    std::string message;
    TimePoint at{};
};

struct DecidedTrace {
    TraceId id;
    TraceState before;
    TraceState after;
    CommitPlace place;  // before it
};

// One decision while it is taken: inside its transaction.
class Journal {
public:
    Journal(Database& database, DecisionKind kind, TimePoint at);
    // Before anything of it changes.
    void note(const TraceId& id);
    // When everything has changed. `gone`: versions that were deleted for it.
    void close(std::int64_t gone, const std::vector<NoteChange>& notes = {});

private:
    Database& m_database;
    DecisionKind m_kind;
    TimePoint m_at;
    std::vector<DecidedTrace> m_traces;
};

// Newest first; without objections.
std::vector<Decision> read_decisions(Database& database, std::int64_t limit);
std::optional<Decision> read_decision(Database& database, std::int64_t id);
std::vector<DecidedTrace> read_decided(Database& database, std::int64_t id);
std::string read_note(Database& database, const NoteKey& key);
void write_note(Database& database, const Note& note);
std::vector<Note> read_notes(Statement& statement);  // agent, session_id, kind, value
std::string_view name_of(NoteKind kind);
void forget_decision(Database& database, std::int64_t id);
// Into a commit, which is made again if it is gone.
void put_into_commit(Database& database, const DecidedTrace& trace);
void set_reviewed(Database& database, const TraceId& id, const std::string& digest, TimePoint at);

}  // namespace opentraces::store
