#include "store/journal.hpp"

#include <algorithm>
#include <array>

#include "store/rows.hpp"

namespace opentraces::store {
namespace {

constexpr std::array<std::string_view, 8> k_kinds{"commit", "reject",   "reset",    "reviewed",
                                                  "redact", "unredact", "annotate", "allow"};
constexpr std::array<std::string_view, 3> k_note_kinds{"redactions", "annotation", "allowances"};
constexpr std::int64_t k_most_decisions = 1000;
constexpr std::size_t k_digest_digits = 64;
constexpr std::size_t k_commit_id_digits = 12;

std::string optional_hex(Statement& statement, std::size_t digits) {
    std::string text = statement.text();
    if (!text.empty() && (text.size() != digits || text.find_first_not_of("0123456789abcdef") != text.npos))
        throw_corrupt_store(statement.database().path(), "a digest or an id is no digest or id");
    return text;
}

TraceState read_state(Statement& statement) {
    TraceState state;
    state.stage = read_stage(statement);
    state.digest = statement.hex(k_digest_digits);
    state.commit = optional_hex(statement, k_commit_id_digits);
    state.reviewed = optional_hex(statement, k_digest_digits);
    return state;
}

CommitPlace read_place(Statement& statement) {
    CommitPlace place;
    place.position = read_count(statement);
    place.message = statement.text();
    place.at = read_time(statement);
    return place;
}

// Nothing when the trace is gone.
std::optional<std::pair<TraceState, CommitPlace>> find_state(Database& database, const TraceId& id) {
    Statement statement(database,
                        "SELECT t.stage, t.source_digest, ifnull(m.commit_id, ''),"
                        " ifnull(r.source_digest, ''), ifnull(m.position, 0), ifnull(g.message, ''),"
                        " ifnull(g.at, 0) FROM traces t"
                        " LEFT JOIN commit_group_traces m ON m.trace_id = t.trace_id"
                        " LEFT JOIN commit_groups g ON g.commit_id = m.commit_id"
                        " LEFT JOIN reviewed_texts r ON r.trace_id = t.trace_id WHERE t.trace_id = ?");
    if (!statement.bind(id.str()).next()) return std::nullopt;
    TraceState state = read_state(statement);
    return std::pair(std::move(state), read_place(statement));
}

void bind_state(Statement& statement, const TraceState& state) {
    statement.bind(name_of(state.stage)).bind(state.digest).bind(state.commit).bind(state.reviewed);
}

DecisionKind read_kind(Statement& statement) {
    const std::string text = statement.text();
    for (std::size_t i = 0; i < k_kinds.size(); ++i)
        if (k_kinds[i] == text) return static_cast<DecisionKind>(i);
    throw_corrupt_store(statement.database().path(), "unknown kind of a decision");
}

NoteKey read_note_key(Statement& statement) {
    NoteKey key;
    key.agent = statement.text();
    key.session_id = statement.text();
    const std::string kind = statement.text();
    for (std::size_t i = 0; i < k_note_kinds.size(); ++i) {
        if (k_note_kinds[i] != kind) continue;
        key.kind = static_cast<NoteKind>(i);
        return key;
    }
    throw_corrupt_store(statement.database().path(), "unknown kind of a note");
}

void fill_notes(Database& database, Decision& decision) {
    Statement statement(database,
                        "SELECT agent, session_id, kind, before, after FROM decided_notes"
                        " WHERE decision_id = ? ORDER BY agent, session_id, kind");
    statement.bind(decision.id);
    while (statement.next()) {
        NoteChange change;
        change.key = read_note_key(statement);
        change.before = statement.text();
        change.after = statement.text();
        decision.notes.push_back(std::move(change));
    }
}

Decision read_head(Statement& statement) {
    Decision decision;
    decision.id = statement.integer();
    decision.kind = read_kind(statement);
    decision.at = read_time(statement);
    decision.gone = read_count(statement);
    return decision;
}

void fill_traces(Database& database, Decision& decision) {
    Statement statement(
        database,
        "SELECT trace_id, before_stage FROM decided_traces WHERE decision_id = ? ORDER BY position");
    statement.bind(decision.id);
    decision.of_committed = true;
    while (statement.next()) {
        decision.traces.push_back(statement.trace_id());
        decision.of_committed = read_stage(statement) == Stage::Committed && decision.of_committed;
    }
}

constexpr std::string_view k_select = "SELECT id, kind, at, gone FROM decisions WHERE";
// Of those that were discarded nothing can be said any more.
constexpr std::string_view k_has_traces =
    " (gone > 0 OR EXISTS (SELECT 1 FROM decided_traces t WHERE t.decision_id = decisions.id)"
    " OR EXISTS (SELECT 1 FROM decided_notes n WHERE n.decision_id = decisions.id AND n.agent = ''))";

}  // namespace

std::string_view name_of(const Decision& decision) {
    if (decision.kind == DecisionKind::Reset && decision.of_committed) return "uncommit";
    return k_kinds.at(static_cast<std::size_t>(decision.kind));
}

TraceState state_of(Database& database, const TraceId& id) {
    const auto found = find_state(database, id);
    return found ? found->first : TraceState{};
}

Journal::Journal(Database& database, DecisionKind kind, TimePoint at)
    : m_database(database), m_kind(kind), m_at(at) {}

void Journal::note(const TraceId& id) {
    const auto found = find_state(m_database, id);
    if (found) m_traces.push_back({id, found->first, {}, found->second});
}

void Journal::close(std::int64_t gone, const std::vector<NoteChange>& notes) {
    std::vector<std::pair<const DecidedTrace*, TraceState>> left;
    for (const DecidedTrace& trace : m_traces)
        if (const auto after = find_state(m_database, trace.id)) left.emplace_back(&trace, after->first);
    gone = std::max(gone, static_cast<std::int64_t>(m_traces.size() - left.size()));
    Statement head(m_database, "INSERT INTO decisions (kind, at, gone) VALUES (?, ?, ?)");
    head.bind(k_kinds.at(static_cast<std::size_t>(m_kind))).bind(to_milliseconds(m_at)).bind(gone).run();
    const std::int64_t id = m_database.last_insert_id();
    std::int64_t position = 0;
    for (const auto& [trace, after] : left) {
        Statement statement(m_database, "INSERT INTO decided_traces VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        statement.bind(id).bind(trace->id.str()).bind(position++);
        bind_state(statement, trace->before);
        statement.bind(trace->place.position).bind(trace->place.message);
        statement.bind(to_milliseconds(trace->place.at));
        bind_state(statement, after);
        statement.run();
    }
    for (const NoteChange& note : notes) {
        Statement statement(m_database, "INSERT INTO decided_notes VALUES (?,?,?,?,?,?)");
        statement.bind(id).bind(note.key.agent).bind(note.key.session_id).bind(name_of(note.key.kind));
        statement.bind(note.before).bind(note.after).run();
    }
    Statement(m_database, "DELETE FROM decisions WHERE id <= ?").bind(id - k_most_decisions).run();
}

std::vector<Decision> read_decisions(Database& database, std::int64_t limit) {
    std::string sql = std::string(k_select) + std::string(k_has_traces) + " ORDER BY id DESC";
    if (limit > 0) sql += " LIMIT " + std::to_string(limit);
    Statement statement(database, sql);
    std::vector<Decision> decisions;
    while (statement.next())
        decisions.push_back(read_head(statement));
    for (Decision& decision : decisions) {
        fill_traces(database, decision);
        fill_notes(database, decision);
    }
    return decisions;
}

std::optional<Decision> read_decision(Database& database, std::int64_t id) {
    Statement statement(database, std::string(k_select) + " id = ? AND" + std::string(k_has_traces));
    if (!statement.bind(id).next()) return std::nullopt;
    Decision decision = read_head(statement);
    fill_traces(database, decision);
    fill_notes(database, decision);
    return decision;
}

std::vector<DecidedTrace> read_decided(Database& database, std::int64_t id) {
    Statement statement(database,
                        "SELECT trace_id, before_stage, before_digest, before_commit, before_reviewed,"
                        " before_position, before_message, before_at, after_stage, after_digest,"
                        " after_commit, after_reviewed FROM decided_traces WHERE decision_id = ?"
                        " ORDER BY position");
    statement.bind(id);
    std::vector<DecidedTrace> traces;
    while (statement.next()) {
        DecidedTrace trace;
        trace.id = statement.trace_id();
        trace.before = read_state(statement);
        trace.place = read_place(statement);
        trace.after = read_state(statement);
        traces.push_back(std::move(trace));
    }
    return traces;
}

std::string_view name_of(NoteKind kind) {
    return k_note_kinds.at(static_cast<std::size_t>(kind));
}

std::string read_note(Database& database, const NoteKey& key) {
    Statement statement(database,
                        "SELECT value FROM session_notes WHERE agent = ? AND session_id = ? AND kind = ?");
    statement.bind(key.agent).bind(key.session_id).bind(name_of(key.kind));
    return statement.next() ? statement.text() : std::string();
}

void write_note(Database& database, const Note& note) {
    const std::string sql = note.value.empty()
                                ? "DELETE FROM session_notes WHERE agent = ? AND session_id = ? AND kind = ?"
                                : "INSERT OR REPLACE INTO session_notes VALUES (?, ?, ?, ?)";
    Statement statement(database, sql);
    statement.bind(note.key.agent).bind(note.key.session_id).bind(name_of(note.key.kind));
    if (!note.value.empty()) statement.bind(note.value);
    statement.run();
}

std::vector<Note> read_notes(Statement& statement) {
    std::vector<Note> notes;
    while (statement.next()) {
        NoteKey key = read_note_key(statement);
        notes.push_back({std::move(key), statement.text()});
    }
    return notes;
}

void forget_decision(Database& database, std::int64_t id) {
    Statement(database, "DELETE FROM decisions WHERE id = ?").bind(id).run();
}

void put_into_commit(Database& database, const DecidedTrace& trace) {
    Statement group(database,
                    "INSERT OR IGNORE INTO commit_groups (commit_id, message, at) VALUES (?, ?, ?)");
    group.bind(trace.before.commit).bind(trace.place.message).bind(to_milliseconds(trace.place.at)).run();
    Statement member(database,
                     "INSERT INTO commit_group_traces (trace_id, commit_id, position) VALUES (?, ?, ?)");
    member.bind(trace.id.str()).bind(trace.before.commit).bind(trace.place.position).run();
}

void set_reviewed(Database& database, const TraceId& id, const std::string& digest, TimePoint at) {
    Statement(database, "DELETE FROM reviewed_texts WHERE trace_id = ?").bind(id.str()).run();
    if (digest.empty()) return;
    Statement statement(database,
                        "INSERT INTO reviewed_texts (trace_id, source_digest, at) VALUES (?, ?, ?)");
    statement.bind(id.str()).bind(digest).bind(to_milliseconds(at)).run();
}

}  // namespace opentraces::store
